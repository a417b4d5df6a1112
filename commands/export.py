"""`export`: an episode to a file of its own, or labels and prompts for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from commands.frame import Json, command, emit, report, stoppable, workspace
from flows.problems import PARTLY
from flows.transfer import exporting, transfer
from flows.transfer.episode_exports import export_episodes, said
from labeling.exports.material import LabelStatus
from labeling.exports.registry import ANY_END, FORMATS
from labeling.splits import Split
from traces.formats.exports import EXPORTS, export_of
from traces.formats.standalone import Viewer

EPISODES = f"One of {', '.join(f'{one.name} ({one.said})' for one in EXPORTS.values())}."
KINDS = f"One of {', '.join(f'{one.name} ({one.said})' for one in FORMATS.values())}."


class EpisodeFirst(TyperGroup):
    """A group whose first word may be an episode's id: `export ID --to FILE` is `export episode ID --to FILE`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that was named, or `episode`."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["episode", *args]
        return super().resolve_command(ctx, args)


export_app = typer.Typer(
    cls=EpisodeFirst,
    help="Write an episode, or labels and prompts, for elsewhere. Example: export ID --to login.episode",
    no_args_is_help=True,
)


@command(export_app, "episode")
def export_episode(
    episodes: Annotated[list[str], typer.Argument(help="Ids of episodes, as `episodes list` shows them.")],
    to: Annotated[
        Path,
        typer.Option(
            help="A new file; its name says the format: .episode (lossless), .json (everything decoded), .html (opens "
            "without a server), .py (a Playwright test) … Of several episodes a new folder or .zip."
        ),
    ],
    kind: Annotated[str, typer.Option("--format", help=f"{EPISODES} Else as the name of --to says.")] = "",
    redact: Annotated[
        bool, typer.Option("--redact", help="Without what was typed, answers, queries, pictures.")
    ] = False,
    label_ref: Annotated[
        str | None, typer.Option(help="Whose calls a demonstration shows: run:ID, track:NAME.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Write episodes for elsewhere, whole or redacted. `episode` may be left out.

    Example: python cli.py export episode 3f2a9c --to login.html --redact
    """
    chosen = kind or _named(to)
    plain = len(episodes) == 1 and not (kind or redact or label_ref)
    with workspace() as parts, stoppable() as stop:
        if plain and chosen in ("", "episode", "json"):
            one = transfer.export_file(parts, episodes[0], to)
            emit(one, as_json, lambda: transfer.exported(one))
            return PARTLY if one["left_out"] else 0
        viewer = _viewer() if chosen in EXPORTS and EXPORTS[chosen].viewer else None
        result = export_episodes(
            parts, episodes, chosen, to, viewer=viewer, redact=redact, label_ref=label_ref, report=report, stop=stop
        )
    emit(result, as_json, lambda: said(result))
    return PARTLY if result["left_out"] else 0


def _named(to: Path) -> str:
    """The format a file's name says; '' for none."""
    found = export_of(to.name)
    return found.name if found else to.suffix[1:] if to.suffix == ".zip" else ""


def _viewer() -> Viewer:
    """The replay's scripts; they come with the app's own libraries, which take a second to load."""
    from ui.standalone import viewer

    return viewer()


@command(export_app, "labels")
def export_labels(
    kind: Annotated[str, typer.Argument(metavar="FORMAT", help=KINDS)],
    out: Annotated[Path, typer.Option(help="A new folder, a .zip file, or the format's one data file.")],
    label_set: Annotated[str, typer.Option(help="Id of a label set, or latest.")] = "latest",
    prompt_set: Annotated[str, typer.Option("--prompts", help="For step and heap: a prompt set's id, or latest.")] = (
        "latest"
    ),
    split: Annotated[Split | None, typer.Option(help="Only this split; all of them where none is named.")] = None,
    status: Annotated[LabelStatus, typer.Option(help="The least trusted labels to take.")] = "reviewed",
    ended: Annotated[
        list[str] | None, typer.Option(help="Only demonstrations that ended so; may be given several times.")
    ] = None,
    secrets: Annotated[
        Literal["blank", "refuse"], typer.Option(help="Blank a secret that stands in the clear, or write nothing.")
    ] = "blank",
    as_json: Json = False,
) -> int:
    """Write a frozen label set, or a prompt set, in a format of other programs, with a manifest.

    Example: python cli.py export labels sft --label-set latest --split train --out train.jsonl
    """
    ends = tuple(one for one in ANY_END if one in (ended or ()))
    if ended and set(ended) - set(ends):
        raise typer.BadParameter(f"an episode ends as one of {', '.join(ANY_END)}.", param_hint="'--ended'")
    asked = exporting.Asked(kind, out, label_set, prompt_set, split=split, status=status, ended=ends, secrets=secrets)
    with workspace() as parts, stoppable() as stop:
        result = exporting.export_labels(parts, asked, report, stop)
    emit(result, as_json, lambda: exporting.said(result))
    return PARTLY if result["left_out"] else 0

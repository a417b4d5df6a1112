"""`episodes`: lists by any filter, tags, deleting and running again of many; `failures`: failed runs in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

import typer

from commands.frame import Author, Json, agreed, command, emit, progress, report, stoppable, workspace
from flows import bulk, saved_filters, shown
from flows.problems import PARTLY, STOPPED
from flows.run import rerunning
from flows.understand import failures
from store.filters import SORTS, Filter
from traces.catalogue import RowStatus
from wiring import Parts

episodes_app = typer.Typer(
    help="Lists of episodes, and work on many. Example: episodes list --actor human", no_args_is_help=True
)
Actor = Annotated[Literal["human", "agent"] | None, typer.Option(help="Who did it.")]
Status = Annotated[RowStatus | None, typer.Option(help="How it ended.")]
Text = Annotated[str, typer.Option(help="Words of the objective, the task, the id or the actions.")]
By = Annotated[list[str] | None, typer.Option(help="FACET=VALUE, e.g. signal=D1, blame=policy, tag=odd, model=demos.")]
Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Begun on this day (UTC) or later.")]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Begun on this day (UTC) or before.")]
Saved = Annotated[str, typer.Option(help="The name of a saved filter; other options narrow it.")]
Ids = Annotated[list[str] | None, typer.Argument(metavar="[EPISODE]...", help="Ids; or say which by a filter.")]


def _asked(
    parts: Parts,
    text: str = "",
    by: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    saved: str = "",
    **facets: str | Sequence[str] | None,
) -> Filter:
    """The filter the options name. Raises BadParameter, NotFound."""
    found = next((one.filter for one in saved_filters.listed(parts) if one.name == saved), None)
    if saved and found is None:
        raise typer.BadParameter(f"no filter is saved as {saved!r}.", param_hint="'--saved'")
    asked = found or Filter()
    pairs = [pair.partition("=") for pair in by or ()]
    chosen: dict[str, list[str]] = {}
    for name, equals, value in pairs:
        if not equals:
            raise typer.BadParameter(f"{name!r} is not FACET=VALUE.", param_hint="'--by'")
        chosen.setdefault(name, []).append(f",{value}," if name == "signals" and value else value)
    given = {name: values for name, values in facets.items() if values}
    try:
        narrowed = Filter.of(text or asked.text, **{**dict(asked.chosen), **chosen, **given})
    except KeyError as error:
        raise typer.BadParameter(f"{error} is no facet (docs/episodes.md lists them).", param_hint="'--by'") from error
    first, last = since.date() if since else asked.since, until.date() if until else asked.until
    return replace(narrowed, since=first, until=last, sort=asked.sort, descending=asked.descending)


@command(episodes_app, "list")
def episodes_list(
    actor: Actor = None,
    status: Status = None,
    task: Annotated[list[str] | None, typer.Option(help="For example miniwob:login-user.")] = None,
    run: Annotated[str | None, typer.Option(help="The id of a run.")] = None,
    text: Text = "",
    by: By = None,
    since: Since = None,
    until: Until = None,
    saved: Saved = "",
    sort: Annotated[str, typer.Option(help="E.g. steps, or -tokens for the largest first; else newest first.")] = "",
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=100_000)] = 50,
    as_json: Json = False,
) -> None:
    """Episodes, newest first.

    Example: python cli.py episodes list --actor agent --status failed --by signal=D1 --sort -steps
    """
    if sort.removeprefix("-") not in ("", *SORTS):
        raise typer.BadParameter(f"one of {', '.join(SORTS)}.", param_hint="'--sort'")
    with workspace() as parts:
        asked = _asked(parts, text, by, since, until, saved, actor=actor, status=status, task=task, run=run)
        if sort:
            asked = replace(asked, sort=sort.removeprefix("-"), descending=sort.startswith("-"))
        page = parts.episodes.catalogue.lists.page(asked, limit)
    emit({"episodes": page.rows, "total": page.total}, as_json, lambda: shown.episode_table(page.rows, page.total))


@command(episodes_app, "tag")
def episodes_tag(
    tag: Annotated[str, typer.Argument(help="The tag.")],
    episodes: Ids = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take it away instead.")] = False,
    author: Author = "me",
    text: Text = "",
    by: By = None,
    saved: Saved = "",
    as_json: Json = False,
) -> int:
    """Give episodes a tag: those named, or all that a filter finds.

    Example: python cli.py episodes tag odd --by signal=D1 --by blame=policy
    """
    do = bulk.untag if remove else bulk.tag
    with workspace() as parts, stoppable() as stop:
        result = do(parts, _meant(parts, episodes, text, by, saved), tag, author, report, stop)
    return _ended(result, as_json, "untagged" if remove else "tagged")


@command(episodes_app, "delete")
def episodes_delete(
    episodes: Ids = None,
    text: Text = "",
    by: By = None,
    saved: Saved = "",
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    as_json: Json = False,
) -> int:
    """Delete episodes after saying what is lost: those named, or all that a filter finds.

    Example: python cli.py episodes delete --by run=run-0a1b --by status=error --yes
    """
    with workspace() as parts, stoppable() as stop:
        ids = _meant(parts, episodes, text, by, saved)
        plan = bulk.deletion(parts, ids)
        progress(bulk.deletion_said(plan))
        if not yes and not agreed("Delete them?"):
            emit({**plan, "changed": 0, "stopped": True}, as_json, lambda: "Nothing was deleted.")
            return STOPPED
        result = bulk.delete(parts, ids, report, stop)
    return _ended({**plan, **result}, as_json, "deleted")


@command(episodes_app, "rerun")
def episodes_rerun(
    episodes: Ids = None,
    text: Text = "",
    by: By = None,
    saved: Saved = "",
    workers: Annotated[int, typer.Option(help="Episodes at a time.", min=1, max=16)] = 2,
    as_json: Json = False,
) -> int:
    """Play runs again with their tasks, seeds, models, prompt sets and limits; finished episodes stay.

    Example: python cli.py episodes rerun --by status=failed --by task=miniwob:login-user
    """
    with workspace() as parts, stoppable() as stop:
        again = rerunning.plan(parts, _meant(parts, episodes, text, by, saved), workers)
        result = rerunning.execute(again, report, stop)
    emit(
        result,
        as_json,
        lambda: f"{len(result['episodes'])} episodes played in {', '.join(result['runs']) or 'no run'}.",
    )
    return STOPPED if result["stopped"] else PARTLY if result["errors"] or result["left_out"] else 0


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(episodes_app, name="episodes")
    command(app, "failures")(failures_command)


def failures_command(
    task: Annotated[list[str] | None, typer.Option(help="Only of these tasks.")] = None,
    run: Annotated[str | None, typer.Option(help="The id of a run.")] = None,
    text: Text = "",
    by: By = None,
    saved: Saved = "",
    limit: Annotated[int, typer.Option(help="Groups at most.", min=1, max=10_000)] = 20,
    as_json: Json = False,
) -> None:
    """Failed runs in groups of the same signals, blame, policy and page, the largest first.

    Example: python cli.py failures --run run-0a1b --json
    """
    with workspace() as parts:
        found = failures.table(parts, _asked(parts, text, by, saved=saved, task=task, run=run), limit)
    emit(found, as_json, lambda: failures.said(found))


def _meant(
    parts: Parts, episodes: Sequence[str] | None, text: str, by: Sequence[str] | None, saved: str
) -> tuple[str, ...]:
    """The episodes named, or those of the filter. Raises BadParameter where neither says anything."""
    asked = _asked(parts, text, by, saved=saved)
    if bool(episodes) == (not asked.everything):
        raise typer.BadParameter("name episodes, or say which by --by, --text or --saved; not both.")
    for episode in episodes or ():
        parts.episodes.path(episode)
    return bulk.chosen(parts, episodes or (), None if episodes else asked)


def _ended(result: bulk.Result, as_json: bool, does: str) -> int:
    emit(result, as_json, lambda: "\n".join([bulk.said(result, does), *(one["reason"] for one in result["left_out"])]))
    return STOPPED if result["stopped"] else PARTLY if result["left_out"] else 0

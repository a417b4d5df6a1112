"""Stepscope on the command line: the same functions as the screens, without a browser window.

Results go to stdout, progress to stderr; with --json stdout holds nothing but JSON and an error is one JSON object on
stderr. Exit codes and examples of every command are in docs/commands.md.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from agent.errors import RunError
from browser.recorder.normalise import KeepHover, Rules
from flows import (
    checking,
    deletion,
    importing,
    interrupted,
    labels,
    normalising,
    prompts,
    recording,
    runs,
    shown,
    tour,
    transfer,
    window,
)
from flows.problems import PARTLY, STOPPED, Problem, explained
from flows.progress import Stop, Stopped, Update
from flows.tasks import is_task
from server.people import is_name
from traces.catalogue import RowStatus
from wiring import Parts


class Commands(TyperGroup):
    """The command line; where --json was typed, being called wrongly is told as JSON too."""

    def main(self, args: Sequence[str] | None = None, *others: Any, **options: Any) -> Any:
        """Run the command that was typed, and end the process with its exit code."""
        typed = sys.argv[1:] if args is None else list(args)
        if "--json" not in typed:
            return super().main(args, *others, **options)
        try:
            code = super().main(args, *others, **{**options, "standalone_mode": False})
        except typer.TyperException as error:
            _report(_wrong_use(error), as_json=True)
            code = getattr(error, "exit_code", 1)
        sys.exit(code or 0)


app = typer.Typer(
    cls=Commands,
    help="Record people doing web tasks, label what they did as policy calls, build prompts, run a stacked-policy "
    "agent, replay every episode. Example: stepscope tour --json",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
workspace_app = typer.Typer(help="The workspace folder. Example: workspace info", no_args_is_help=True)
episodes_app = typer.Typer(help="Lists of episodes. Example: episodes list --actor human", no_args_is_help=True)
episode_app = typer.Typer(help="One episode. Example: episode show ID --json", no_args_is_help=True)
prompts_app = typer.Typer(help="Prompt sets. Example: prompts build", no_args_is_help=True)
app.add_typer(workspace_app, name="workspace")
app.add_typer(episodes_app, name="episodes")
app.add_typer(episode_app, name="episode")
app.add_typer(prompts_app, name="prompts")

Json = Annotated[bool, typer.Option("--json", help="Nothing but JSON on stdout; errors as JSON on stderr.")]
EpisodeId = Annotated[str, typer.Argument(help="The episode's id, as `episodes list` shows it.")]


def command(group: typer.Typer, name: str) -> Callable[[Callable[..., int | None]], Callable[..., None]]:
    """Register a command: it gets the workspace's parts, and whatever goes wrong becomes one message and a code."""

    def register(function: Callable[..., int | None]) -> Callable[..., None]:
        @functools.wraps(function)
        def guarded(*args: Any, **options: Any) -> None:
            raise typer.Exit(_guarded(function, args, options))

        group.command(name)(guarded)
        return guarded

    return register


def _guarded(function: Callable[..., int | None], args: tuple[Any, ...], options: dict[str, Any]) -> int:
    try:
        return function(*args, **options) or 0
    except (typer.TyperException, typer.Exit, BrokenPipeError):
        raise
    except (KeyboardInterrupt, typer.Abort, Stopped):
        problem = Problem("Stopped.", "Everything finished before is kept.", "Run it again to go on.", STOPPED)
    except Exception as error:
        if os.environ.get("STEPSCOPE_DEBUG"):
            raise
        problem = explained(error)
    _report(problem, as_json=bool(options.get("as_json")))
    return problem.code


def _report(problem: Problem, *, as_json: bool) -> None:
    parts = {"what": problem.what, "kept": problem.kept, "next": problem.next}
    typer.echo(_json({"error": parts}) if as_json else _printable(problem.said), err=True)


def _wrong_use(error: typer.TyperException) -> Problem:
    context = getattr(error, "ctx", None)
    help_of = context.command_path if context else "cli.py"
    what = getattr(error, "format_message", error.__str__)().replace("Value error, ", "")
    return Problem(what, "Nothing was done.", f"`{help_of} --help` shows how it is used.")


@contextmanager
def workspace() -> Iterator[Parts]:
    """The configured workspace's parts, let go of at the end."""
    parts = Parts()
    try:
        yield parts
    finally:
        parts.close()


def emit(data: Any, as_json: bool, text: Callable[[], str]) -> None:
    """Print a result: JSON, or the text a person reads."""
    typer.echo(_json(data, indent=2) if as_json else _printable(text()))


def _json(data: Any, indent: int | None = None) -> str:
    """One JSON text; what cannot be encoded (half a surrogate pair from a page) is escaped."""
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "backslashreplace").decode()


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def progress(line: str) -> None:
    """Say how far it is, on stderr."""
    typer.echo(line, err=True)


def report(update: Update) -> None:
    """Say how far counted work is, on stderr."""
    progress(update.line)


def seeds_as_written(text: str) -> str:
    """The seeds if they can be read. Raises BadParameter."""
    try:
        runs.parse_seeds(text)
    except RunError as error:
        raise typer.BadParameter(str(error)) from error
    return text


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Whether the first Ctrl-C (or a request to terminate) has come, for a clean stop; the second ends at once."""
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        progress("Stopping; what is finished is kept. Press again to end at once.")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@command(app, "tour")
def tour_command(
    workers: Annotated[int, typer.Option(help="Browsers at a time.", min=1, max=16)] = 2,
    as_json: Json = False,
) -> int:
    """The whole loop in minutes: record scripted people, label, accept, build prompts, run unseen seeds.

    Example: STEPSCOPE_HOME=tour-workspace python cli.py tour --json
    """
    with workspace() as parts, stoppable() as stop:
        result = tour.take(parts, workers=workers, report=report, stop=stop)
    emit(result, as_json, lambda: tour.said(result))
    return 0


@command(workspace_app, "info")
def workspace_info(as_json: Json = False) -> None:
    """Where the workspace is and how much is in it.

    Example: python cli.py workspace info
    """
    with workspace() as parts:
        facts = shown.workspace_facts(parts)
    emit(facts, as_json, lambda: "\n".join(f"{name:<14} {value}" for name, value in facts.items()))


@command(workspace_app, "rebuild")
def workspace_rebuild(as_json: Json = False) -> int:
    """Make the catalogue of episodes again from files and labels.

    Example: python cli.py workspace rebuild
    """
    with workspace() as parts:
        count, left_out = parts.rebuild(lambda done, total: progress(f"{done} of {total} files"))
    facts = {"episodes": count, "left_out": left_out}
    emit(facts, as_json, lambda: "\n".join([f"{count} episodes", *left_out]))
    return PARTLY if left_out else 0


@command(episodes_app, "list")
def episodes_list(
    actor: Annotated[Literal["human", "agent"] | None, typer.Option(help="Who did it.")] = None,
    status: Annotated[RowStatus | None, typer.Option(help="How it ended.")] = None,
    task: Annotated[str | None, typer.Option(help="For example miniwob:login-user.")] = None,
    run: Annotated[str | None, typer.Option(help="The id of a run.")] = None,
    text: Annotated[str, typer.Option(help="Words of the objective.")] = "",
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=100_000)] = 50,
    as_json: Json = False,
) -> None:
    """Episodes, newest first.

    Example: python cli.py episodes list --actor agent --status failed
    """
    with workspace() as parts:
        search = parts.episodes.catalogue.search
        page = search(actor=actor, status=status, task=task, run=run, text=text, limit=limit)
    emit({"episodes": page.rows, "total": page.total}, as_json, lambda: shown.episode_table(page.rows, page.total))


@command(episode_app, "show")
def episode_show(
    episode: EpisodeId,
    label_ref: Annotated[str | None, typer.Option(help="Labels to show: run:ID, track:NAME or set:ID.")] = None,
    as_json: Json = False,
) -> None:
    """An episode's header, steps and frames.

    Example: python cli.py episode show 3f2a9c --json
    """
    with workspace() as parts:
        facts = shown.episode_facts(parts, episode, label_ref)
    emit(facts, as_json, lambda: shown.episode_text(facts))


@command(episode_app, "dump")
def episode_dump(episode: EpisodeId, as_json: Json = True) -> None:
    """Every stored text of an episode decoded: blobs unpacked, deltas applied (always JSON).

    Example: python cli.py episode dump 3f2a9c --json
    """
    with workspace() as parts, parts.episode(episode) as reader:
        emit(reader.dump(), True, str)


@command(episode_app, "delete")
def episode_delete(
    episode: EpisodeId,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    as_json: Json = False,
) -> int:
    """Delete an episode after saying what refers to it; frozen prompt sets stay as they are.

    Example: python cli.py episode delete 3f2a9c --yes
    """
    with workspace() as parts:
        plan = deletion.plan(parts, episode)
        progress(deletion.said(plan))
        if not yes and not typer.confirm("Delete it?", err=True):
            emit({"deleted": False, **plan}, as_json, lambda: "Nothing was deleted.")
            return STOPPED
        deletion.delete(parts, episode)
    emit({"deleted": True, **plan}, as_json, lambda: f"Deleted {episode}.")
    return 0


@command(episode_app, "seal")
def episode_seal(episode: EpisodeId, as_json: Json = False) -> None:
    """Seal a recording whose process died, with the steps it has (`episodes list --status interrupted`).

    Example: python cli.py episode seal 3f2a9c --json
    """
    with workspace() as parts:
        sealed = interrupted.seal(parts, episode)
    facts = {"id": sealed.id, "status": sealed.status, "end_reason": sealed.end_reason, "n_steps": sealed.n_steps}
    emit(facts, as_json, lambda: f"Sealed {sealed.id} with {sealed.n_steps} steps ({sealed.status}).")


@command(app, "record")
def record_command(
    url: Annotated[str, typer.Argument(help="Where to begin: an http(s) address, or a task (miniwob:login-user).")],
    objective: Annotated[str, typer.Option(help="What is to be done; a task brings its own.")] = "",
    answer: Annotated[str | None, typer.Option(help="The answer, where the task asks a question.")] = None,
    outcome: Annotated[
        Literal["done", "not-done"] | None, typer.Option(help="Whether the objective was reached (done).")
    ] = None,
    secret: Annotated[list[str] | None, typer.Option(help="Selector of a field whose value is never written.")] = None,
    headed: Annotated[bool, typer.Option("--headed", help="In a window: yours to work in, or the script's.")] = False,
    script: Annotated[Path | None, typer.Option(help="Gestures to play (docs/formats/script.md).")] = None,
    seed: Annotated[int, typer.Option(help="Seed of a practice or MiniWoB++ task.")] = 0,
    as_json: Json = False,
) -> int:
    """Record a demonstration: your own in a window (--headed), or a script of gestures played by the recorder.

    Example: python cli.py record http://127.0.0.1:8801/ --objective "Find booking NX4Q2" --script gestures.json
    """
    if script is None and not headed:
        todo = "name a file of gestures, or give --headed to work in a window yourself."
        raise typer.BadParameter(todo, param_hint="'--script'")
    if not objective.strip() and not is_task(url):
        raise typer.BadParameter("say what is to be done at that address.", param_hint="'--objective'")
    request = recording.Request(url, objective, answer, outcome or "done", tuple(secret or ()), headed, script, seed)
    with workspace() as parts, stoppable() if script is None else nullcontext(lambda: False) as stop:
        if script is None:
            result = window.record_window(parts, request, progress, stop, window.asking(outcome, answer, progress))
        else:
            result = recording.record(parts, request, progress)
    emit(result, as_json, lambda: recording.said(result))
    return PARTLY if result["not_recorded"] else 0


@command(app, "normalise")
def normalise_command(
    episode: EpisodeId,
    merge_focus: Annotated[
        bool, typer.Option(help="A click or Tab that only moved the focus belongs to the typing after it.")
    ] = True,
    keep_hover: Annotated[KeepHover, typer.Option(help="Which hovers are steps.")] = "revealed",
    as_json: Json = False,
) -> int:
    """Read a demonstration's raw log again with other settings: a new derivation; labels are carried over.

    Example: python cli.py normalise 3f2a9c --no-merge-focus --json
    """
    with workspace() as parts:
        result = normalising.again(parts, episode, Rules(merge_focus=merge_focus, keep_hover=keep_hover))
    emit(result, as_json, lambda: normalising.said(result))
    return PARTLY if any(labels["review"] for labels in result["labels"]) else 0


@command(app, "check")
def check_command(episode: EpisodeId, as_json: Json = False) -> int:
    """Replay a demonstration's steps on a fresh page, and store which can be done again and by which selector.

    Example: python cli.py check 3f2a9c --json
    """
    with workspace() as parts:
        result = checking.check(parts, episode)
    emit(result, as_json, lambda: checking.said(result))
    return PARTLY if result["replayable"] < len(result["steps"]) else 0


@command(app, "label")
def label_command(
    episode: Annotated[str | None, typer.Argument(help="The demonstration; with --all every unlabelled one.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every demonstration without labels.")] = False,
    policy_set: Annotated[str, typer.Option("--policies", help="The policy set to name calls from.")] = "web",
    accept: Annotated[bool, typer.Option("--accept", help="Accept every proposal as it is.")] = False,
    author: Annotated[str, typer.Option(help="Who accepts.")] = "me",
    as_json: Json = False,
) -> int:
    """Propose policy calls for demonstrations by rules; with --accept take them as they are.

    Example: python cli.py label --all --accept
    """
    if (episode is None) != every:
        raise typer.BadParameter("name one episode, or give --all for every demonstration without labels.")
    if not is_name(author):
        raise typer.BadParameter("a name is 1 to 60 printable letters.", param_hint="'--author'")
    with workspace() as parts:
        made = labels.propose_and_accept(
            parts, episode, every=every, policy_set=policy_set, accept=accept, author=author
        )
    emit(made, as_json, lambda: labels.said(made))
    return PARTLY if made["left_out"] else 0


@command(prompts_app, "build")
def prompts_build(
    policy_set: Annotated[str, typer.Option("--policies", help="The policy set the prompts are for.")] = "web",
    task: Annotated[list[str] | None, typer.Option(help="Only demonstrations of these tasks.")] = None,
    as_json: Json = False,
) -> None:
    """Freeze accepted labels into a prompt set: planner and per-policy examples.

    Example: python cli.py prompts build --json
    """
    with workspace() as parts:
        facts = prompts.facts(prompts.build(parts, policy_set=policy_set, tasks=task))
    emit(facts, as_json, lambda: prompts.said(facts))


@command(app, "run")
def run_command(
    env: Annotated[list[str], typer.Option(help="Task, e.g. miniwob:login-user; may be given several times.")],
    seeds: Annotated[
        str, typer.Option(help="Seeds, e.g. 0:20 (half-open) or 3,5,8.", callback=seeds_as_written)
    ] = "0:10",
    model: Annotated[str, typer.Option(help="demos, openai:NAME or scripted:FILE.")] = "demos",
    prompt_set: Annotated[str, typer.Option("--prompts", help="Id of a prompt set, or latest.")] = "latest",
    workers: Annotated[int, typer.Option(help="Episodes at a time.", min=1, max=16)] = 2,
    as_json: Json = False,
) -> int:
    """Run the agent: tasks × seeds; finished episodes are never run again.

    Example: python cli.py run --env miniwob:login-user --seeds 0:20 --model demos --prompts latest --workers 2
    """
    with workspace() as parts, stoppable() as stop:
        plan = runs.plan(parts, envs=env, seeds=seeds, model=model, prompt_set=prompt_set, workers=workers)
        result = runs.execute(plan, report, stop)
    emit(result, as_json, lambda: runs.said(result))
    return STOPPED if result["stopped"] else PARTLY if result["errors"] else 0


@command(app, "import")
def import_command(
    files: Annotated[list[Path], typer.Argument(help="Episode files, or recordings made elsewhere (.json, .jsonl).")],
    url: Annotated[str | None, typer.Option(help="Where a recording is replayed, or a task; else as it says.")] = None,
    objective: Annotated[str, typer.Option(help="What a recording made elsewhere was to do.")] = "",
    answer: Annotated[str | None, typer.Option(help="The answer, where the task asks a question.")] = None,
    outcome: Annotated[Literal["done", "not-done"], typer.Option(help="Whether the objective was reached.")] = "done",
    secret: Annotated[list[str] | None, typer.Option(help="Selector of a field whose value is never written.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of a practice or MiniWoB++ task.")] = 0,
    as_json: Json = False,
) -> int:
    """Copy checked episode files into the workspace; replay and record what DevTools or codegen recorded.

    Example: python cli.py import examples/episodes/*.episode
    """
    asked = importing.Elsewhere(url, objective, answer, outcome, tuple(secret or ()), seed)
    with workspace() as parts:
        result = importing.import_any(parts, files, asked, progress)
    emit(result, as_json, lambda: importing.told(result))
    return PARTLY if importing.partly(result) else 0


@command(app, "export")
def export_command(
    episode: EpisodeId,
    to: Annotated[
        Path,
        typer.Option(
            help="A new file: .episode (lossless), .json (everything decoded), .py (a Playwright test) or "
            ".recorder.json (Chrome DevTools)."
        ),
    ],
    as_json: Json = False,
) -> int:
    """Write an episode to a file of its own, or a demonstration in a format of others.

    Example: python cli.py export 3f2a9c --to login.episode
    """
    with workspace() as parts:
        result = transfer.export_file(parts, episode, to)
    emit(result, as_json, lambda: transfer.exported(result))
    return PARTLY if result["left_out"] else 0


if __name__ == "__main__":
    sys.exit(app())

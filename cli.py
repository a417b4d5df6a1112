"""Stepscope on the command line: the same functions as the screens, without a browser window.

Results go to stdout, progress to stderr; with --json stdout holds nothing but JSON and an error is one JSON object on
stderr. Exit codes and examples of every command are in docs/commands.md.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from flows import deletion, labels, prompts, recording, runs, shown, tour, transfer
from flows.problems import PARTLY, STOPPED, explained
from flows.progress import Update
from wiring import Parts

app = typer.Typer(
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
    except KeyboardInterrupt:
        _report("Stopped.", "Everything finished before is kept.", "Run the same command again to go on.", options)
        return STOPPED
    except Exception as error:
        if os.environ.get("STEPSCOPE_DEBUG"):
            raise
        problem = explained(error)
        _report(problem.what, problem.kept, problem.next, options)
        return problem.code


def _report(what: str, kept: str, todo: str, options: dict[str, Any]) -> None:
    if options.get("as_json"):
        typer.echo(json.dumps({"error": {"what": what, "kept": kept, "next": todo}}, ensure_ascii=False), err=True)
    else:
        typer.echo(f"{what}\n{kept} {todo}", err=True)


def emit(data: Any, as_json: bool, text: Callable[[], str]) -> None:
    """Print a result: JSON, or the text a person reads."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2) if as_json else text())


def progress(line: str) -> None:
    """Say how far it is, on stderr."""
    typer.echo(line, err=True)


def report(update: Update) -> None:
    """Say how far counted work is, on stderr."""
    progress(update.line)


@command(app, "tour")
def tour_command(
    workers: Annotated[int, typer.Option(help="Browsers at a time.", min=1, max=16)] = 2,
    as_json: Json = False,
) -> int:
    """The whole loop in minutes: record scripted people, label, accept, build prompts, run unseen seeds.

    Example: STEPSCOPE_HOME=/tmp/tour python cli.py tour --json
    """
    result = tour.take(Parts(), workers=workers, report=report)
    emit(result, as_json, lambda: tour.said(result))
    return 0


@command(workspace_app, "info")
def workspace_info(as_json: Json = False) -> None:
    """Where the workspace is and how much is in it.

    Example: python cli.py workspace info
    """
    facts = shown.workspace_facts(Parts())
    emit(facts, as_json, lambda: "\n".join(f"{name:<14} {value}" for name, value in facts.items()))


@command(workspace_app, "rebuild")
def workspace_rebuild(as_json: Json = False) -> int:
    """Make the catalogue of episodes again from the files.

    Example: python cli.py workspace rebuild
    """
    count, left_out = Parts().episodes.rebuild(lambda done, total: progress(f"{done} of {total} files"))
    facts = {"episodes": count, "left_out": left_out}
    emit(facts, as_json, lambda: "\n".join([f"{count} episodes", *left_out]))
    return PARTLY if left_out else 0


@command(episodes_app, "list")
def episodes_list(
    actor: Annotated[str | None, typer.Option(help="human or agent.")] = None,
    status: Annotated[str | None, typer.Option(help="success, failed, unsure, error, stopped or running.")] = None,
    task: Annotated[str | None, typer.Option(help="For example miniwob:login-user.")] = None,
    run: Annotated[str | None, typer.Option(help="The id of a run.")] = None,
    text: Annotated[str, typer.Option(help="Words of the objective.")] = "",
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=100_000)] = 50,
    as_json: Json = False,
) -> None:
    """Episodes, newest first.

    Example: python cli.py episodes list --actor agent --status failed
    """
    page = Parts().episodes.catalogue.search(actor=actor, status=status, task=task, run=run, text=text, limit=limit)
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
    facts = shown.episode_facts(Parts(), episode, label_ref)
    emit(facts, as_json, lambda: shown.episode_text(facts))


@command(episode_app, "dump")
def episode_dump(episode: EpisodeId, as_json: Json = True) -> None:
    """Every stored text of an episode decoded: blobs unpacked, deltas applied (always JSON).

    Example: python cli.py episode dump 3f2a9c --json
    """
    with Parts().episode(episode) as reader:
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
    parts = Parts()
    plan = deletion.plan(parts, episode)
    progress(deletion.said(plan))
    if not yes and not typer.confirm("Delete it?", err=True):
        emit({"deleted": False, **plan}, as_json, lambda: "Nothing was deleted.")
        return STOPPED
    deletion.delete(parts, episode)
    emit({"deleted": True, **plan}, as_json, lambda: f"Deleted {episode}.")
    return 0


@command(app, "record")
def record_command(
    url: Annotated[str, typer.Argument(help="Where to begin: an http(s) address, or a task (miniwob:login-user).")],
    objective: Annotated[str, typer.Option(help="What is to be done, as one would tell a colleague.")] = "",
    answer: Annotated[str | None, typer.Option(help="The answer, where the task asks a question.")] = None,
    outcome: Annotated[str, typer.Option(help="done or not-done.")] = "done",
    secret: Annotated[list[str] | None, typer.Option(help="Selector of a field whose value is never written.")] = None,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser's window while the script plays.")] = False,
    script: Annotated[Path | None, typer.Option(help="Gestures to play (docs/formats/script.md).")] = None,
    seed: Annotated[int, typer.Option(help="Seed of a practice or MiniWoB++ task.")] = 0,
    as_json: Json = False,
) -> int:
    """Record a demonstration by playing a script of gestures through the live view's own socket.

    Example: python cli.py record http://127.0.0.1:8801/ --objective "Find booking NX4Q2" --script gestures.json
    """
    request = recording.Request(url, objective, answer, outcome, tuple(secret or ()), headed, script, seed)
    result = recording.record(Parts(), request, progress)
    emit(result, as_json, lambda: recording.said(result))
    return PARTLY if result["not_recorded"] else 0


@command(app, "label")
def label_command(
    episode: Annotated[str | None, typer.Argument(help="The demonstration; with --all every unlabelled one.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every demonstration without labels.")] = False,
    policy_set: Annotated[str, typer.Option("--policies", help="The policy set to name calls from.")] = "web",
    accept: Annotated[bool, typer.Option("--accept", help="Accept every proposal as it is.")] = False,
    author: Annotated[str, typer.Option(help="Who accepts.")] = "me",
    as_json: Json = False,
) -> None:
    """Propose policy calls for demonstrations by rules; with --accept take them as they are.

    Example: python cli.py label --all --accept
    """
    made = labels.propose_and_accept(Parts(), episode, every=every, policy_set=policy_set, accept=accept, author=author)
    emit({"labelled": made}, as_json, lambda: labels.said(made))


@command(prompts_app, "build")
def prompts_build(
    policy_set: Annotated[str, typer.Option("--policies", help="The policy set the prompts are for.")] = "web",
    task: Annotated[list[str] | None, typer.Option(help="Only demonstrations of these tasks.")] = None,
    as_json: Json = False,
) -> None:
    """Freeze accepted labels into a prompt set: planner and per-policy examples.

    Example: python cli.py prompts build --json
    """
    made = prompts.build(Parts(), policy_set=policy_set, tasks=task)
    facts = prompts.facts(made)
    emit(facts, as_json, lambda: prompts.said(facts))


@command(app, "run")
def run_command(
    env: Annotated[list[str], typer.Option(help="Task, e.g. miniwob:login-user; may be given several times.")],
    seeds: Annotated[str, typer.Option(help="Seeds, e.g. 0:20 (half-open) or 3,5,8.")] = "0:10",
    model: Annotated[str, typer.Option(help="demos, or openai:NAME at the configured endpoint.")] = "demos",
    prompt_set: Annotated[str, typer.Option("--prompts", help="Id of a prompt set, or latest.")] = "latest",
    workers: Annotated[int, typer.Option(help="Episodes at a time.", min=1, max=16)] = 2,
    as_json: Json = False,
) -> int:
    """Run the agent: tasks × seeds; finished episodes are never run again.

    Example: python cli.py run --env miniwob:login-user --seeds 0:20 --model demos --prompts latest --workers 2
    """
    plan = runs.plan(Parts(), envs=env, seeds=seeds, model=model, prompt_set=prompt_set, workers=workers)
    result = runs.execute(plan, report)
    emit(result, as_json, lambda: runs.said(result))
    return PARTLY if result["errors"] else 0


@command(app, "import")
def import_command(
    files: Annotated[list[Path], typer.Argument(help="Episode files from elsewhere.")], as_json: Json = False
) -> int:
    """Copy episode files into the workspace after checking them; the originals are left alone.

    Example: python cli.py import examples/episodes/*.episode
    """
    result = transfer.import_files(Parts(), files)
    emit(result, as_json, lambda: transfer.said(result))
    return PARTLY if result["refused"] else 0


@command(app, "export")
def export_command(
    episode: EpisodeId,
    to: Annotated[Path, typer.Option(help="A new file: .episode (lossless) or .json (everything decoded).")],
    as_json: Json = False,
) -> None:
    """Write an episode to a file of its own.

    Example: python cli.py export 3f2a9c --to login.episode
    """
    result = transfer.export_file(Parts(), episode, to)
    emit(result, as_json, lambda: f"Wrote {result['file']} ({result['bytes']} bytes).")


if __name__ == "__main__":
    sys.exit(app())

"""`practice`: the model demos improves by playing tasks itself."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from commands.frame import Json, command, emit, report, stoppable, workspace
from flows.problems import STOPPED
from flows.run import practice_log, practising

practice_app = typer.Typer(
    help="Let the model demos improve by playing tasks itself. Example: practice start --env miniwob:click-tab-2",
    no_args_is_help=True,
)


@command(practice_app, "start")
def practice_start(
    env: Annotated[list[str], typer.Option(help="Task with an evaluator; may be given several times.")],
    prompt_set: Annotated[str, typer.Option("--prompts", help="What it begins with: a prompt set's id, or latest.")] = (
        "latest"
    ),
    episodes: Annotated[
        int, typer.Option(help="Episodes of each task at most.", min=practising.TRIES, max=practising.MOST)
    ] = practising.MOST,
    minutes: Annotated[float | None, typer.Option(help="Stop after so many minutes; the same command goes on.")] = None,
    workers: Annotated[int, typer.Option(help="Pages at a time.", min=1, max=8)] = 2,
    as_json: Json = False,
) -> int:
    """Practise from a prompt set's weights; the same command goes on where it stopped.

    Example: python cli.py practice start --env miniwob:click-tab-2 --env miniwob:click-dialog-2 --prompts latest
    """
    asked = practising.Asked(tuple(env), prompt_set, episodes, workers=workers, minutes=minutes)
    with workspace() as parts, stoppable() as stop:
        log = practising.practise(parts, asked, report, stop)
    emit(log, as_json, lambda: practising.said(log))
    return STOPPED if log["state"] == "stopped" else 0


@command(practice_app, "list")
def practice_list(as_json: Json = False) -> None:
    """The practices of the workspace, newest first, with what runs call their weights.

    Example: python cli.py practice list
    """
    with workspace() as parts:
        logs: list[dict[str, Any]] = practice_log.listed(parts)
    emit({"practices": logs}, as_json, lambda: "\n".join(map(practising.said, logs)) or "Nothing was practised yet.")

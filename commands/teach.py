"""`teach`: shows the agent, at a step of a run that failed, how it is done, by a script of gestures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from commands.frame import Author, EpisodeId, Json, command, emit, report, stoppable, workspace
from flows.problems import PARTLY
from flows.teach import teaching


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "teach")(teach)


def teach(
    episode: EpisodeId,
    step: Annotated[str, typer.Option(help="The step to teach at, by its uid.")],
    script: Annotated[Path, typer.Option(help="Gestures from there on (docs/formats/script.md).")],
    outcome: Annotated[Literal["done", "not-done"], typer.Option(help="Whether the objective was reached.")] = "done",
    answer: Annotated[str | None, typer.Option(help="The answer, where the task asks a question.")] = None,
    differing: Annotated[
        Literal["stop", "on", "here", "back"],
        typer.Option(help="Where a page is not as in the run: give up, replay on, record here, go back one page."),
    ] = "stop",
    accept: Annotated[bool, typer.Option("--accept", help="Accept the proposed calls; build a prompt set.")] = False,
    policy: Annotated[
        list[str] | None, typer.Option(help="Who learns from it (the policy to blame); may be given several times.")
    ] = None,
    held_out: Annotated[bool, typer.Option("--held-out", help="Teach a task that is kept for tests, too.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Accept, and run the same seed once more.")] = False,
    model: Annotated[str | None, typer.Option(help="Who tries again (the run's model, else demos).")] = None,
    author: Author = "me",
    as_json: Json = False,
) -> int:
    """Replay a failed run up to a step, record from there how it is done, and let the agent try again.

    Example: python cli.py teach run-0a1b --step c4 --script gestures.json --again --json
    """
    chosen = tuple(policy) if policy else None
    asked = teaching.Asked(
        episode, step, script, outcome, answer, differing, accept, again, chosen, held_out, author, model
    )  # fmt: skip
    with workspace() as parts, stoppable() as stop:
        told = teaching.teach(parts, asked, report, stop)
    emit(told, as_json, lambda: teaching.said(told))
    return PARTLY if told["record"]["not_recorded"] or told["differences"] else 0

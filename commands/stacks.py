"""`scorecard` and `compare`: how policies do over many episodes, and where two episodes part."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from commands.frame import Json, command, emit, report, stoppable, workspace
from flows.problems import PARTLY
from flows.understand import comparing, scorecard, stack_facts


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    command(app, "scorecard")(scorecard_command)
    command(app, "compare")(compare_command)


def scorecard_command(
    actor: Annotated[Literal["human", "agent", "any"], typer.Option(help="Whose episodes.")] = "agent",
    run: Annotated[str, typer.Option(help="The id of a run.")] = "",
    task: Annotated[str, typer.Option(help="For example miniwob:login-user.")] = "",
    prompts: Annotated[str, typer.Option(help="The id of a prompt set.")] = "",
    model: Annotated[str, typer.Option(help="As runs name it, for example demos.")] = "",
    by_version: Annotated[bool, typer.Option(help="Tell the versions of a policy apart.")] = True,
    as_json: Json = False,
) -> int:
    """How each policy does: calls, returns, actions, costs, success beside the others', within tasks too.

    Example: python cli.py scorecard --task miniwob:book-flight --json
    """
    asked = stack_facts.Asked(
        actor="" if actor == "any" else actor, run=run, task=task, prompt_set=prompts, model=model
    )
    with workspace() as parts, stoppable() as stop:
        left_out = stack_facts.read_all(parts, report, stop)["left_out"]
        told = scorecard.scorecard(stack_facts.attempts(parts, asked), by_version=by_version)
    told["left_out"] = left_out
    emit(told, as_json, lambda: scorecard.text(told))
    return PARTLY if left_out else 0


def compare_command(
    a: Annotated[str, typer.Argument(metavar="A", help="An episode's id.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The other's, of the same task as a rule.")],
    as_json: Json = False,
) -> None:
    """Lay two episodes beside each other: aligned steps, where they part, calls that only one has, what each took.

    Example: python cli.py compare 3f2a9c 8b1d07 --json
    """
    with workspace() as parts:
        told = comparing.compare(parts, a, b)
    emit(told, as_json, lambda: comparing.text(told))

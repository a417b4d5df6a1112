"""`run`: the agent on tasks × seeds × models × prompt sets, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from agent.errors import RunError
from agent.limits import Limits
from commands.frame import Json, command, emit, report, stoppable, workspace
from flows.problems import PARTLY, STOPPED
from flows.run import by_hand, run_report, runs


class StartFirst(TyperGroup):
    """A group that starts where no other word is said: `run --env TASK` is `run start --env TASK`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What was typed, with `start` before it where it is left out."""
        left_out = not args or (args[0] not in self.commands and args[0] != "--help")
        return super().parse_args(ctx, ["start", *args] if left_out else args)


run_app = typer.Typer(
    cls=StartFirst,
    help="Run the agent, and report on runs. The word `start` may be left out. "
    "Example: run --env miniwob:login-user --seeds 0:20",
)


def seeds_as_written(text: str) -> str:
    """The seeds if they can be read. Raises BadParameter."""
    try:
        runs.parse_seeds(text)
    except RunError as error:
        raise typer.BadParameter(str(error)) from error
    return text


@command(run_app, "start")
def run_start(
    env: Annotated[list[str], typer.Option(help="Task, e.g. miniwob:login-user; may be given several times.")],
    seeds: Annotated[
        str, typer.Option(help="Seeds, e.g. 0:20 (half-open) or 3,5,8.", callback=seeds_as_written)
    ] = "0:10",
    model: Annotated[
        list[str] | None,
        typer.Option(help="demos (as without), openai:NAME, replay:EPISODE or scripted:FILE; several are compared."),
    ] = None,
    prompt_set: Annotated[
        list[str] | None, typer.Option("--prompts", help="Id of a prompt set, latest (as without) or none; or several.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Episodes at a time.", min=1, max=16)] = 2,
    timeout: Annotated[float | None, typer.Option(help="Seconds an episode may take.", min=1)] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Tokens an episode may take, in and out.", min=1)] = None,
    max_cost: Annotated[
        float | None, typer.Option(help="US dollars an episode may cost; only of a model with a known price.", min=0)
    ] = None,
    retries: Annotated[
        int, typer.Option(help="Times an action is tried again that the page was in the way of.", min=0, max=20)
    ] = Limits.retries,
    as_json: Json = False,
) -> int:
    """Run the agent: tasks × seeds × models × prompt sets; finished episodes are never run again.

    Example: python cli.py run start --env miniwob:login-user --seeds 0:20 --model demos --prompts latest --workers 2
    """
    with workspace() as parts, stoppable() as stop:
        planned = runs.plan(
            parts,
            envs=env,
            seeds=seeds,
            model=model or "demos",
            prompt_set=prompt_set or "latest",
            workers=workers,
            limits=Limits(seconds=timeout, tokens=max_tokens, cost=max_cost, retries=retries),
        )
        by_hand.refuse_outside(planned.plan)
        result = runs.execute(planned, report, stop)
    emit(result, as_json, lambda: runs.said(result))
    return STOPPED if result["stopped"] else PARTLY if result["errors"] else 0


@command(run_app, "report")
def run_report_command(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="The run's id, or latest.")] = "latest",
    out: Annotated[Path | None, typer.Option(help="Write the Markdown to this new file instead.")] = None,
    as_json: Json = False,
) -> None:
    """What came of a run, as Markdown: by task and arm, arms in pairs, failures by signature.

    Example: python cli.py run report latest --out report.md
    """
    with workspace() as parts:
        told = run_report.report(parts, run_report.named(parts, run_id))
    if out is not None:
        run_report.write(told, out)
    emit(told, as_json, lambda: f"Written to {out}." if out else run_report.markdown(told))

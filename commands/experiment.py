"""`experiment`: the seed paper's open questions, answered with this workspace's demonstrations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.frame import Json, command, emit, report, stoppable, workspace
from commands.run import seeds_as_written
from flows.experiment import experiments
from flows.experiment.result import Across, Asked
from flows.problems import STOPPED

NAMES = "; ".join(f"{name}: {one.question}" for name, one in experiments.EXPERIMENTS.items())


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "experiment")(experiment)


def experiment(
    name: Annotated[str, typer.Argument(metavar="NAME", help=NAMES)],
    env: Annotated[
        list[str] | None, typer.Option(help="Task with accepted demonstrations; may be given several times.")
    ] = None,
    seeds: Annotated[str, typer.Option(help="Seeds of every arm.", callback=seeds_as_written)] = "5000:5005",
    model: Annotated[str, typer.Option(help="Who is asked: demos or openai:NAME.")] = "demos",
    policy_set: Annotated[str, typer.Option("--policies", help="The policy set of the stack.")] = "miniwob",
    label_set: Annotated[str, typer.Option(help="Id of a label set; else what is accepted now.")] = "",
    shown: Annotated[int, typer.Option(help="Demonstrations of each task that teach.", min=1, max=100)] = 5,
    workers: Annotated[int, typer.Option(help="Episodes at a time.", min=1, max=16)] = 2,
    across: Annotated[Across, typer.Option(help="For transfer: from task to task, or from site to site.")] = "task",
    out: Annotated[Path | None, typer.Option(help="Also write a new file: .json, else Markdown.")] = None,
    figure: Annotated[Path | None, typer.Option(help="Also draw it in a new file: .html, for any browser.")] = None,
    as_json: Json = False,
) -> int:
    """Answer one question with a table and intervals; the same command goes on where it was stopped.

    Example: python cli.py experiment structure --env miniwob:login-user --env miniwob:choose-date --seeds 5000:5010
    """
    asked = Asked(name, tuple(env or ()), seeds, model, policy_set, label_set, shown, workers=workers, across=across)
    with workspace() as parts, stoppable() as stop:
        told = experiments.run(parts, asked, report, stop)
    if out is not None:
        experiments.write(told, out)
    if figure is not None:
        from ui.experiment_figure import page_of  # the figures are loaded by who draws one

        experiments.save(page_of(told), figure)
    emit(told, as_json, lambda: experiments.markdown(told))
    return STOPPED if told["stopped"] else 0

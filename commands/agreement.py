"""`agreement`: how far labellers, people and gold agree, with the same figures as the Agreement screen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.frame import Json, command, emit, workspace
from flows import agreement, agreement_report

agreement_app = typer.Typer(
    help="How far labellers and people agree. Example: agreement show --json", no_args_is_help=True
)


@command(agreement_app, "show")
def agreement_show(
    one: Annotated[
        str | None,
        typer.Option("--of", help="labeller:NAME, track:NAME, people, blind or gold; else what the screen shows."),
    ] = None,
    other: Annotated[str | None, typer.Option("--against", help="The other side, named likewise.")] = None,
    out: Annotated[Path | None, typer.Option(help="Also write a report: a new .csv or .html file.")] = None,
    as_json: Json = False,
) -> None:
    """Every measure with n, tolerance and interval; by policy; what reviewing took, shown and blind apart.

    Example: python cli.py agreement show --of labeller:rules --against blind --json
    """
    with workspace() as parts:
        told = agreement.told(parts, one, other)
        if out is not None:
            agreement_report.write(told, out)
    emit(told, as_json, lambda: agreement.said(told))

"""`agreement`: how far labellers and people agree, what a confidence is worth, accepting without a look."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from commands.frame import Json, command, emit, workspace
from flows.label import agreement, agreement_report, auto_accept, calibrating
from server.people import NOBODY

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


@command(agreement_app, "calibrate")
def agreement_calibrate(
    labeller: Annotated[
        str | None, typer.Option(help="Fit this labeller's confidence to its reviews; else only say how all stand.")
    ] = None,
    as_json: Json = False,
) -> None:
    """What confidences are worth: reviews, method, error before and after; fitted anew for a labeller that is named.

    Example: python cli.py agreement calibrate --labeller rules --json
    """
    with workspace() as parts:
        if labeller is not None:
            calibrating.calibrate(parts, labeller)
        told = [calibrating.facts(one) for one in calibrating.standings(parts)]
    emit({"labellers": told}, as_json, lambda: calibrating.said(told))


@command(agreement_app, "accept")
def agreement_accept(
    labeller: Annotated[str, typer.Argument(help="Whose calls.")],
    on: Annotated[
        bool | None, typer.Option("--on/--off", help="Allow it at --rate, or forbid it; else as it is.")
    ] = None,
    rate: Annotated[
        float, typer.Option(help="The share of wrong calls you can live with.", min=0.001, max=0.5)
    ] = auto_accept.RATE,
    apply: Annotated[bool, typer.Option("--apply", help="Accept now what waits and is sure enough.")] = False,
    take_back: Annotated[str | None, typer.Option(help="Id of an acceptance to undo.")] = None,
    author: Annotated[str, typer.Option(help="In whose track.")] = NOBODY,
    as_json: Json = False,
) -> None:
    """Automatic acceptance of a calibrated labeller: how it stands, on, off, apply, take back.

    Example: python cli.py agreement accept rules --on --rate 0.05 --apply
    """
    done: dict[str, Any] = {}
    with workspace() as parts:
        if take_back is not None:
            done["taken_back"], done["changed_since"] = auto_accept.take_back(parts, take_back, author)
        if on is not None:
            auto_accept.switch_on(parts, labeller, rate) if on else auto_accept.switch_off(parts, labeller)
        if apply:
            done["decision"] = auto_accept.apply(parts, labeller, author).model_dump(mode="json")
        told = auto_accept.facts(auto_accept.check(parts, labeller))
    emit({**told, **done}, as_json, lambda: auto_accept.said(told))

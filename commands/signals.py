"""`signals`: what rules find wrong in episodes, looked for anew after rules changed, and how often they are right."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.frame import EpisodeId, Json, Reporter, command, emit, stoppable, workspace
from flows.problems import PARTLY, STOPPED
from flows.understand import judging, opinions, signals

signals_app = typer.Typer(
    help="What rules find wrong in an agent's episodes. Example: signals show ID", no_args_is_help=True
)


@command(signals_app, "recompute")
def signals_recompute(
    episodes: Annotated[
        list[str] | None, typer.Argument(help="Episodes to look at; all of agents without any.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that were looked at by these rules.")] = False,
    as_json: Json = False,
) -> int:
    """Look for signals anew where they are missing or of older rules; stopped, the same command goes on.

    Example: python cli.py signals recompute --json
    """
    with workspace() as parts, stoppable() as stop:
        done = signals.recompute(parts, episodes or (), every=every, report=Reporter(), stop=stop)
    looked = f"{done['looked']} episodes were looked at, {done['kept']} had been before."
    left = "".join(f"\n  left out {one['episode']}: {one['reason']}" for one in done["left_out"])
    emit(done, as_json, lambda: f"{looked}{' Stopped.' if done['stopped'] else ''}{left}")
    return STOPPED if done["stopped"] else PARTLY if done["left_out"] else 0


@command(signals_app, "show")
def signals_show(episode: EpisodeId, as_json: Json = False) -> None:
    """The signals of an episode, where its failure begins and whose fault it is suspected to be.

    Example: python cli.py signals show ID --json
    """
    with workspace() as parts:
        state = signals.shown(parts, episode)
    emit(state, as_json, lambda: signals.said_of(state))


@command(signals_app, "precision")
def signals_precision(as_json: Json = False) -> None:
    """How often each detector was right, by what people confirmed and denied.

    Example: python cli.py signals precision --json
    """
    with workspace() as parts:
        table = signals.told_precision(parts)
    emit({"precision": table}, as_json, lambda: signals.said_precision(table))


@command(signals_app, "judge")
def signals_judge(
    episode: EpisodeId,
    model: Annotated[str, typer.Option(help="The model's name at its endpoint.")],
    as_json: Json = False,
) -> int:
    """Ask a model twice what went wrong; what it quotes has to stand in the record. It only suggests.

    Example: python cli.py signals judge ID --model small
    """
    with workspace() as parts, stoppable() as stop:
        told = judging.judge(parts, episode, model, Reporter(), stop)
    emit(told, as_json, lambda: opinions.said(told))
    return PARTLY if told["rejected"] else 0

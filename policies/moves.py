"""Moves: what a change of the library means for calls that were labelled before it, as a value.

A move says which calls (of which names, with which argument, or which ones by hand) are now calls of which policy, and
where each argument goes. Labels are moved by labeling/migrating.py; nothing here knows a label.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from policies.model import Frozen, Name, Parameter, Policy

Value = Annotated[str, Field(max_length=2_000)]


class Where(Frozen):
    """Only calls whose argument `parameter` is one of the values, compared without case and outer spaces."""

    parameter: Name
    values: Annotated[tuple[Value, ...], Field(min_length=1, max_length=200)]

    def holds(self, value: str) -> bool:
        """Whether a call with this value is meant."""
        return value.strip().casefold() in {one.strip().casefold() for one in self.values}


class Chosen(Frozen):
    """One call by hand: a segment of one person's track of an episode."""

    episode: str
    track: str
    segment: str


class Slot(Frozen):
    """A parameter of the policy a call goes to, and the parameter its value comes from; None for no value yet."""

    name: Name
    source: Name | None = None
    required: bool = True


class Move(Frozen):
    """Calls of the policy `about` (by any of `names`) are calls of `to`, with `slots` as arguments, in order.

    `back` are the slots that lead back. With `where` or `chosen` only those calls are meant.
    """

    about: str
    names: tuple[str, ...]
    to: Name
    slots: tuple[Slot, ...]
    back: tuple[Slot, ...]
    where: Where | None = None
    chosen: tuple[Chosen, ...] | None = None

    def reversed(self, chosen: tuple[Chosen, ...] | None = None) -> Move:
        """The move that leads back: of these calls, or of all that have the new name."""
        return Move(
            about=self.about, names=(self.to,), to=self.names[0], slots=self.back, back=self.slots, chosen=chosen
        )  # fmt: skip


def slots(parameters: Sequence[Parameter], sources: dict[str, str]) -> tuple[Slot, ...]:
    """The parameters with the old parameter each takes its value from."""
    return tuple(Slot(name=p.name, source=sources.get(p.name), required=p.required) for p in parameters)


def move(about: str, old: Policy, new: Policy, sources: dict[str, str], **limits: object) -> Move:
    """The move from one form of calls to another; `sources` names the old parameter for each new one that has one."""
    back = {source: name for name, source in sources.items()}
    return Move.model_validate(
        {
            "about": about,
            "names": names_of(old),
            "to": new.name,
            "slots": slots(new.parameters, sources),
            "back": slots(old.parameters, back),
            **limits,
        }
    )


def names_of(policy: Policy) -> tuple[str, ...]:
    """The policy's name, then its aliases."""
    return (policy.name, *policy.aliases)


class Moved(Frozen):
    """The moves of one change of the library; `undoes` is the number of the change it takes back, None for others.

    `at` in seconds since the epoch.
    """

    number: int
    at: float
    moves: tuple[Move, ...] = ()
    undoes: int | None = None


def moves_since(history: Sequence[Moved], created: float) -> tuple[Move, ...]:
    """The moves that calls labelled at that time (seconds) have still to make; what was taken back is left out."""
    later = [one for one in history if one.at > created]
    standing: dict[int, tuple[Move, ...]] = {}
    for one in later:
        if one.undoes in standing:
            standing[one.number] = ()
            standing[one.undoes] = ()
        else:
            standing[one.number] = one.moves
    return tuple(move for moves in standing.values() for move in moves)

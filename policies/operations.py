"""What can be done to a library, as values, and a `Change`: what one of them would do.

What each does, and what is refused, is policies/planning.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from policies.library import SetHeader
from policies.model import Frozen, Name, Parameter, Policy, Text
from policies.moves import Chosen, Move, Where
from policies.state import Entry, Library

OpName = Literal["seed", "create", "edit", "rename", "merge", "split", "retire", "restore", "import", "undo"]


class Given(Parameter):
    """A parameter of a new version; `was` is the name it had before, None for one that is new."""

    was: Name | None = None


class Texts(Frozen):
    """What a policy is said to be and to do, without name and parameters."""

    description: Text
    when_to_use: Text
    when_not: str = ""
    stop_rule: Text
    actions: tuple[str, ...] = ()
    sub_policies: tuple[Name, ...] = ()


class Create(Frozen):
    """A new policy in a set; the planners of the sets that see it may call it."""

    home: Name
    policy: Policy


class Edit(Frozen):
    """A new version of a policy: other texts, and parameters added, left out, renamed or in another order."""

    about: str
    texts: Texts
    parameters: tuple[Given, ...]


class Rename(Frozen):
    """Another name; the old one stays an alias."""

    about: str
    name: Name


class Merge(Frozen):
    """All calls become calls of `into`; `sources` names the old parameter for each of its that takes a value."""

    about: str
    into: str
    sources: dict[Name, Name] = Field(default_factory=dict)


class Split(Frozen):
    """Some calls become calls of a new policy: those whose argument is one of some values, or those chosen by hand."""

    about: str
    name: Name
    texts: Texts
    parameters: tuple[Given, ...]
    where: Where | None = None
    chosen: Annotated[tuple[Chosen, ...], Field(max_length=100_000)] | None = None


class Retire(Frozen):
    """Nobody may call it any more; labels that do keep it."""

    about: str


class Restore(Frozen):
    """A retired policy may be called again, by the planners."""

    about: str


class Import(Frozen):
    """Policies of one set as a file has them; what the set has and the file does not stays as it is."""

    header: SetHeader
    policies: tuple[Policy, ...]


Operation = Create | Edit | Rename | Merge | Split | Retire | Restore | Import


@dataclass(frozen=True)
class Change:
    """What an operation would do: entries and sets as they would be (None: taken away), and the moves of calls."""

    op: OpName
    about: str
    said: str
    entries: Mapping[str, Entry | None]
    moves: tuple[Move, ...] = ()
    sets: Mapping[str, SetHeader | None] = field(default_factory=dict)

    def applied(self, library: Library) -> Library:
        """The library after it. Raises PolicyError when it would not fit together."""
        return library.with_(self.entries, self.sets).check()

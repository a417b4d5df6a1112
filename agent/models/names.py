"""The names of models: what a person writes, and what it means.

`demos`, `demos+practice:ID`, `openai:NAME`, `scripted:FILE`, `replay:EPISODE`, and `human:POLICY,POLICY+OTHER`: the
person plays those policies, the other model the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from agent.errors import RunError

Kind = Literal["demos", "practised", "openai", "scripted", "replay", "human"]
PREFIXES: dict[str, Kind] = {
    "demos+practice:": "practised",
    "openai:": "openai",
    "scripted:": "scripted",
    "replay:": "replay",
    "human:": "human",
}
UNKNOWN = (
    "There is no model {name!r}. Nothing was run. Choose `demos`, `demos+practice:ID`, `openai:NAME` with the name a "
    "model has at your endpoint, `human:POLICY+OTHER` to play a policy yourself, `replay:EPISODE`, or `scripted:FILE` "
    "with a JSON list of replies."
)


@dataclass(frozen=True)
class Named:
    """A model by kind and what follows it; for `human`, `rest` plays what the person does not."""

    kind: Kind
    what: str = ""
    rest: Named | None = None

    @property
    def path(self) -> Path:
        """What follows as a path."""
        return Path(self.what)

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies a person plays."""
        return tuple(filter(None, (one.strip() for one in self.what.split(","))))


def read_name(name: str) -> Named:
    """What a name means. Raises RunError for one that means nothing.

    >>> read_name("human:choose_date+demos").rest
    Named(kind='demos', what='', rest=None)
    """
    if name == "demos":
        return Named("demos")
    for prefix, kind in PREFIXES.items():
        what = name.removeprefix(prefix)
        if what and what != name:
            return _human(name, what) if kind == "human" else Named(kind, what)
    raise RunError(UNKNOWN.format(name=name))


def _human(name: str, what: str) -> Named:
    mine, plus, other = what.partition("+")
    if not mine.strip() or (plus and other.startswith("human")):
        raise RunError(UNKNOWN.format(name=name))
    return Named("human", mine, read_name(other) if plus else None)

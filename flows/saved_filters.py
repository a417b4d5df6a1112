"""Filters of the list of episodes that were given a name, in the workspace for everybody who opens it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from store.errors import NotFound, StoreError
from store.filters import Filter
from wiring import Parts

TABLE = "saved_filter"
MOST_LETTERS = 60


@dataclass(frozen=True)
class Saved:
    """A filter and its name; `address` is the query of the Episodes screen."""

    name: str
    address: str
    author: str

    @property
    def filter(self) -> Filter:
        """What it shows."""
        return Filter.from_address(self.address)


def listed(parts: Parts) -> tuple[Saved, ...]:
    """All saved filters by name."""
    rows = parts.workspace.rows(TABLE)
    return tuple(sorted((Saved(**row) for row in rows), key=lambda one: one.name.casefold()))


def save(parts: Parts, name: str, asked: Filter, author: str) -> Saved:
    """Keep a filter under a name, instead of one that has it. Raises StoreError for what is no name."""
    one = Saved(_name(name), asked.address(), author)
    parts.workspace.put(TABLE, one.name, {"name": one.name, "address": one.address, "author": one.author})
    return one


def rename(parts: Parts, name: str, new: str) -> Saved:
    """Give a saved filter another name. Raises NotFound, StoreError where the name is taken or none."""
    old, fresh = Saved(**parts.workspace.get(TABLE, name)), _name(new)
    if fresh == name:
        return old
    if fresh in parts.workspace.keys(TABLE):
        raise StoreError(f"There is a filter {fresh!r} already. Both were kept as they were. Choose another name.")
    made = save(parts, fresh, old.filter, old.author)
    parts.workspace.remove(TABLE, name)
    return made


def delete(parts: Parts, name: str) -> None:
    """Take a saved filter away. Raises NotFound."""
    if name not in parts.workspace.keys(TABLE):
        raise NotFound(f"There is no saved filter {name[:MOST_LETTERS]!r}. Nothing was changed.")
    parts.workspace.remove(TABLE, name)


def _name(text: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name or len(name) > MOST_LETTERS or not name.isprintable():
        raise StoreError(f"A name has 1 to {MOST_LETTERS} printable letters. Nothing was saved.")
    return name

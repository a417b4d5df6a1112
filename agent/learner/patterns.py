"""Arguments put together from several values, such as `From: {gap:0:3}; Date: {date:0}`: learned from an example's
argument, filled again from the values of another question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.learner.values import Value, entries, pair
from agent.learner.words import fold


@dataclass(frozen=True, order=True)
class Entry:
    """One entry: what stands before the colon (may be empty), and behind it a text, or the keys of a value to copy."""

    name: str
    text: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Pattern:
    """The entries of a list argument in order."""

    entries: tuple[Entry, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What stands before the colons."""
        return tuple(entry.name for entry in self.entries)

    def fill(self, values: Sequence[Value]) -> str | None:
        """The argument for these values: entries whose value is missing are left out; None if all copied ones are."""
        filled = [(entry, _find(entry, values)) for entry in self.entries]
        copied = [text for entry, text in filled if entry.keys]
        if copied and not any(copied):
            return None
        parts = [f"{entry.name}: {text}" if entry.name else text for entry, text in filled if text]
        return "; ".join(parts)


def learn_pattern(argument: str, values: Sequence[Value]) -> Pattern | None:
    """The pattern of an example's argument, None where it has no `name: value` or none of it is copied."""
    found = entries(argument)
    if not any(pair(text) for text in found):
        return None
    made = tuple(_entry(text, values) for text in found)
    return Pattern(made) if any(entry.keys for entry in made) else None


def _entry(text: str, values: Sequence[Value]) -> Entry:
    name, value = pair(text) or ("", text)
    source = next((one for one in values if _same(one, value)), None)
    return Entry(name, value) if source is None else Entry(name, "", tuple(sorted(source.keys)))


def _same(value: Value, text: str) -> bool:
    return fold(value.text) == fold(text)


def _find(entry: Entry, values: Sequence[Value]) -> str | None:
    """The value that stands in the most of the entry's places."""
    if not entry.keys:
        return entry.text
    shared = [(len(value.keys & set(entry.keys)), -place) for place, value in enumerate(values)]
    most = max(shared, default=(0, 0))
    return values[-most[1]].text if most[0] else None

"""Arguments put together from several values, such as `From: {gap:0:3}; Date: {date:0}`: learned from an example's
argument, filled again from the values of another question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.learner.values import Value, entries, kinds, looks, pair
from agent.learner.words import fold


@dataclass(frozen=True, order=True)
class Entry:
    """One entry: what stands before the colon (may be empty), and behind it a text, or what was known of copied values.

    `keys` are places, neighbours and looks of the values that examples copied, each as often as it was shown.
    """

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


def united(patterns: Iterable[Pattern]) -> frozenset[Pattern]:
    """Patterns of the same entries as one, which knows all that was shown."""
    found: dict[tuple[tuple[str, str], ...], list[Pattern]] = {}
    for pattern in patterns:
        found.setdefault(tuple((entry.name, entry.text) for entry in pattern.entries), []).append(pattern)
    return frozenset(
        Pattern(tuple(map(_united, zip(*(one.entries for one in of), strict=True)))) for of in found.values()
    )


def _united(entries: Sequence[Entry]) -> Entry:
    return Entry(entries[0].name, entries[0].text, tuple(sorted(key for entry in entries for key in entry.keys)))


def _entry(text: str, values: Sequence[Value]) -> Entry:
    name, value = pair(text) or ("", text)
    source = next((one for one in values if fold(one.text) == fold(value)), None)
    return Entry(name, value) if source is None else Entry(name, "", tuple(sorted(_known(source))))


def _known(value: Value) -> frozenset[str]:
    return value.keys | value.beside | frozenset(looks(value.text))


def _find(entry: Entry, values: Sequence[Value]) -> str | None:
    """The value of which most is known: of the kinds that were shown, if kinds were, else of none."""
    if not entry.keys:
        return entry.text
    counts = Counter(entry.keys)
    like = [value for value in values if bool(kinds(value.keys)) == bool(kinds(counts))]
    if kinds(counts):
        like = [value for value in like if kinds(value.keys) & kinds(counts)]
    best = max(like, key=lambda value: sum(counts[key] for key in _known(value)), default=None)
    return best.text if best is not None and any(key in counts for key in best.keys | best.beside) else None

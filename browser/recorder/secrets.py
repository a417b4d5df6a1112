"""Secrets of a recording: known in memory for as long as it runs, so that their echoes are recognised, never written.

A value of four characters or more is blanked wherever it stands, a shorter one where it stands as a word; beginnings of
a value are blanked where they appeared while it was typed. Which fields are secret is decided by the observer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from browser.recorder.echoes import BLANK, FIRST, blanked, without_beginnings
from traces.model import Box, Observation, Target

LEAST = 2
_LINE_ID = re.compile(r"^ *\[([^\]\s]+)\]")


class Vault:
    """The secret values of one recording."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._starts: dict[str, frozenset[str]] = {}

    def keep(self, value: str, page: str = "", passed: Iterable[str] = ()) -> None:
        """A value that was typed, and what the field held meanwhile (`passed`).

        `page` is what stood there before (`in_sight`); its words are not taken for beginnings of the value.
        """
        for one in {value, *passed}:
            passing = one != value and any(known.startswith(one) for known in (value, *self._values))
            if len(one.strip()) >= LEAST and not passing:
                self._values.add(one)
                self._starts[one] = frozenset(start for start in _beginnings(one) if start in page)

    def values(self) -> tuple[str, ...]:
        """The values, longest first."""
        return tuple(sorted(self._values, key=len, reverse=True))

    def blank(self, text: str) -> str:
        """The text without any of the values, in the forms they take in text, addresses and HTML."""
        if not text:
            return text
        values = self.values()
        for value in values:
            text = blanked(text, value)
        for value in values:
            text = without_beginnings(text, value, self._starts[value])
        return text

    def observation(self, seen: Observation) -> tuple[Observation, tuple[Box, ...]]:
        """The observation without secrets, and the boxes to black in its picture."""
        text = self.blank(seen.text)
        hidden = _secret_boxes(seen, text)
        clean = Observation.model_construct(
            url=self.blank(seen.url), title=self.blank(seen.title), text=text, boxes=seen.boxes
        )
        return clean, hidden

    def target(self, target: Target | None) -> Target | None:
        """The target without secrets in its name, its selectors and the words around it."""
        if target is None or not self._values:
            return target
        clean: Target = target.model_validate(self._blanked(target.model_dump()))
        return clean

    def _blanked(self, value: Any) -> Any:
        """Every text in a value of texts, lists and mappings."""
        if isinstance(value, str):
            return self.blank(value)
        if isinstance(value, dict):
            return {key: self._blanked(inner) for key, inner in value.items()}
        return [self._blanked(inner) for inner in value] if isinstance(value, list | tuple) else value


def in_sight(seen: Observation | None) -> str:
    """What stood there before a value was typed, and so gives none of it away: address, title and text of the page."""
    return "\n".join((seen.url, seen.title, seen.text)) if seen else ""


def slug(name: str) -> str:
    """A field's name as it stands in `{SECRET:name}`."""
    return "_".join(re.findall(r"[A-Za-z0-9]+", name.lower()))[:40] or "secret"


def flag_words(line: str) -> list[str]:
    """The words after the last quoted part of an observation's line: its flags."""
    return line.rpartition("'")[2].split(" ")


def _secret_boxes(seen: Observation, blanked: str) -> tuple[Box, ...]:
    """Boxes of fields marked secret, and of lines in which something was blanked."""
    if seen.text == blanked and "secret" not in seen.text and BLANK not in seen.text:
        return ()
    ids = set()
    for before, after in zip(seen.text.split("\n"), blanked.split("\n"), strict=True):
        match = _LINE_ID.match(before)
        if match and (before != after or BLANK in before or "secret" in flag_words(before)):
            ids.add(match.group(1))
    return tuple(seen.boxes[element] for element in sorted(ids) if element in seen.boxes)


def _beginnings(value: str) -> list[str]:
    return [value[:end] for end in range(FIRST, len(value) + 1)]

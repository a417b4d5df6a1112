"""Secrets of a recording: known in memory for as long as it runs, so that their echoes are recognised, never written.

A value of four characters or more is blanked wherever it stands, a shorter one where it stands as a word; beginnings of
a value are blanked where they appeared while it was typed. Which fields are secret is decided by the observer.
"""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import quote, quote_plus

from traces.model import Box, Observation, Target

BLANK = "{SECRET}"
LEAST = 2
ANYWHERE = 4
_LINE_ID = re.compile(r"^ *\[([^\]\s]+)\]")


class Vault:
    """The secret values of one recording."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._started: set[str] = set()

    def keep(self, value: str, page: str = "") -> None:
        """A value that was typed; `page` is the page's text before, whose words are not taken for its beginnings."""
        if len(value) >= LEAST:
            self._values.add(value)
            self._started |= {start for start in _beginnings(value) if start not in page}

    def values(self) -> tuple[str, ...]:
        """The values, longest first."""
        return tuple(sorted(self._values, key=len, reverse=True))

    def blank(self, text: str) -> str:
        """The text without any of the values, in the forms they take in text, addresses and HTML."""
        if not text or not (self._values or self._started):
            return text
        for value in self.values():
            for form in _forms(value):
                text = _without(text, form)
        for start in sorted(self._started, key=len, reverse=True):
            text = _without_word(text, start)
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
        if target is None or not (self._values or self._started):
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
    return [value[:end] for end in range(3, len(value) + 1)]


def _forms(value: str) -> set[str]:
    return {
        value,
        quote(value),
        quote(value, safe=""),
        quote_plus(value),
        html.escape(value),
        html.escape(value, quote=False),
    }


def _without(text: str, form: str) -> str:
    return text.replace(form, BLANK) if len(form) >= ANYWHERE else _without_word(text, form)


def _without_word(text: str, word: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", BLANK, text)

"""Finding the JSON in whatever a model wrote: fences, thoughts, prose around it, an end that is missing.

Never raises: any text gives a value or None, and notes of what had to be done. Bounded in size and depth.
"""

from __future__ import annotations

import json
import re
from typing import Any

LONGEST = 200_000
"""Characters of a reply that are read: many times what the longest window can need."""
DEEPEST = 40
_TRIES, _CLOSINGS = 50, 3
"""Openings at which JSON is looked for, and those of them at which the end of one that was cut off is made up."""

_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_OPENING = re.compile(r"[{\[]")
_BEGUN = re.compile(r"\{\s*\"|\[\s*\{")
_UNSAFE = re.compile(r"[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DECODER = json.JSONDecoder(parse_constant=lambda name: None)


def read_json(text: str) -> tuple[Any, list[str]]:
    """(the first JSON object that can be read or None, what was done to read it)."""
    notes = [f"the reply was cut to {LONGEST:,} characters"] if len(text) > LONGEST else []
    body = text[:LONGEST]
    if "<" in body:
        body = _THOUGHT.sub("", body)
    value = _loaded(body, len(body) - len(body.lstrip()))
    if value is not None:
        return value, notes
    closings = 0
    for number, opening in enumerate(_OPENING.finditer(body)):
        if number >= _TRIES:
            break
        value = _loaded(body, opening.start())
        if value is not None:
            return value, [*notes, "text around the JSON was left out"]
        if closings < _CLOSINGS and _BEGUN.match(body, opening.start()):
            closings += 1
            value = _closed(body, opening.start())
            if value is not None:
                return value, [*notes, "the JSON was cut off; what was whole of it was taken"]
    return None, notes


def clean(value: object, longest: int = 500) -> str:
    r"""A value as text that can be stored anywhere: halves of characters and control characters are left out.

    >>> clean("a\x00b")
    'ab'
    """
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, str):
        return _UNSAFE.sub("", value[: longest * 2])[:longest]
    if isinstance(value, int | float):
        return _number(value)[:longest]
    if isinstance(value, list):
        return ", ".join(clean(one, longest) for one in value[:50] if not isinstance(one, list | dict))[:longest]
    return ""


def whole_number(value: object) -> int | None:
    """A value as a whole number: 17, 17.0, "17" or "s17"; else None.

    >>> whole_number("s17"), whole_number(True), whole_number(1.5)
    (17, None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if abs(value) < 1e9 and value == int(value) else None
    if isinstance(value, str) and (found := re.fullmatch(r"\s*[a-z]{0,5}[ .#]?(\d{1,9})\s*", value[:40], re.I)):
        return int(found[1])
    return None


def _number(value: float) -> str:
    try:
        return str(value)
    except ValueError:  # a whole number of thousands of digits
        return ""


def _loaded(text: str, start: int) -> Any:
    """The JSON that begins there, if it can hold an answer: an object, or a list with one in it."""
    value = _decoded(text, start)
    if isinstance(value, dict):
        return value or None
    return value if isinstance(value, list) and any(isinstance(one, dict) for one in value) else None


def _decoded(text: str, start: int) -> Any:
    try:
        value, _ = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return value if not _too_deep(value) else None


def _too_deep(value: Any) -> bool:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            return True
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
        ]
    return False


def _closed(text: str, start: int) -> Any:
    """The JSON of a text that ends too early: cut after its last whole entry, open brackets closed."""
    for end, open_then in reversed(_entries(text, start)[-_TRIES:]):
        value = _loaded(text[start:end] + "".join(reversed(open_then)), 0)
        if value is not None:
            return value
    return None


def _entries(text: str, start: int) -> list[tuple[int, str]]:
    """Where objects and lists ended, and what would close the brackets that were still open there."""
    stack, ends, quoted, escaped = "", list[tuple[int, str]](), False, False
    for place in range(start, len(text)):
        char = text[place]
        if quoted:
            quoted, escaped = (char != '"') or escaped, char == "\\" and not escaped
        elif char == '"':
            quoted = True
        elif char in "{[":
            stack += "}" if char == "{" else "]"
            if len(stack) > DEEPEST:
                break
        elif char in "}]":
            if not stack or stack[-1] != char:
                break
            stack = stack[:-1]
            ends.append((place + 1, stack))
    return ends

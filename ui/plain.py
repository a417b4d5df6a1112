"""Words from outside where Streamlit reads Markdown: marks in them would become links and pictures of other hosts."""

from __future__ import annotations

import re

from flows.problems import explained

MARKS = frozenset("\\`*_{}[]<>$:#|~!&")
_MADE = re.compile(r"@|//|www|(?<!\S)\\?[-<>~](?=\\?[-=>])", re.IGNORECASE)
"""What Streamlit makes a link or an arrow of; no backslash helps, a word joiner after it does."""
_BULLET = re.compile(r"^(\d*)([-+.)])(?= |$)")
_CODE = re.compile(r"(?<!`)(`[^`]+`|[^\s`]*(?:@|//|www)[^\s`]*[^\s`.,;:!?'\")])(?!`)", re.IGNORECASE)
"""Commands in backticks, and addresses, which are copied as they are from there."""


def plain(text: str) -> str:
    """The words as they are, on one line, whatever marks are in them. Addresses are no links."""
    return _BULLET.sub(r"\1\\\2", _escaped(_one_line(text)))


def message(text: str) -> str:
    """A message of ours that may quote words from outside: commands and addresses are `code`, all else is plain."""
    words_and_code = enumerate(_CODE.split(_one_line(text)))
    marked = "".join(f"`{part.strip('`')}`" if place % 2 else _escaped(part) for place, part in words_and_code)
    return _BULLET.sub(r"\1\\\2", marked)


def code(text: str, most: int = 120) -> str:
    """The words in one line of `code`, cut to so many letters."""
    words = _one_line(text.replace("`", "'"))
    return f"`{words if len(words) <= most else words[: most - 1] + '…'}`" if words else ""


def problem_text(error: Exception) -> str:
    """What happened, what was kept and what to do, as `message`."""
    return message(explained(error).said)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    """No character of it is a mark any more."""
    return _MADE.sub("\\g<0>\u2060", "".join(f"\\{char}" if char in MARKS else char for char in text))

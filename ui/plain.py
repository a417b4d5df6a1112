"""Words from outside where Streamlit reads Markdown: marks in them would become links and pictures of other hosts."""

from __future__ import annotations

import re

from flows.problems import explained

MARKS = frozenset("\\`*_{}[]<>$:#|~!&")
_MADE = re.compile(r"@|//|www|(?<!\S)\\?[-<>~](?=\\?[-=>])", re.IGNORECASE)
"""What Streamlit makes a link or an arrow of; no backslash helps, a word joiner after it does."""
_BULLET = re.compile(r"^(\d*)([-+.)])(?= |$)")
_CODE = re.compile(r"(?<!`)(?:`[^`\n]+`|[^\s`]*(?:@|//|www)[^\s`]*[^\s`.,;:!?'\")])(?!`)", re.IGNORECASE)
"""Commands in backticks, and addresses, which are copied as they are from there."""


def plain(text: str) -> str:
    """The words as they are, on one line, whatever marks are in them. Addresses are no links."""
    words = "".join(f"\\{char}" if char in MARKS else char for char in " ".join(text.split()))
    return _BULLET.sub(r"\1\\\2", _MADE.sub("\\g<0>\u2060", words))


def message(text: str) -> str:
    """A message of ours that may quote words from outside: commands and addresses are `code`, all else is plain."""
    parts = _CODE.split(text)
    spans = [f"`{one.strip('`')}`" for one in _CODE.findall(text)]
    return "".join(_spaced(part) + span for part, span in zip(parts, [*spans, ""], strict=True))


def code(text: str, most: int = 120) -> str:
    """The words in one line of `code`, cut to so many letters."""
    words = " ".join(text.replace("`", "'").split())
    return f"`{words if len(words) <= most else words[: most - 1] + '…'}`" if words else ""


def problem_text(error: Exception) -> str:
    """What happened, what was kept and what to do, as `message`."""
    return message(explained(error).said)


def _spaced(text: str) -> str:
    """Plain, with a blank where one stood at its beginning or end."""
    return f"{' ' * text[:1].isspace()}{plain(text)}{' ' * (text[-1:].isspace() and bool(text.strip()))}"

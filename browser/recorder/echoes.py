"""Recognising a secret wherever it is written again: percent-encoded, as an entity, escaped, spaced, in base64.

Pure: patterns of values and the texts they are blanked in. Which values are looked for is the vault's (`secrets`).
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote_plus

BLANK = "{SECRET}"
ANYWHERE = 4
"""A value of so many characters is blanked also inside words."""
LONG = 200
"""Characters of a value that are looked for in every form; a longer one is found by its first ones, and as it is."""
STARTS = 64
FIRST = 3
"""The shortest beginning of a value that is looked for."""
NAMED = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos", "\u00a0": "nbsp"}
_DROPPED = re.compile(r"[\\\s\u00a0.\-]+")
_UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})")


def blanked(text: str, value: str) -> str:
    """The text without the value, in any form; a short value only where it stands as a word."""
    for core in _base64(value.encode("utf-8", "surrogatepass")):
        text = text.replace(core, BLANK)
    text = text.replace(value, BLANK) if len(value) >= ANYWHERE else text
    return _pattern(value).sub(BLANK, text) if flat(value[:LONG]) in flat(text) else text


def without_beginnings(text: str, value: str, spared: frozenset[str]) -> str:
    """The text without the beginnings of the value that stand as words, except those `spared`."""
    if len(value) < FIRST or flat(value[:FIRST]) not in flat(text):
        return text
    return _beginning(value).sub(lambda found: found[0] if found[0] in spared else BLANK, text)


@lru_cache(maxsize=8)
def flat(text: str) -> str:
    """The text decoded and without what may be put between or before its characters: for a first, quick search."""
    if "%" in text or "+" in text:
        text = unquote_plus(unquote_plus(text))
    if "&" in text:
        text = html.unescape(text)
    if "\\u" in text:
        text = _UNICODE.sub(lambda found: chr(int(found[1], 16)), text)
    return _DROPPED.sub("", text.replace("+", "").casefold())


@lru_cache(maxsize=64)
def _pattern(value: str) -> re.Pattern[str]:
    between = r"[ .\-\u00a0]?" if value.isdigit() and len(value) > ANYWHERE else ""
    body = between.join(_character(one) for one in value[:LONG])
    edges = ("", "") if len(value) >= ANYWHERE else (r"(?<!\w)", r"(?!\w)")
    return re.compile(edges[0] + body + edges[1], _letters(value))


@lru_cache(maxsize=64)
def _beginning(value: str) -> re.Pattern[str]:
    """One pattern of all beginnings: after the first ones, each further character may follow."""
    ones = [_character(one) for one in value[:STARTS]]
    more = ""
    for one in reversed(ones[FIRST:]):
        more = f"(?:{one}{more})?"
    return re.compile(rf"(?<!\w){''.join(ones[:FIRST])}{more}(?!\w)", _letters(value))


def _letters(value: str) -> int:
    """Capitals do not matter, unless the value might be any word of a page."""
    return 0 if value.isalpha() or len(value) < ANYWHERE else re.IGNORECASE


def _character(one: str) -> str:
    """Every way in which one character may be written."""
    code, encoded = ord(one), one.encode("utf-8", "surrogatepass")
    percent = "".join(f"%(?:25)*(?i:{byte:02x})" for byte in encoded)
    ways = [percent, f"&#0*{code};", f"&#(?i:x)0*(?i:{code:x});", rf"\\{{1,2}}u(?i:{code:04x})"]
    if one in NAMED:
        ways.append(f"&{NAMED[one]};")
    if one.isspace():
        ways += [r"\+", r"[ \t\u00a0]+", *([r"\\n", r"\r?\n"] if one == "\n" else [])]
    else:
        ways.append((r"\\{0,3}" if one in "\\'\"/" else "") + re.escape(one))
    return f"(?:{'|'.join(ways)})"


def _base64(raw: bytes) -> Iterator[str]:
    """What of its base64 depends on the value alone, for each place it may begin at."""
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        core = whole[(shift * 8 + 5) // 6 : (shift + len(raw)) * 8 // 6]
        if len(core) > ANYWHERE:
            yield core
            yield core.replace("+", "-").replace("/", "_")

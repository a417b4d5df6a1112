"""What can be copied: the values a call's arguments or an objective hold, each with where it stands.

A value's keys name its places ("arg:text", "quoted:0", "gap:2:1", "item"); features refer to keys and never to the
text, so that what is learned for one name holds for every other. Nothing here knows a task or a site.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agent.learner.counting import ORDINALS
from agent.learner.readings import Reading, readings
from agent.learner.templates import Templates
from agent.learner.words import fold, telling, words
from labeling.days import Day, mentions
from policies.model import Policy
from traces.actions import parse_action
from traces.errors import ActionError

_QUOTED = re.compile(r"[\"“]([^\"”]+)[\"”]|(?<!\w)['‘]([^'’]+)['’](?!\w)")
_PROPER = r"[A-Z][\w-]+(?:['’](?!s\b)[\w-]+)*"
_ORDINAL = re.compile(rf"\b(?:\d+(?:st|nd|rd|th)|{'|'.join(ORDINALS)})\b", re.IGNORECASE)
_KINDS = (
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("at", re.compile(r"(?<!\S)@\w+")),
    ("time", re.compile(r"\b\d{1,2}:\d{2}(?:\s?[ap]\.?m\.?)?", re.IGNORECASE)),
    ("phone", re.compile(r"\+\d[\d\s()-]{6,}\d")),
    ("ordinal", _ORDINAL),
    ("code", re.compile(r"\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{2,}\b")),
    ("caps", re.compile(r"\b[A-Z]{3}\b")),
    ("number", re.compile(r"(?<![\w/.:-])-?\d+(?:\.\d+)?(?![\w/:-])")),
    ("proper", re.compile(rf"(?<![.!?:]\s)(?<!^)\b{_PROPER}(?:\s{_PROPER})*")),
    ("initial", re.compile(rf"(?:(?<=[.!?:]\s)|(?<=^))\b{_PROPER}(?:\s{_PROPER})*")),
)
_SEPARATOR = re.compile(r"\s*(?:[,;]|\band\b)\s*")
_ENTRY = re.compile(r"\s*;\s*")
_SOLID = frozenset({"quoted", "date", "email", "phone", "time"})
_GIVEN = _SOLID | {"number", "code", "at"}
_SHAPES = frozenset({"email", "at", "time", "phone", "code", "number"})
_BEFORE = 4
_SHORT = 4


@dataclass(frozen=True)
class Value:
    """A text to copy. `around` are the telling words just before it, `read` the days it may mean, `items` its entries.

    `beside` says which words stand right before and after it.

    `field` is set where the text itself says which field the value is for (`City: Oslo`).
    """

    text: str
    keys: frozenset[str]
    around: frozenset[str] = frozenset()
    read: tuple[Reading, ...] = ()
    items: tuple[str, ...] = ()
    field: str = ""
    beside: frozenset[str] = frozenset()

    @property
    def solid(self) -> bool:
        """Whether it is certainly something to copy: quoted, a date, a number, an address."""
        return bool(kinds(self.keys))

    @property
    def days(self) -> frozenset[Day]:
        """The days it may mean."""
        return frozenset(reading.day for reading in self.read)

    @property
    def listed(self) -> str:
        """The value as the text of a list argument."""
        return ", ".join(self.items) if self.items else self.text


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    key: str

    @property
    def kind(self) -> str:
        """What kind of place it is."""
        return self.key.partition(":")[0]

    def holds(self, other: _Span) -> bool:
        """Whether the other span is a part of this one, and shorter."""
        longer = self.end - self.start > other.end - other.start
        return longer and self.start <= other.start and other.end <= self.end


def read_values(policy: Policy, objective: str, templates: Templates) -> tuple[Value, ...]:
    """The values of a question: a call's arguments and their entries, or what stands out in an objective."""
    if policy.kind != "planner":
        try:
            args = parse_action(objective).args
        except ActionError:
            return tuple(_of_text(objective, "", templates))
        return merged(_of_call(policy, args, templates))
    return merged(_of_text(objective, "", templates))


def entries(text: str) -> tuple[str, ...]:
    """The entries of a list: by semicolons where there are any, else by commas and `and`.

    >>> entries("red, green and blue")
    ('red', 'green', 'blue')
    """
    by_semicolon = [part for part in _ENTRY.split(text) if part]
    parts = by_semicolon if len(by_semicolon) > 1 else [part for part in _SEPARATOR.split(text) if part]
    return tuple(part.strip() for part in parts if part.strip())


@lru_cache(maxsize=20_000)
def shapes(text: str) -> tuple[str, ...]:
    """What kinds of thing a whole text looks like: a time, a phone number, an address, a code.

    >>> shapes("+1 702 555 0193")
    ('phone',)
    """
    found = tuple(kind for kind, pattern in _KINDS if kind in _SHAPES and pattern.fullmatch(text))
    return (*found, *(("date",) if readings(text) else ()))


def kinds(keys: Iterable[str]) -> frozenset[str]:
    """Which of the keys' kinds say that a text is certainly something to copy."""
    return frozenset(key.partition(":")[0] for key in keys) & _GIVEN


@lru_cache(maxsize=20_000)
def looks(text: str) -> tuple[str, ...]:
    """How a text is built: its kind, how many words it has, whether they are capitalised, marks between them.

    >>> looks("Boston, leaving")
    ('some capitals', 'words=2', 'marks inside')
    """
    said = text.split()
    large = sum(word[0].isupper() for word in said)
    capitals = "no capitals" if not large else "all capitals" if large == len(said) else "some capitals"
    marks = ("marks inside",) if any(mark in text for mark in ",;:()") else ()
    return (*shapes(text), capitals, f"words={min(len(said), 4)}", *marks)


def pair(text: str) -> tuple[str, str] | None:
    """An entry `field: value` as both, None for any other."""
    name, colon, value = text.partition(": ")
    return (name.strip(), value.strip()) if colon and name.strip() and value.strip() else None


def _of_call(policy: Policy, args: Sequence[str], templates: Templates) -> Iterator[Value]:
    for parameter, text in zip(policy.parameters, args, strict=False):
        key = f"arg:{parameter.name}"
        if parameter.type == "list":
            yield from _of_list(text, key)
        else:
            yield _value(text, key)
        if parameter.type in ("text", "element") and len(text.split()) > 1:
            inside = _of_text(text, f"{parameter.name}.", templates)
            yield from (value for value in inside if parameter.type == "text" or _ORDINAL.fullmatch(value.text))


def _of_list(text: str, key: str) -> Iterator[Value]:
    found = entries(text)
    yield Value(text, frozenset({key}), items=found)
    for entry in found:
        named = pair(entry)
        if named:
            value = _value(named[1], "pair")
            yield Value(value.text, value.keys, telling(named[0]), value.read, value.items, named[0])
        else:
            yield _value(entry, "item")


def _of_text(text: str, prefix: str, templates: Templates) -> Iterator[Value]:
    gaps = [] if prefix else [_Span(start, end, key) for key, start, end in templates.gaps(text)]
    spans = _whole([*_quoted(text), *gaps, *_dates(text), *_kinds(text)])
    for span in spans:
        written = text[span.start : span.end]
        around = telling(" ".join(text[: span.start].split()[-_BEFORE:]))
        value = _value(written, f"{prefix}{span.key}")
        yield Value(value.text, value.keys, around, value.read, value.items, beside=_beside(text, span))
        yield from (_value(item, f"{prefix}{span.key}.item") for item in value.items)
    solid = {(span.start, span.end) for span in spans if span.kind in _SOLID}
    for span in spans:
        if span.kind in ("gap", "proper", "initial") and (span.start, span.end) not in solid:
            yield from _words(text[span.start : span.end], f"{prefix}{span.key}")


def _beside(text: str, span: _Span) -> frozenset[str]:
    before, after = words(text[max(0, span.start - 40) : span.start]), words(text[span.end : span.end + 40])
    return frozenset({f"before {after[0] if after else 'the end'}", f"behind {before[-1] if before else 'the start'}"})


def _whole(spans: list[_Span]) -> list[_Span]:
    """Without parts of what is one thing: a number in a quoted text, in a date, in an address."""
    solid = [span for span in spans if span.kind in _SOLID]
    return [span for span in spans if not any(one.holds(span) for one in solid)]


def _words(text: str, key: str) -> Iterator[Value]:
    """The words of a short span, from both ends, and all but the first: parts of a person's name."""
    found = text.split()
    if 2 <= len(found) <= _SHORT:
        for n, word in enumerate(found):
            yield Value(word, frozenset({f"{key}.word:{n}", f"{key}.word:{n - len(found)}"}))
        yield Value(" ".join(found[1:]), frozenset({f"{key}.rest"}))


def _value(text: str, key: str) -> Value:
    found = entries(text)
    return Value(text, frozenset({key}), read=readings(text), items=found if len(found) > 1 else ())


def _quoted(text: str) -> Iterator[_Span]:
    for n, match in enumerate(_QUOTED.finditer(text)):
        group = 1 if match.group(1) else 2
        yield _Span(match.start(group), match.end(group), f"quoted:{n}")


def _dates(text: str) -> Iterator[_Span]:
    start = 0
    for n, (written, _) in enumerate(mentions(text)):
        start = text.find(written, start)
        yield _Span(start, start + len(written), f"date:{n}")
        start += len(written)


def _kinds(text: str) -> Iterator[_Span]:
    for kind, pattern in _KINDS:
        for n, match in enumerate(pattern.finditer(text)):
            yield _Span(match.start(), match.end(), f"{kind}:{n}")


def merged(values: Iterable[Value]) -> tuple[Value, ...]:
    """One value for equal texts, with all its keys; the first to come gives spelling and order."""
    found: dict[str, Value] = {}
    for value in values:
        key = fold(value.text)
        if not key:
            continue
        old = found.get(key)
        found[key] = value if old is None else _both(old, value)
    return tuple(found.values())


def _both(one: Value, other: Value) -> Value:
    return Value(
        one.text,
        one.keys | other.keys,
        one.around | other.around,
        one.read or other.read,
        one.items or other.items,
        one.field or other.field,
        one.beside | other.beside,
    )

"""Templates of objectives, induced from the demonstrations: which words stay, and the gaps between them that vary.

Objectives that share most of their words are one template. What a demonstration copied, and what looks like a value
(quoted, a date, a number), never counts as a word that stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from agent.learner.words import fold, words

_TOKEN = re.compile(
    r"[\"“][^\"”]*[\"”]|[\w.+-]+@[\w.-]+|\d[\d/.:-]*\d\w*|[^\W_]+(?:['’.-][^\W_]+)*|[^\w\s]", re.UNICODE
)
_NAMES = re.compile(r"(?<![.!?:]\s)(?<!^)(?<![\w\"“])[A-Z][a-z]+\b")
_ALIKE = 0.75
_UNFIT = 0.34
_EDGES = " \t\"'“”‘’.,;:!?()"


@dataclass(frozen=True)
class Token:
    """A word or mark and its place."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Template:
    """The words that stay, in order, in lower case, and how many different objectives it was induced from."""

    anchors: tuple[str, ...]
    shown: int = 1


@dataclass(frozen=True)
class Templates:
    """All templates of a prompt set, numbered by position; `vocabulary` are the words that tell tasks apart."""

    found: tuple[Template, ...] = ()
    vocabulary: frozenset[str] = frozenset()

    def best(self, text: str) -> int | None:
        """The number of the template the text fits, None if it fits none well."""
        tokens = [token.text for token in tokenize(text)]
        said, best = frozenset(tokens), (_UNFIT, 1)
        for number, template in enumerate(self.found):
            most = sum(word in said for word in template.anchors) / (len(template.anchors) + 1)
            if most >= best[0]:
                best = max(best, (_fit(template, tokens), -number))
        return -best[1] if best[1] <= 0 else None

    def gaps(self, text: str) -> Iterator[tuple[str, int, int]]:
        """The varying parts of a text as (key, start, end), edges trimmed; nothing if it fits no template."""
        number = self.best(text)
        if number is None:
            return
        tokens, anchors = tokenize(text), self.found[number].anchors
        matched = common(anchors, [token.text for token in tokens])
        bounds = [(-1, -1), *matched, (len(anchors), len(tokens))]
        for (left, first), (_, after) in zip(bounds, bounds[1:], strict=False):
            if after - first > 1:
                start, end = _trimmed(text, tokens[first + 1].start, tokens[after - 1].end)
                if start < end:
                    yield f"gap:{number}:{left + 1}", start, end


def induce(objectives: Sequence[tuple[str, frozenset[str]]]) -> Templates:
    """Templates of (objective, texts copied from it), in a stable order."""
    found: list[tuple[str, ...]] = []
    shown: list[int] = []
    for text, copied in sorted(set(objectives), key=lambda pair: (pair[0], sorted(pair[1]))):
        anchors = tuple(_anchors(text, copied))
        place = max(range(len(found)), key=lambda i: _alike(found[i], anchors), default=None)
        if place is not None and _alike(found[place], anchors) >= _ALIKE:
            found[place] = tuple(found[place][i] for i, _ in common(found[place], anchors))
            shown[place] += 1
        else:
            found.append(anchors)
            shown.append(1)
    return Templates(tuple(map(Template, found, shown)), _vocabulary(objectives, found))


def _vocabulary(objectives: Iterable[tuple[str, frozenset[str]]], found: Iterable[Sequence[str]]) -> frozenset[str]:
    """Words that stay in a template, and those that two objectives say; figures and names inside a sentence apart."""
    counts = Counter(word for text, _ in objectives for word in set(words(_NAMES.sub(" ", text))))
    stay = {word for anchors in found for anchor in anchors for word in words(anchor)}
    return frozenset(w for w in stay | {w for w, n in counts.items() if n > 1} if not w.isdecimal())


def tokenize(text: str) -> list[Token]:
    """Words and marks in lower case; quoted texts, dates, numbers and addresses are one token each."""
    return [Token(match.group().casefold(), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def common(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Positions of a longest common subsequence of both."""
    n, m = len(one), len(other)
    best = [[0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            same = one[i] == other[j]
            best[i][j] = best[i + 1][j + 1] + 1 if same else max(best[i + 1][j], best[i][j + 1])
    out, i, j = [], 0, 0
    while i < n and j < m:
        if one[i] == other[j]:
            out.append((i, j))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return out


def _anchors(text: str, copied: frozenset[str]) -> Iterator[str]:
    inside = [span for value in copied for span in _places(text, value)]
    for token in tokenize(text):
        varies = any(start <= token.start < end for start, end in inside)
        if not varies and not _looks_like_value(text[token.start : token.end]):
            yield token.text


def _places(text: str, value: str) -> Iterator[tuple[int, int]]:
    if fold(value):
        pattern = rf"(?<!\w){re.escape(value.strip())}(?!\w)"
        yield from ((match.start(), match.end()) for match in re.finditer(pattern, text, re.IGNORECASE))


def _looks_like_value(token: str) -> bool:
    return token[0] in '"“,;' or any(char.isdigit() for char in token) or "@" in token


def _alike(one: Sequence[str], other: Sequence[str]) -> float:
    """Shared words as a part of the longer one; texts of nothing but values are alike to none."""
    most = max(len(one), len(other))
    return len(common(one, other)) / most if most else 0.0


def _fit(template: Template, tokens: Sequence[str]) -> float:
    """How many of the template's words the text has, in order; one that has few words fits nothing well."""
    return len(common(template.anchors, tokens)) / (len(template.anchors) + 1)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGES and not _opens(text[start:end]):
        start += 1
    while end > start and text[end - 1] in _EDGES and not _closes(text[start:end]):
        end -= 1
    return start, end


def _opens(text: str) -> bool:
    return text[0] == "(" and ")" in text


def _closes(text: str) -> bool:
    return text[-1] == ")" and "(" in text

"""Values that stand nowhere as such: what a shown equation asks for, the n-th word of a text, a name said and shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.learner.counting import ordinal, solved
from agent.learner.values import Value
from agent.learner.words import fold, relation, telling
from labeling.rules.page import PLAIN, Page

_EDGES = re.compile(r"^\W+|\W+$")
_MOST_SHARED = 8
DERIVED = frozenset({"result", "word", "shared"})
"""The keys of derived values: whether one stands on the page says nothing new."""


def worked_out(page: Page, objective: str, values: Sequence[Value]) -> Iterator[Value]:
    """The derived values of an objective on a page; their keys are `result`, `word`, `shared`."""
    ordinals = [place for value in values if (place := ordinal(value.text)) is not None]
    for node in page.nodes:
        found = solved(node.name) if "=" in node.name else None
        if found is not None:
            yield Value(found, frozenset({"result"}))
        yield from _words_of(node.name if node.role in PLAIN else node.value, ordinals)
    yield from _shared(page, objective)


def _words_of(text: str, ordinals: Sequence[int]) -> Iterator[Value]:
    """The words of a text that the ordinals name, without marks around them."""
    said = text.split()
    for place in ordinals if len(said) > 1 else ():
        if place <= len(said):
            word = _EDGES.sub("", said[place - 1 if place > 0 else place])
            if word:
                yield Value(word, frozenset({"word"}))


def _shared(page: Page, objective: str) -> Iterator[Value]:
    """Names of elements that the objective says."""
    found: dict[str, str] = {}
    for node in page.nodes:
        name = fold(node.name)
        if name and telling(name) and relation(node.name, objective) in ("has", "starts"):
            found.setdefault(name, node.name)
    for name in list(found.values())[:_MOST_SHARED]:
        yield Value(name, frozenset({"shared"}))

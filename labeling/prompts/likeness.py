"""How alike two moments are: TF-IDF over the words of the goal, the roles on the page and what was done before; and
which widget an answer is about. What is answered is never part of the likeness.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from labeling.prompts.model import Example
from labeling.prompts.pruning import elements_of
from traces.actions import parse_action
from traces.errors import ActionError, ObservationError
from traces.observation_text import Node, parse_observation

DIGITS = 6
"""Decimals a likeness is rounded to, so that equal inputs are chosen alike on every machine."""
_WORD = re.compile(r"[^\W_]+")
_PLAIN = frozenset(("text", "group", "generic", "paragraph", "none", "presentation"))
Signature = tuple[str, ...]


class Moment(NamedTuple):
    """What a policy is asked at: its goal (the call text, or the task), the page's text, its own earlier turns."""

    goal: str
    observation: str
    previous: tuple[str, ...] = ()


class Likeness:
    """Compares moments with each other and with a new one; made once for a list of moments."""

    def __init__(self, moments: Sequence[Moment]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer  # loaded where prompts are made, not with the app

        self._vectorizer: Any = TfidfVectorizer(analyzer=_terms, sublinear_tf=True)
        documents = [*moments] or [Moment("nothing", "")]
        self._vectors: Any = self._vectorizer.fit_transform(documents)
        self._count = len(moments)

    def to(self, index: int) -> list[float]:
        """The likeness (0 to 1) of every moment to one of them."""
        return self._rounded(self._vectors[index])

    def to_new(self, moment: Moment) -> list[float]:
        """The likeness of every moment to a new one."""
        return self._rounded(self._vectorizer.transform([moment])[0])

    def to_middle(self) -> list[float]:
        """The likeness of every moment to the middle of all."""
        from scipy.sparse import csr_matrix

        return self._rounded(csr_matrix(self._vectors.mean(axis=0)))

    def _rounded(self, vector: Any) -> list[float]:
        if self._vectors.shape[0] != self._count:
            return [0.0] * self._count
        found = (self._vectors @ vector.T).toarray().ravel()
        return [round(float(value), DIGITS) for value in found]


def moment_of(example: Example) -> Moment:
    """What an example is compared by."""
    return Moment(example.objective, example.observation, example.previous)


def site_of(example: Example) -> str:
    """The site an example is from: as recorded, else the host of its address."""
    return example.site or (urlsplit(example.url).hostname or "")


@lru_cache(maxsize=1024)
def signature(example: Example) -> Signature:
    """The kind of widget the answer is about: site, verb, role of the element, role of what is around it."""
    try:
        action = parse_action(example.action)
        nodes = parse_observation(example.observation)
    except (ActionError, ObservationError):
        return (site_of(example), example.action.partition(" ")[0])
    by_id = {node.id: node for node in reversed(nodes)}
    found = [by_id[element] for element in elements_of(action) if element in by_id]
    return (site_of(example), action.name, *(part for node in found for part in (node.role, _around(nodes, node))))


def answer_kind(example: Example) -> Signature:
    """What kind of answer it is on whatever site: the verb and the element's role, or the called policy."""
    _, *kind = signature(example)
    return tuple(kind[:2])


def said_signature(kind: Signature) -> str:
    """A signature in words.

    >>> said_signature(("airline", "type", "textbox", "form"))
    'type, textbox in form, on airline'
    """
    site, verb, *rest = kind
    pairs = [rest[at : at + 2] for at in range(0, len(rest), 2)]
    places = [f"{role} in {around}" if around else role for role, around in pairs]
    return ", ".join([verb, *places, *([f"on {site}"] if site else [])])


def _around(nodes: Sequence[Node], node: Node) -> str:
    """The role of the nearest element around that says something."""
    parent = node.parent
    while parent is not None and nodes[parent].role in _PLAIN:
        parent = nodes[parent].parent
    return "" if parent is None else nodes[parent].role


def _terms(moment: Moment) -> Iterator[str]:
    """Words of the goal, what was done before, roles of the page, and pairs of neighbouring roles."""
    goal, observation, previous = moment
    yield from (word.lower() for word in _WORD.findall(goal))
    done = [line.rpartition(" = ")[2].partition(" ")[0] for line in previous]
    yield from (f"done:{verb}" for verb in done)
    yield f"last:{done[-1] if done else ''}"
    try:
        roles = [node.role for node in parse_observation(observation)]
    except ObservationError:
        return
    yield from (f"role:{role}" for role in roles)
    yield from (f"roles:{one} {two}" for one, two in zip(roles, roles[1:], strict=False))

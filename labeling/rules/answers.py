"""R14 find_answer: steps that only look, after which something they showed is used, or noted in the recorder.

What somebody went to look for cannot be seen; that a later call uses a fact which the objective does not say, and which
a page of these steps was the first to show, can.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from labeling.rules.page import Page
from labeling.rules.scene import Proposal, Scene, in_words, is_scroll

RULE = "R14"
CARRIED, NOTED = 0.55, 0.6
"""Prior confidence: a fact that was typed later, one that was noted down."""

LOOKING = frozenset({"navigate", "search"})
_USING = frozenset({"fill_text", "search"})
_SHORTEST = 4
_WORD = re.compile(r"\w+")


def with_answers(scene: Scene, calls: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """The calls, with those that found a fact under a `find_answer`."""
    out = list(calls)
    shown_first = _Shown(scene)
    for using in calls:
        fact = using.args[-1].value if using.policy in _USING and using.args else ""
        told = len(fact) < _SHORTEST or scene.says(fact) or "{SECRET" in fact or using.args[-1].source != "step_value"
        shown = None if told else shown_first.after(fact)
        if shown is not None and shown < using.first:
            out = _carried(scene, out, shown, using, fact)
    for index, moment in enumerate(scene.moments):
        if moment.action.name == "note" and moment.action.args and moment.action.args[0].strip():
            out = _noted(scene, out, index, moment.action.args[0].strip())
    return tuple(out)


def _carried(scene: Scene, calls: list[Proposal], shown: int, using: Proposal, fact: str) -> list[Proposal]:
    """The looking calls up to the step that showed what is typed later, and the one that opens it."""
    end = next((n for n, call in enumerate(calls) if call.last >= shown and call.policy in LOOKING), None)
    if end is None or calls[end].last >= using.first:
        return calls
    begin = end
    while begin and calls[begin - 1].policy in LOOKING and _only_looks(scene, calls[begin - 1], calls[begin]):
        begin -= 1
    following = calls[end + 1] if end + 1 < len(calls) else None
    opens = following is not None and following.policy == "navigate" and following.last < using.first
    end += opens and calls[end + 1].args[0].value == fact
    question = f"What is the {using.args[0].value if len(using.args) > 1 else 'thing to search for'}?"
    evidence = f"nothing but looking, until the page showed ‘{fact}’, which is typed later and not in the objective"
    return _wrapped(scene, calls, begin, end, (question, fact, evidence, CARRIED))


def _noted(scene: Scene, calls: list[Proposal], note: int, fact: str) -> list[Proposal]:
    """The call that led to the page a note was written on, and the one that leaves it."""
    begin = next((n for n, call in enumerate(calls) if call.last == note - 1 and call.policy in LOOKING), None)
    if begin is None:
        return calls
    leaves = begin + 1 < len(calls) and calls[begin + 1].first == note + 1 and calls[begin + 1].policy == "navigate"
    told = (f"Is it so: {fact}?", fact, "what was seen there was noted down", NOTED)
    return _wrapped(scene, calls, begin, begin + leaves, told)


class _Shown:
    """Which step's page was the first to show a text: pages in order, and for each word those that have it."""

    def __init__(self, scene: Scene) -> None:
        self._pages = [_said(page) for moment in scene.moments for page in (moment.before, moment.after)]
        self._having: dict[str, list[int]] = {}
        words = {text: set(_WORD.findall(text)) for text in set(self._pages)}
        for at, text in enumerate(self._pages):
            for word in words[text]:
                self._having.setdefault(word, []).append(at)

    def after(self, fact: str) -> int | None:
        """The step after which a page showed the fact as whole words, and none had before it."""
        wanted = " ".join(fact.casefold().split())
        rarest = min((self._having.get(word, []) for word in _WORD.findall(wanted)), key=len, default=[])
        first = next((at for at in rarest if wanted in self._pages[at] and in_words(wanted, self._pages[at])), 0)
        return first // 2 if first % 2 else None


def _said(page: Page) -> str:
    return "\n".join(node.name for node in page.nodes).casefold()


def _wrapped(
    scene: Scene, calls: list[Proposal], begin: int, end: int, told: tuple[str, str, str, float]
) -> list[Proposal]:
    """The calls `begin`..`end` (both included) under one that found the fact; not if that is a single step or all."""
    question, fact, evidence, confidence = told
    inside = tuple(calls[begin : end + 1])
    first, last = inside[0].first, inside[-1].last
    if last == first or (first == 0 and last == len(scene) - 1):
        return calls
    argument = scene.moments[first].argument("question", question, "inferred")
    found = Proposal(first, last, "find_answer", (argument,), RULE, evidence, confidence, children=inside, returns=fact)
    return [*calls[:begin], found, *calls[end + 1 :]]


def _only_looks(scene: Scene, one: Proposal, other: Proposal) -> bool:
    between = scene.moments[one.last + 1 : other.first]
    return all(is_scroll(moment) or moment.action.name == "note" for moment in between)

"""Where the values of a call stand in the recording: typed, an element's name, the objective, the page, or nowhere.

Pure. Spaces, case and an end dot make no difference; a date is found in whatever way it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from labeling.days import Day, days_of, mentions
from labeling.llm.model import plain
from labeling.model import Source
from labeling.rules.scene import Moment, Scene, in_words
from traces.observation_text import Node

SECRET = re.compile(r"\{SECRET:[^}]*\}")
_PARTS = re.compile(r"[,;]\s+|:\s+")
_FREE, _SAID = 4, 0.6
"""Words from which a value is free text, and the share of its longer words that objective or pages then have to say."""


def grounding(value: str, scene: Scene, first: int, last: int) -> tuple[Source, str | None]:
    """Where a value is found, the likeliest place first, and at which step; `inferred` where it is found nowhere."""
    if value and in_words(value, scene.objective):
        return "objective", None
    inside, wanted = scene.moments[first : last + 1], plain(value)
    for moment in inside:
        if wanted and wanted in {plain(one) for one in moment.action.args[1:]}:
            return "step_value", moment.step.uid
    for moment in inside:
        if wanted and wanted in {plain(moment.name), plain(moment.label)}:
            return "element_name", moment.step.uid
    for moment in inside:
        if wanted and any(wanted in (plain(node.name), plain(node.value)) for node in nodes(moment)):
            return "observation", moment.step.uid
    return "inferred", None


def stands(value: str, scene: Scene, first: int, last: int) -> bool:
    """Whether a value, or every part of a list, is found anywhere; free text where most of it is said."""
    if not value.strip() or SECRET.search(value) or grounding(value, scene, first, last)[0] != "inferred":
        return True
    days = days_of(value)
    if days and any(same_day(days, text) for text in _texts(scene, first, last)):
        return True
    texts = [plain(text) for text in _texts(scene, first, last)]
    if _mostly_said(value, texts) or (len(value) > 2 and any(plain(value) in text for text in texts)):
        return True
    parts = [part for part in _PARTS.split(value) if part.strip()]
    return len(parts) > 1 and all(stands(part, scene, first, last) for part in parts)


def same_day(days: frozenset[Day], text: str) -> bool:
    """Whether a text mentions one of the days."""
    return any(one.same(other) for _, found in mentions(text) for one in found for other in days)


def nodes(moment: Moment) -> Iterator[Node]:
    """What the pages before and after a step show."""
    yield from moment.before.nodes
    yield from moment.after.nodes


def _texts(scene: Scene, first: int, last: int) -> Iterator[str]:
    yield scene.objective
    for moment in scene.moments[first : last + 1]:
        yield moment.action.name.replace("_", " ")
        yield from moment.action.args[1:] or moment.action.args
        yield moment.before.url
        yield moment.after.url
        for node in nodes(moment):
            yield from (node.name, node.value)


def _mostly_said(value: str, texts: Sequence[str]) -> bool:
    words = [word for word in re.findall(r"\w+", value.casefold()) if len(word) > 3]
    if len(value.split()) < _FREE or not words:
        return False
    everything = "\n".join(texts)
    return sum(word in everything for word in words) >= _SAID * len(words)

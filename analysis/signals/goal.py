"""Away from the goal: D17 goal drift, D21 a change nobody asked for."""

from __future__ import annotations

import re

from analysis.signals.course import Course, stretches
from analysis.signals.model import Detector, Found

FAR = 8
"""Page actions in a row that have nothing to do with the objective, at least."""
LEAST = 2
"""Telling words that a goal has at least; fewer are a title."""
PRESSED = frozenset({"button", "link", "menuitem"})
_WORD = re.compile(r"[a-z][a-z'-]{3,}|\d{2,}")
_NUMBER = re.compile(r"\W*(?:\d+|[a-z])\W*", re.IGNORECASE)
_PLAIN = frozenset(
    re.findall(
        r"\w+",
        "with from that this into then them your have what which when where there please page site click enter press"
        " select find show tell give make using about after before over under their than also only each every most",
    )
)
_ASKS = re.compile(
    r"^\W*(?:what|which|who|when|where|how|find|show|list|tell|give|look up|count|compare|name )"
    r"|^\W*(?:is|are|does|do|did) ",
    re.I,
)
_CHANGES = re.compile(
    r"\b(?:buy|purchase|pay|place (?:the )?order|order now|book|delete|remove"
    r"|cancel (?:booking|order|subscription|ticket)|send|publish|post|save|submit|confirm"
    r"|update|create|close ticket|apply changes|unsubscribe|sign up)\b",
    re.I,
)

_DOES = re.compile(
    r"(?:\b(?:and|then|to)|[,;.]) (?:then )?(?:reply|respond|forward|answer|add|set|change|edit|write|type|enter|fill"
    r"|click|press|mark|rate|vote|follow|like|share|upload|assign|move|rename|comment|register|subscribe|order"
    r"|(?:log|sign) in)\b",
    re.I,
)
"""What an objective asks for that is more than an answer: a second verb."""


def drift(course: Course) -> list[Found]:
    """Eight page actions in a row on pages, targets and texts that share no telling word with the objective.

    Not meant: actions on what is only numbered, such as tabs and pages of a list. Nothing is said without an objective,
    or where it has a single telling word, as a title may.
    """
    words = telling(course.episode.objective)
    if len(words) < LEAST:
        return []
    acts = [place for place in course.acts if not _NUMBER.fullmatch(_said(course, place))]
    runs = stretches(acts, lambda place: not _near(course, place, words), FAR)
    return [Found(run, f"{len(run)} page actions had nothing to do with the objective's words.") for run in runs]


def side_effect(course: Course) -> list[Found]:
    """A press on what sends, saves, buys or deletes, where the objective only asks for something."""
    objective = course.episode.objective
    if not _ASKS.match(objective) or _CHANGES.search(objective) or _DOES.search(objective):
        return []
    found = []
    for place in course.acts:
        target = course.target(place)
        if target is None or not (target.role in PRESSED or "clickable" in target.flags):
            continue
        if not _CHANGES.search(target.name):
            continue
        if course.did(place)[0] in ("click", "dblclick") and course.changed(place):
            found.append(Found((place,), f"{target.name!r} changes something, and the objective only asks."))
    return found


def telling(text: str) -> frozenset[str]:
    """The words that say what a text is about, in lower case.

    >>> sorted(telling("Find the cheapest flight to Oslo with this page"))
    ['cheapest', 'flight', 'oslo']
    """
    return frozenset(_WORD.findall(text.lower())) - _PLAIN


def _near(course: Course, place: int, words: frozenset[str]) -> bool:
    page = course.before(place)
    return bool(words & telling(f"{_said(course, place)} {page.observation.url} {page.words}"))


def _said(course: Course, place: int) -> str:
    """What an action names: its target and its texts."""
    target, action = course.target(place), course.actions[place]
    return " ".join([target.name if target else "", *(action.args[1:] if action else ())])


DETECTORS = (
    Detector("D17", "goal drift", "planner", drift, 3),
    Detector("D21", "side effect", "policy", side_effect, 2),
)

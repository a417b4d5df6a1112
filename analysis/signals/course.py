"""An episode as detectors read it: its steps with parsed actions, the pages around them, and keys to compare by.

A page's key leaves out what changes by itself (ids, clocks, where the cursor is); an action's key names its target by
role and name. Pages that cannot be read count as empty.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from urllib.parse import parse_qsl, urlsplit

from traces.actions import Action, parse_action
from traces.errors import ActionError, ObservationError
from traces.frames import lone_root
from traces.model import Episode, Frame, LlmCall, Observation, Step
from traces.observation_text import Node, parse_observation
from traces.skeleton import innermost

PASSING = frozenset({"focused", "clickable"})
"""Flags that come and go with where the cursor and the pointer are."""
KEPT = 64
"""Pages that stay read where there is no room for more."""
ROOM = 150_000
"""Elements of the pages that stay read, about 120 MB: those of 1,000 pages of 150."""
_CLOCK = re.compile(
    r"\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?\b|\b\d+ (?:seconds?|minutes?|hours?) ago\b", re.IGNORECASE
)
_OPAQUE = re.compile(r"\b(?=[0-9a-f-]*\d)[0-9a-f]{8}[0-9a-f-]{4,}\b")


@dataclass(frozen=True)
class Page:
    """One observation, read. `key` is the same for what a person would call the same page in the same state."""

    observation: Observation
    nodes: tuple[Node, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """The elements by id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def place(self) -> str:
        """The address without what follows `#`, the query's values and the port of a site of this machine.

        Such a site takes another port each time it is started.
        """
        where, query = _split(self.observation.url)
        names = sorted({name for name, _ in parse_qsl(query, keep_blank_values=True)})
        return f"{where}?{'&'.join(names)}" if names else where

    @cached_property
    def key(self) -> int:
        """A hash of the place and of every element but its id."""
        return hash((self.place, self.content))

    @cached_property
    def content(self) -> int:
        """A hash of every element but its id, wherever the page lies."""
        return hash(tuple(_told(node) for node in self.nodes))

    @cached_property
    def cursor(self) -> tuple[int, ...]:
        """The places, counted from 0, of the elements the cursor is in."""
        return tuple(place for place, node in enumerate(self.nodes) if "focused" in node.flags)

    @cached_property
    def words(self) -> str:
        """All that can be read on it, in lower case."""
        own = (f"{node.name} {node.value}" for node in self.nodes)
        return f"{self.observation.title} {' '.join(own)}".lower()


_NO_PAGE = Page(Observation(url="", title="", text=""), ())


class Pages:
    """Stored pages by hash. Each is read once while there is room for all it has; of later ones the newest stay read.

    `room` are the elements there is room for, so that memory does not grow with the episode.
    """

    def __init__(self, observation: Callable[[str], Observation], room: int = ROOM) -> None:
        self._room = room
        self._kept: dict[str, Page] = {}
        self._newest = lru_cache(KEPT)(lambda key: _read(observation(key)))
        self.key = lru_cache(None)(lambda key: self.page(key).key)

    def page(self, key: str) -> Page:
        """The page of that hash."""
        if key in self._kept:
            return self._kept[key]
        page = self._newest(key)
        if len(page.nodes) < self._room:
            self._kept[key] = page
            self._room -= len(page.nodes) + 1
        return page


@dataclass(frozen=True, eq=False)
class Course:
    """An episode, its steps in order, its call tree and model calls, and its pages.

    `usual` are the page actions a policy's calls usually take, by policy; those of other episodes, where known.
    """

    episode: Episode
    steps: tuple[Step, ...]
    frames: tuple[Frame, ...]
    calls: tuple[LlmCall, ...]
    pages: Pages
    usual: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def actions(self) -> tuple[Action | None, ...]:
        """Each step's action; None where it is none."""
        return tuple(_parsed(step.action) for step in self.steps)

    @cached_property
    def seen(self) -> frozenset[str]:
        """The uids of the steps that were decided on a page which is kept."""
        return frozenset(step.uid for step in self.steps if step.observation_before is not None)

    @cached_property
    def acts(self) -> tuple[int, ...]:
        """The positions of the steps that did something on the page (notes are none)."""
        return tuple(
            place
            for place, step in enumerate(self.steps)
            if step.kind == "act" and (action := self.actions[place]) is not None and action.name != "note"
        )

    @cached_property
    def frame_at(self) -> tuple[Frame, ...]:
        """The innermost call of each step."""
        frames = self.frames or (lone_root(),)
        return tuple(frames[index] for index in innermost(self.steps, frames))

    @cached_property
    def call_of(self) -> Mapping[int, LlmCall]:
        """The model calls by number."""
        return {call.number: call for call in self.calls}

    @property
    def ended_by_task(self) -> bool:
        """Whether the task itself said that it was over."""
        return bool(self.frames) and self.frames[0].end == "ended"

    def between(self, first: int, last: int) -> range:
        """The positions of the steps whose `seq` is from first to last."""
        seqs = self._seqs
        return range(bisect_left(seqs, first), bisect_right(seqs, last))

    def frame_of(self, place: int) -> Frame:
        """The innermost call of the step there."""
        return self.frame_at[place]

    def before(self, place: int) -> Page:
        """The page the step was decided on."""
        return self._page(self.steps[place].observation_before)

    def after(self, place: int) -> Page:
        """The page it left."""
        return self._page(self.steps[place].observation_after)

    def keys(self, place: int) -> tuple[int, int]:
        """The keys of the pages before and after the step."""
        step = self.steps[place]
        return self._key(step.observation_before), self._key(step.observation_after)

    def cursors(self, place: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Where the cursor was before and after the step."""
        return self.before(place).cursor, self.after(place).cursor

    def target(self, place: int) -> Node | None:
        """The element the step's action is about, as it was before."""
        action = self.actions[place]
        element = action.element if action else None
        return self.before(place).by_id.get(element) if element is not None else None

    def did(self, place: int) -> tuple[str, ...]:
        """The action's key: its verb, its target by role and name, its other arguments."""
        action = self.actions[place]
        if action is None:
            return (self.steps[place].action,)
        target = self.target(place)
        named = (target.role, _still(target.name)) if target else action.args[:1]
        return (action.name, *named, *action.args[1:])

    def changed(self, place: int) -> bool:
        """Whether the page read otherwise after the step, or looked so, by more than where the mouse is."""
        step = self.steps[place]
        reads_otherwise = step.observation_before != step.observation_after
        return bool({*step.changed} - {"pointer"}) or self.looks_otherwise(place) or reads_otherwise

    def looks_otherwise(self, place: int) -> bool:
        """Whether the picture is another one after the step, by more than where the mouse is."""
        step = self.steps[place]
        return step.picture_before != step.picture_after and "pointer" not in step.changed

    @cached_property
    def _seqs(self) -> tuple[int, ...]:
        return tuple(step.seq for step in self.steps)

    def _page(self, key: str | None) -> Page:
        return _NO_PAGE if key is None else self.pages.page(key)

    def _key(self, key: str | None) -> int:
        return _NO_PAGE.key if key is None else self.pages.key(key)


def stretches(places: Sequence[int], holds: Callable[[int], bool], least: int) -> list[tuple[int, ...]]:
    """The runs of at least `least` neighbours in `places` for which something holds.

    >>> stretches([1, 4, 5, 9], lambda place: place != 4, 1)
    [(1,), (5, 9)]
    """
    found: list[list[int]] = [[]]
    for place in places:
        if holds(place):
            found[-1].append(place)
        elif found[-1]:
            found.append([])
    return [tuple(one) for one in found if len(one) >= least]


def _parsed(text: str) -> Action | None:
    try:
        return parse_action(text)
    except ActionError:
        return None


def _read(observation: Observation) -> Page:
    try:
        return Page(observation, parse_observation(observation.text))
    except ObservationError:
        return Page(observation, ())


def _split(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        here = parts.hostname in ("127.0.0.1", "localhost", "::1")
        return f"{parts.hostname if here else parts.netloc}{parts.path}", parts.query
    except ValueError:
        return url, ""


def _told(node: Node) -> tuple[object, ...]:
    shown = tuple((key, _still(value)) for key, value in sorted(node.attrs.items()))
    return node.role, _still(node.name), shown, node.flags - PASSING, node.depth


def _still(text: str) -> str:
    return _OPAQUE.sub("#", _CLOCK.sub("#", text)) if any(char.isdigit() for char in text) else text

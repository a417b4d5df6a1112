"""DOM snapshots of a Playwright trace, made whole again: a part of one may be `[[n, k]]`, node k of the n-th before it.

Nodes are counted as they end, texts too and references not. How much one page may unfold to is bounded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from traces.dom_elements import Element
from traces.formats.bounds import MAX_NODES, MAX_SEEN
from traces.formats.foreign import text_of
from traces.formats.source import mapping_of, number_of

AT_HAND = 60
"""Snapshots that are kept as values; a reference rarely goes further back."""
DEEPEST = 100
"""How deep the elements of a page nest at most; what is deeper is left out."""
_STATES = {
    "__playwright_value_": "value",
    "__playwright_checked_": ":checked",
    "__playwright_selected_": ":selected",
    "__playwright_shadow_root_": ":shadow",
}
_PHASES = {"before": "before", "input": "action", "action": "action", "after": "after"}
Node = Any
"""A text, `[tag, attributes, *nodes]`, or `[[n, k]]`."""


@dataclass(eq=False)
class Snapshot:
    """One frame of a page at one instant; `call` and `phase` (before, action, after) say which."""

    page: str
    frame: str
    url: str
    call: str
    phase: str
    at: float
    is_main: bool
    packed: bytes
    index: int

    @cached_property
    def html(self) -> Node:
        """The document, as it was written."""
        return json.loads(self.packed)

    @cached_property
    def nodes(self) -> list[Node]:
        """Its texts and elements as they end."""
        return list(_ended(self.html))

    def forget(self) -> None:
        """Keep no more of it than its bytes."""
        for name in ("html", "nodes"):
            self.__dict__.pop(name, None)


@dataclass
class Snapshots:
    """All snapshots of a trace, by frame in their order."""

    frames: dict[str, list[Snapshot]] = field(default_factory=dict)
    phases: dict[str, str] = field(default_factory=dict)
    left: int = MAX_SEEN
    """Elements that may still be unfolded."""
    _of_call: dict[tuple[str, str], list[Snapshot]] = field(default_factory=dict)
    _at_hand: dict[int, Snapshot] = field(default_factory=dict)

    def add(self, said: Mapping[str, Any]) -> None:
        """Keep a `frame-snapshot`. Older ones are named, and their calls say what the name stands for (`phases`)."""
        name = text_of(said.get("snapshotName"))
        known = self.phases.get(name) or _PHASES.get(name.split("@")[0], "")
        frames = self.frames.setdefault(text_of(said.get("frameId")), [])
        one = Snapshot(
            page=text_of(said.get("pageId")),
            frame=text_of(said.get("frameId")),
            url=text_of(said.get("frameUrl")),
            call=text_of(said.get("callId")) or name.partition("@")[2],
            phase=_PHASES.get(text_of(said.get("phase")), known),
            at=number_of(said.get("timestamp")) or 0.0,
            is_main=bool(said.get("isMainFrame")),
            packed=json.dumps(said.get("html")).encode(),
            index=len(frames),
        )
        frames.append(one)
        self._of_call.setdefault((one.call, one.phase), []).append(one)

    def page(self, call: str) -> str:
        """The page a call was about, '' where no snapshot says it."""
        return next((one.page for phase in _PHASES.values() for one in self._of_call.get((call, phase), ())), "")

    def main(self, call: str, phase: str) -> Snapshot | None:
        """The page's own frame at that phase of a call."""
        return next((one for one in self._of_call.get((call, phase), ()) if one.is_main), None)

    def element(self, snapshot: Snapshot, call: str) -> tuple[Element, bool]:
        """(the page with what its frames held then, whether something was left out because it was too much)."""
        unfolding = _Unfolding(self, call)
        root = unfolding.whole(snapshot, 0)
        self.left -= MAX_NODES - unfolding.left
        return root, unfolding.cut

    def used(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot, kept at hand with the last ones used; all others are but bytes."""
        self._at_hand.pop(id(snapshot), None)
        self._at_hand[id(snapshot)] = snapshot
        if len(self._at_hand) > AT_HAND:
            self._at_hand.pop(next(iter(self._at_hand))).forget()
        return snapshot

    def inner(self, frame: str, call: str, phase: str) -> Snapshot | None:
        """A frame's snapshot at that phase of a call, else the last one taken before it."""
        same = next((one for one in self._of_call.get((call, phase), ()) if one.frame == frame), None)
        return same or (self.frames[frame][-1] if self.frames.get(frame) else None)


class _Unfolding:
    def __init__(self, snapshots: Snapshots, call: str) -> None:
        self._snapshots = snapshots
        self._call = call
        self.left = MAX_NODES
        self._open: list[str] = []
        self.cut = False

    def whole(self, snapshot: Snapshot, depth: int) -> Element:
        """A frame's document."""
        place = f"{snapshot.frame}|{snapshot.url.split('#')[0]}"
        self._open.append(snapshot.frame)
        made = self._node(self._snapshots.used(snapshot).html, snapshot, place, {}, depth)
        self._open.pop()
        return made if isinstance(made, Element) else Element("html", {}, place)

    def _node(
        self, node: Node, snapshot: Snapshot, place: str, seen: dict[str, int], depth: int
    ) -> Element | str | None:
        """The node as it was; `place` is the way to the element around it, `seen` counts its children by tag."""
        self.left -= 1
        if self.left < 0 or depth > DEEPEST:
            self.cut = True
            return None
        if isinstance(node, str):
            return node
        referred = _reference(node)
        if referred is not None:
            return self._referred(referred, snapshot, place, seen, depth)
        if not isinstance(node, list) or not node or not isinstance(node[0], str):
            return None
        return self._element(node, snapshot, place, seen, depth)

    def _referred(
        self, referred: tuple[int, int], snapshot: Snapshot, place: str, seen: dict[str, int], depth: int
    ) -> Element | str | None:
        back, which = referred
        frames = self._snapshots.frames[snapshot.frame]
        if not 0 < back <= snapshot.index:
            return None
        other = self._snapshots.used(frames[snapshot.index - back])
        nodes = other.nodes
        return self._node(nodes[which], other, place, seen, depth + 1) if 0 <= which < len(nodes) else None

    def _element(self, node: list[Any], snapshot: Snapshot, place: str, seen: dict[str, int], depth: int) -> Element:
        tag = node[0].lower()[:40]
        told = mapping_of(node[1]) if len(node) > 1 else {}
        attrs = {_STATES.get(name, name.lower()): text_of(value) for name, value in told.items()}
        key = _key(place, f"{tag}#{text_of(told.get('id'))[:40]}", seen)
        mark = told.get("__playwright_target__")
        marked = mark in ("", self._call) or text_of(mark).partition("@")[2] == self._call
        element = Element(tag, attrs, key, marked=marked)
        counted: dict[str, int] = {}
        for child in node[2:]:
            made = self._node(child, snapshot, element.key, counted, depth + 1)
            if made is not None:
                element.children.append(made)
        self._framed(element, told, snapshot, depth)
        return element

    def _framed(self, element: Element, told: Mapping[str, Any], snapshot: Snapshot, depth: int) -> None:
        """What a frame inside the page held."""
        if element.tag not in ("iframe", "frame"):
            return
        said = text_of(told.get("__playwright_src__")) or text_of(told.get("src"))
        name = said.split("?")[0].rpartition("/snapshot/")[2]
        inner = self._snapshots.inner(name, self._call, snapshot.phase) if name and name not in self._open else None
        if inner is not None and len(self._open) < 10:
            element.children.append(self.whole(inner, depth + 1))


def _reference(node: Node) -> tuple[int, int] | None:
    if isinstance(node, list) and node and isinstance(node[0], list) and len(node[0]) == 2:
        back, which = node[0]
        if isinstance(back, int) and isinstance(which, int):
            return back, which
    return None


def _ended(node: Node, depth: int = 0) -> Iterator[Node]:
    """Texts and elements as they end, without what is only referred to."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list) and node and isinstance(node[0], str) and depth <= 2 * DEEPEST:
        for child in node[2:]:
            yield from _ended(child, depth + 1)
        yield node


def _key(place: str, label: str, seen: dict[str, int]) -> str:
    """What tells an element from the others around it: tag and id, and which of those it is."""
    number = seen[label] = seen.get(label, 0) + 1
    return f"{place}/{label}" if number == 1 and not label.endswith("#") else f"{place}/{label}{number}"

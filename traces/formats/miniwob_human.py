"""Human demonstrations of MiniWoB++ (`*.json.gz`): a page for every event, each event seen twice, before and after.

The events become gestures (`miniwob_gestures`), the pages observations; the result is a demonstration like one of our
own, without pictures. docs/formats/miniwob-human.md
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from traces.actions import Action
from traces.dom import Numbers, Rendered
from traces.dom_elements import Element
from traces.draft import MOST_STEPS, Draft
from traces.formats.bounds import MAX_NODES
from traces.formats.foreign import BadRecording, text_of
from traces.formats.miniwob_gestures import Gesture, Moment, gestures
from traces.formats.source import Source, mapping_of, number_of
from traces.model import Box, Observation, Target

NAME = "miniwob-human"
SITE = "miniwob"
AREA = (160, 210)
"""CSS pixels of a task; events beside it were not recorded."""
DEEPEST = 60
_WITHHELD = "{SECRET:password}"


def recognise(source: Source) -> bool:
    """Whether a file's JSON is such a demonstration, or a list or lines of them."""
    return any(map(_is_one, _listed(source)[:20]))


def read(source: Source) -> list[Draft]:
    """The demonstrations of a file. Raises BadRecording where none has a page."""
    listed = _listed(source)
    found = [one for one in listed if _is_one(one)]
    drafts, why = [], ""
    for one in found:
        try:
            drafts.append(demonstration(one))
        except BadRecording as error:
            why = str(error)
    if not drafts:
        raise BadRecording(why)
    if len(drafts) < len(listed):
        drafts[0].warn(
            "entries", f"{len(listed) - len(drafts)} of {len(listed)} entries have no page and were left out."
        )
    return drafts


def _listed(source: Source) -> Sequence[Any]:
    data = source.json
    if data is None:
        return source.lines
    return data if isinstance(data, list) else [data]


def _is_one(data: Any) -> bool:
    states = data.get("states") if isinstance(data, dict) else None
    if not isinstance(states, list) or "utterance" not in data:
        return False
    return not states or any(isinstance(state, dict) and isinstance(state.get("dom"), dict) for state in states[:5])


def demonstration(data: Mapping[str, Any]) -> Draft:
    """One demonstration from its JSON. Raises BadRecording where it has no page."""
    draft = Draft(NAME, objective=_utterance(data), header=_header(data))
    moments = [moment for moment in _moments(draft, data["states"]) if moment is not None]
    if not moments:
        raise BadRecording("None of its states has a page.")
    draft.raw = [{key: value for key, value in data.items() if key != "states"}]
    draft.raw += [_entry(state) for state in data["states"][:MOST_STEPS]]
    telling = _Telling(draft)
    for one, earlier in zip(moments[1:], moments, strict=False):
        one.earlier = earlier.root
    for gesture in gestures(moments, draft.warn):
        telling.step(gesture)
    if not draft.steps:
        draft.warn("states", "Nothing was done in it.")
        draft.step("note", "note [nothing was done]", observation_before=telling.page(moments[-1].root))
    return draft


def _utterance(data: Mapping[str, Any]) -> str:
    """The task in words; of some recordings it is an object that also has the fields."""
    said = data.get("utterance")
    return text_of(said) or text_of(mapping_of(said).get("utterance"))


def _header(data: Mapping[str, Any]) -> dict[str, Any]:
    name = text_of(data.get("taskName"))
    raw, reward = number_of(data.get("rawReward")), number_of(data.get("reward"))
    given = raw if raw is not None else reward
    solved = given is not None and (given == 1 if raw is not None else given > 0)
    return {
        "actor": "human",
        "task": f"miniwob:{name}" if name else None,
        "site": SITE,
        "status": "unsure" if given is None else "success" if solved else "failed",
        "rewards": {"rule": given},
        "viewport": AREA,
    }


def _entry(state: Any) -> dict[str, Any]:
    """A state as it was, its page as text, which is kept small."""
    told = mapping_of(state)
    return {**told, "dom": json.dumps(told.get("dom"), ensure_ascii=False)}


def _moments(draft: Draft, states: Sequence[Any]) -> Sequence[Moment | None]:
    return [_moment(draft, number, state) for number, state in enumerate(states[:MOST_STEPS])]


def _moment(draft: Draft, number: int, state: Any) -> Moment | None:
    told = mapping_of(state)
    dom = told.get("dom")
    if not isinstance(dom, dict):
        draft.warn(f"state {number}", "It has no page and was left out.")
        return None
    building = _Building()
    root = building.element(dom, "", 0)
    if building.left < 0:
        draft.warn(f"state {number}", "Its page is larger than is read; the rest of it was left out.")
    return Moment(number, number_of(told.get("time")) or 0.0, mapping_of(told.get("action")), root)


class _Building:
    """Elements of a page's tree, up to a number of them."""

    def __init__(self) -> None:
        self.left = MAX_NODES
        self._keys: set[str] = set()

    def element(self, node: Mapping[str, Any], place: str, depth: int) -> Element:
        """The element with all inside it."""
        self.left -= 1
        tag, _, kind = (text_of(node.get("tag")) or "div").lower()[:40].partition("_")
        element = Element(tag, _attrs(node, tag, kind), self._key(node, place), box=_box(node))
        element.marked = node.get("recordingTarget") is True
        if text_of(node.get("text")):
            element.children.append(text_of(node.get("text")))
        children = node.get("children")
        for number, child in enumerate(children if isinstance(children, list) else []):
            if not isinstance(child, dict) or self.left <= 0 or depth >= DEEPEST:
                continue
            if text_of(child.get("tag")) == "t":
                element.children.append(text_of(child.get("text")))
            else:
                element.children.append(self.element(child, f"{element.key}/{number}", depth + 1))
        return element

    def _key(self, node: Mapping[str, Any], place: str) -> str:
        ref = number_of(node.get("ref"))
        key = place if ref is None or f"{ref:g}" in self._keys else f"{ref:g}"
        self._keys.add(key)
        return key


def _attrs(node: Mapping[str, Any], tag: str, kind: str) -> dict[str, str]:
    attrs = {"id": text_of(node.get("id")), "class": text_of(node.get("classes"))}
    attrs = {name: text for name, text in attrs.items() if text}
    if kind:
        attrs["type"] = kind
    if tag == "a" and not {"ui-datepicker-prev", "ui-datepicker-next"} & set(attrs.get("class", "").split()):
        attrs["href"] = ""
    value = node.get("value")
    if kind in ("checkbox", "radio"):
        attrs[":checked"] = "true" if value is True else "false"
    elif isinstance(value, str | int | float) and value is not True and value is not False:
        attrs["value"] = str(value)
    if node.get("focused") is True:
        attrs[":focused"] = "true"
    return attrs


def _box(node: Mapping[str, Any]) -> Box | None:
    sizes = [number_of(node.get(name)) for name in ("left", "top", "width", "height")]
    x, y, width, height = (0.0 if one is None else one for one in sizes)
    return Box(x=x, y=y, width=width, height=height) if None not in sizes and width >= 0 <= height else None


class _Telling:
    """Gestures as steps."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._numbers = Numbers()
        self._pages: dict[int, tuple[Rendered, str]] = {}

    def page(self, root: Element) -> str:
        """The key of a page."""
        return self._rendered(root)[1]

    def step(self, gesture: Gesture) -> None:
        """Add the gesture's step."""
        target, onto = self._target(gesture, gesture.element), self._target(gesture, gesture.onto)
        self._draft.step(
            "act",
            str(_action(gesture, target, onto)),
            target=target,
            observation_before=self.page(gesture.before),
            observation_after=self.page(gesture.after or gesture.before),
            started=max(0.0, gesture.started),
            ended=max(0.0, gesture.started, gesture.ended),
        )

    def _rendered(self, root: Element) -> tuple[Rendered, str]:
        if id(root) not in self._pages:
            page = Rendered(root, self._numbers)
            observed = Observation(url="", title="", text=page.text, boxes=page.boxes)
            self._pages[id(root)] = page, self._draft.observed(observed)
        return self._pages[id(root)]

    def _target(self, gesture: Gesture, element: Element | None) -> Target | None:
        """The element by its line on the page before, also when it was found on a later one."""
        if element is None:
            return None
        page = self._rendered(gesture.before)[0]
        line = page.line_of(element)
        at = gesture.point if element is gesture.element else None
        if line is None:
            return Target(id=None, role=element.tag, name=element.get("id"), box=element.box, point=at)
        return Target(id=line.id, role=line.role, name=line.name, box=line.element.box, point=at)


def _action(gesture: Gesture, target: Target | None, onto: Target | None) -> Action:
    """The gesture as our action. A press beside every element is one on a point."""
    withheld = gesture.typed if gesture.is_secret else None
    args = tuple(_WITHHELD if place == withheld else one for place, one in enumerate(gesture.args))
    if gesture.verb in ("press", "scroll"):
        return Action(gesture.verb, (*args, *(_id(one) for one in (target,) if one is not None and one.id)))
    if target is None and gesture.verb in ("click", "dblclick") and gesture.point is not None:
        return Action("click_at", tuple(f"{one:g}" for one in gesture.point))
    return Action(gesture.verb, (_id(target), *([_id(onto)] if gesture.verb == "drag" else []), *args))


def _id(target: Target | None) -> str:
    return (target.id if target is not None else None) or "?"

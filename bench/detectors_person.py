"""Somebody who knows the way through a practice site, as a policy: what its scripted person does, done by looking.

It takes each deed's element from the page it is shown, does a deed again that left the page as it was, was refused or
did not lead to what is needed next, and is back where it was when a page is the one it had before.
"""

from __future__ import annotations

import hashlib
import inspect
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from agent.history import read_line
from agent.model import Decision, PolicyModel
from agent.models.scripted import ScriptedModel
from bench.demonstrators_sites import scripted
from traces.actions import Action
from traces.observation_text import Node, parse_observation

MOST, LOOKS = 6, 3
"""How often a deed is done in a row, and a page looked at that lacks what is needed, before it is given up."""
_PLACE = re.compile(r"role=(\w+)\[name='(.*)'\]$")
_BY_ID = {"#from": ("textbox", "From")}
_FOR_FOCUS = ("Control+a", "ArrowLeft")
"""Keys that prepare a field for typing, which the action `type` does by itself."""


@dataclass(frozen=True)
class Deed:
    """An action on the element of this role and name; `to` is where it is dragged, `inside` what it has to lie in."""

    verb: str
    role: str = ""
    name: str = ""
    text: str = ""
    to: str = ""
    inside: str = ""

    def found(self, nodes: Sequence[Node], name: str | None = None) -> Node | None:
        """Its element on a page."""
        wanted = self.name if name is None else name
        for node in nodes:
            if (
                node.role == self.role
                and node.name in (wanted, f"{wanted} optional")
                and (not self.inside or _lies_in(node, self.inside, nodes))
            ):
                return node
        return None

    def on(self, nodes: Sequence[Node]) -> Action | None:
        """The action; None where its element is not there."""
        if self.verb == "press":
            return Action("press", (self.text,))
        node, to = self.found(nodes), self.found(nodes, self.to) if self.to else None
        if node is None or (self.to and to is None):
            return None
        if self.verb == "type":
            return Action("type", (node.id, self.text.rstrip("\n"), str(int(self.text.endswith("\n")))))
        return Action(self.verb, (node.id, *((to.id,) if to else (self.text,) if self.verb == "select" else ())))


def person(task: str, seed: int) -> PolicyModel:
    """The policy model for one episode of a practice site's scenario. Raises ValueError for another task."""
    found = scripted(task)
    if found is None:
        raise ValueError(f"{task} has no scripted person")
    script, scenario = found
    deeds = tuple(_deeds(script.script_for(seed, scenario)))
    return ScriptedModel(_Walk(deeds, script.answer_for(seed, scenario)).answer)


def code() -> str:
    """A hash of what decides what is done."""
    return hashlib.blake2b(inspect.getsource(sys.modules[__name__]).encode(), digest_size=5).hexdigest()


class _Walk:
    """Where somebody is on the way."""

    def __init__(self, deeds: Sequence[Deed], answer: str | None) -> None:
        self._deeds, self._answer = deeds, answer
        self._next = self._times = self._looks = 0
        self._met: dict[tuple[str, str], int] = {}

    def answer(self, asked: Decision) -> str:
        """The next action."""
        nodes = parse_observation(asked.observation)
        page = (urlsplit(asked.url).path, asked.observation.replace(" focused", ""))
        at = self._place(asked, nodes, page)
        if at == len(self._deeds):
            return str(Action("stop", (self._answer,) if self._answer else ()))
        action = self._deeds[at].on(nodes)
        if action is None and 0 < at == self._next and self._times < MOST:
            at -= 1
            action = self._deeds[at].on(nodes)
        if action is None:
            self._looks += 1
            return "stop" if self._looks > LOOKS else "scroll [up]"
        self._times = self._times + 1 if at == self._next - 1 else 1
        self._next, self._looks, self._met[page] = at + 1, 0, at
        return str(action)

    def _place(self, asked: Decision, nodes: Sequence[Node], page: tuple[str, str]) -> int:
        """The deed that is next: the last one again where it came to nothing, an earlier one on its own page."""
        last = self._next - 1
        if last < 0:
            return 0
        if page in self._met and self._met[page] != last and self._deeds[last].verb != "press":
            return self._met[page]
        line = read_line(asked.previous[-1]) if asked.previous else None
        failed = line is not None and line.failed and line.action.name == self._deeds[last].verb
        still = page in self._met and not self._holds(self._deeds[last], nodes)
        vain = failed or still or self._added_to(self._deeds[last], nodes)
        return last if vain and self._times < MOST else self._next

    @staticmethod
    def _holds(deed: Deed, nodes: Sequence[Node]) -> bool:
        """Whether it was done already: the option that was wanted is chosen, or keys led where one had been."""
        node = deed.found(nodes) if deed.verb == "select" else None
        return deed.verb == "press" or (node is not None and node.value == deed.text)

    @staticmethod
    def _added_to(deed: Deed, nodes: Sequence[Node]) -> bool:
        """Whether what was typed stands beside an old text."""
        node = deed.found(nodes) if deed.verb == "type" else None
        return node is not None and deed.text in node.value and node.value != deed.text


def _deeds(gestures: Sequence[Mapping[str, str]]) -> Iterator[Deed]:
    meant = [one for one in gestures if one.get("keys") not in _FOR_FOCUS]
    for one, after in zip(meant, [*meant[1:], {}], strict=True):
        gesture, at = one["gesture"], one.get("at")
        if gesture == "press":
            yield Deed("press", text=one["keys"])
        elif not (gesture == "click" and at == after.get("at") and after.get("gesture") == "type"):
            role, name = _place(at or "")
            inside = "dialog" if (at or "").startswith("role=dialog") else ""
            text = one.get("text", "")
            text = f"{text[4:]}-{text[:2]}-{text[2:4]}" if at in _BY_ID else text  # month first
            yield Deed(gesture, role, name, text, _place(one["to"])[1] if "to" in one else "", inside)


def _place(at: str) -> tuple[str, str]:
    if at in _BY_ID:
        return _BY_ID[at]
    found = _PLACE.search(at)
    if found is None:
        raise ValueError(f"{at} names no role")
    return found[1], found[2]


def _lies_in(node: Node, role: str, nodes: Sequence[Node]) -> bool:
    while node.parent is not None:
        node = nodes[node.parent]
        if node.role == role:
            return True
    return False

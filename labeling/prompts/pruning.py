"""Pruning: an observation cut down to what an example needs, its elements numbered anew, the target always among them.

Kept in this order until the limit is reached: the targets with what is around them, elements that the answer speaks of,
their siblings, headings, other elements of the same role, fields and buttons, the rest. The first are always kept.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from labeling.label_sets import canonical
from llm_client.tokens import estimate_tokens
from traces.actions import Action, parse_action
from traces.errors import ActionError
from traces.observation_text import Node, parse_observation

LIMIT = 600
"""Tokens of a pruned observation; only the targets and what is around them may make it longer."""
WHOLE = sys.maxsize
"""A limit that leaves a page whole; its elements are numbered anew all the same."""
NEAR = 4
"""Siblings before and after a target that are kept first."""
DISTRACTORS = 3
"""Other elements of the target's role that are kept before the rest."""
PRUNER = f"prune/1-{hashlib.sha256(canonical([LIMIT, NEAR, DISTRACTORS])).hexdigest()[:8]}"
"""The version of these rules and the hash of their limits."""

ELEMENTS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("click", "dblclick", "rightclick", "type", "hover", "select", "upload"), (0,)),
    "drag": (0, 1),
    "press": (1,),
    "scroll": (1,),
}
"""Which arguments of an action are ids of elements."""
_ID = re.compile(r"^ *\[[^\]\s]+\]")
_WORTH = {"heading": 2, "alert": 2, "dialog": 2, "status": 2}
OPERABLE = frozenset(
    ("textbox", "combobox", "searchbox", "checkbox", "radio", "switch", "button", "link", "option", "tab", "menuitem",
     "listbox", "spinbutton", "slider")
)  # fmt: skip
"""Roles a person does something with."""


@dataclass(frozen=True)
class Pruned:
    """An observation with the answer and the earlier actions that go with it, all in one numbering."""

    observation: str
    actions: tuple[str, ...]
    previous: tuple[str, ...]


def prune(observation: str, actions: Sequence[str], previous: Sequence[str] = (), limit: int = LIMIT) -> Pruned:
    """Cut an observation down for an example. Raises ObservationError or ActionError for texts that cannot be read."""
    nodes = parse_observation(observation)
    lines = [line for line in observation.split("\n") if line.strip()]
    read = [parse_action(action) for action in actions]
    kept = _kept(nodes, lines, read, limit)
    names = {nodes[index].id: str(number) for number, index in reversed([*enumerate(kept, 1)])}
    placed = enumerate(_depths(nodes, kept), 1)
    text = "\n".join(_line(lines[index], depth, number) for number, (index, depth) in placed)
    wider = _with_earlier(names, len(kept), previous)
    return Pruned(
        text, tuple(str(_renamed(action, wider)) for action in read), tuple(_past(line, wider) for line in previous)
    )


def missing(observation: str, action: str) -> str | None:
    """The first element the action names that is not in the observation. Raises as `prune` does.

    >>> missing("[1] button 'Go'", "click [1]"), missing("[1] button 'Go'", "click [2]")
    (None, '2')
    """
    there = {node.id for node in parse_observation(observation)}
    return next((element for element in elements_of(parse_action(action)) if element not in there), None)


def elements_of(action: Action) -> tuple[str, ...]:
    """The ids of elements an action names."""
    return tuple(action.args[at] for at in ELEMENTS.get(action.name, ()) if at < len(action.args))


def _kept(nodes: Sequence[Node], lines: Sequence[str], actions: Sequence[Action], limit: int) -> list[int]:
    """Positions of the elements that stay, in document order."""
    worth = _worth(nodes, actions)
    kept: set[int] = set()
    left = limit
    for index in sorted(range(len(nodes)), key=lambda index: (worth[index], index)):
        size = estimate_tokens(lines[index].strip())
        if worth[index] == 0 or size <= left:
            kept.add(index)
            left -= size
    return sorted(kept)


def _worth(nodes: Sequence[Node], actions: Sequence[Action]) -> list[int]:
    """0 for what must stay, then ever less."""
    targets = {element for action in actions for element in elements_of(action)}
    at = [node.index for node in nodes if node.id in targets]
    worth = [_WORTH.get(node.role, 5 if node.role in OPERABLE else 6) for node in nodes]
    said = _said(actions)
    for node in nodes:
        shown = f"{node.name}\n{node.value}".lower()
        if any(part in shown for part in said):
            worth[node.index] = 1
    for index in at:
        for other in _distractors(nodes, index):
            worth[other] = min(worth[other], 3)
        for other in _siblings(nodes, index):
            worth[other] = min(worth[other], 1)
    for index in at:
        for other in (index, *_ancestors(nodes, index)):
            worth[other] = 0
    return worth


def _said(actions: Sequence[Action]) -> frozenset[str]:
    """What the answers speak of, in lower case: each argument that is no element, and the parts of lists."""
    words: set[str] = set()
    for action in actions:
        for at, arg in enumerate(action.args):
            if at not in ELEMENTS.get(action.name, ()):
                words.update(part.strip().lower() for part in (arg, *re.split(r"[;:,]", arg)))
    return frozenset(word for word in words if len(word) > 1)


def _ancestors(nodes: Sequence[Node], index: int) -> Iterable[int]:
    parent = nodes[index].parent
    while parent is not None:
        yield parent
        parent = nodes[parent].parent


def _siblings(nodes: Sequence[Node], index: int) -> list[int]:
    """The nearest elements under the same parent, what a label before it says among them, and its own children."""
    same = [node.index for node in nodes if node.parent == nodes[index].parent]
    place = same.index(index)
    children = [node.index for node in nodes if node.parent == index]
    return [*same[max(0, place - NEAR) : place + NEAR + 1], *children[: 2 * NEAR]]


def _distractors(nodes: Sequence[Node], index: int) -> list[int]:
    others = [node.index for node in nodes if node.role == nodes[index].role and node.index != index]
    return sorted(others, key=lambda other: (abs(other - index), other))[:DISTRACTORS]


def _depths(nodes: Sequence[Node], kept: Sequence[int]) -> list[tuple[int, int]]:
    """(position, levels of structure that are left above it) of each kept element."""
    there = set(kept)
    return [(index, sum(above in there for above in _ancestors(nodes, index))) for index in kept]


def _line(line: str, depth: int, number: int) -> str:
    return f"{'  ' * depth}[{number}]{_ID.sub('', line, count=1)}"


def _with_earlier(names: Mapping[str, str], count: int, previous: Sequence[str]) -> dict[str, str]:
    """Numbers also for the elements that only earlier actions name: they are no longer on the page."""
    wider = dict(names)
    for line in previous:
        action = _parsed(line)
        for element in elements_of(action) if action else ():
            if element not in wider:
                count += 1
                wider[element] = str(count)
    return wider


def _past(line: str, names: Mapping[str, str]) -> str:
    action = _parsed(line)
    return str(_renamed(action, names)) if action and elements_of(action) else line


def _renamed(action: Action, names: Mapping[str, str]) -> Action:
    places = ELEMENTS.get(action.name, ())
    args = tuple(names.get(arg, arg) if at in places else arg for at, arg in enumerate(action.args))
    return Action(action.name, args)


def _parsed(line: str) -> Action | None:
    try:
        return parse_action(line)
    except ActionError:
        return None

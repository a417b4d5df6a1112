"""What an example's argument texts say: what was copied, what was withheld, and when two texts mean the same.

A text that was withheld when recorded ({SECRET:name}) could be any value the person did not use in the clear. Values
whose neighbouring words name the secret or its field go before others; the fit then finds what all examples share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.learner.scene import Scene
from agent.learner.values import Value, entries, pair
from agent.learner.words import fold, telling
from labeling.days import days_of
from policies.model import Policy
from traces.actions import TARGETED, Action, parse_action
from traces.errors import ActionError

_SECRET = re.compile(r"\{SECRET(?::([^}]*))?\}")


@dataclass(frozen=True)
class Told:
    """What a demonstration passed on or typed in the clear, folded."""

    clear: frozenset[str] = frozenset()

    @classmethod
    def of(cls, actions: Iterable[str]) -> Told:
        """What the actions of one demonstration say."""
        return cls(frozenset(fold(text) for action in actions for text in copied_texts(action)))


NOBODY = Told()


def read_action(text: str) -> Action | None:
    """The action of an example, None if it is not of the grammar."""
    try:
        return parse_action(text)
    except ActionError:
        return None


def copied_texts(text: str, library: Mapping[str, Policy] | None = None) -> frozenset[str]:
    """Argument texts of an action that may have been copied: no element ids, no field names, nothing withheld."""
    action = read_action(text)
    if action is None or action.name == "press":
        return frozenset()
    args = list(action.args[1:] if action.name in TARGETED else action.args)
    policy = (library or {}).get(action.name)
    if policy is not None:
        args = [a for a, p in zip(args, policy.parameters, strict=False) if p.type != "element"]
    found = set(args)
    for arg in args:
        found |= {(pair(entry) or ("", entry))[1] for entry in entries(arg)}
    return frozenset(one for one in found if one and not is_secret(one))


def is_secret(text: str) -> bool:
    """Whether the text was withheld when recorded."""
    return _SECRET.search(text) is not None


def same_text(kind: str, one: str, other: str) -> bool:
    """Whether two argument texts of a parameter type mean the same."""
    if fold(one) == fold(other):
        return True
    if kind == "list":
        return sorted(map(fold, entries(one))) == sorted(map(fold, entries(other)))
    if kind == "date":
        return any(day.same(also) for day in days_of(one) for also in days_of(other))
    return False


def may_be(value: Value, withheld: str, label: str, scene: Scene, told: Told) -> bool:
    """Whether a value may be what was withheld at the field of that label."""
    marked = [one for one in scene.values if is_secret(one.text)]
    if marked:
        return value in marked
    free = [one for one in scene.values if fold(one.text) not in told.clear]
    match = _SECRET.search(withheld)
    wanted = telling(f"{match.group(1) or '' if match else ''} {label}")
    near = [one for one in free if one.around & wanted]
    return value in (near or free)

"""Which candidates stand for what an example did. Comparing texts, withheld ones included, is `agent.learner.told`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.learner.candidates import Binding, Candidate
from agent.learner.scene import Scene
from agent.learner.told import Told, is_secret, may_be, same_text
from policies.model import Policy
from traces.actions import TARGETED, Action


def right_ones(
    found: Sequence[Candidate], action: Action, scene: Scene, told: Told, library: Mapping[str, Policy]
) -> tuple[bool, ...]:
    """For each candidate whether it is what the example did, to the letter if one is, else in other letters."""
    exact = tuple(candidate.action == action for candidate in found)
    if any(exact):
        return exact
    return tuple(_is(candidate, action, scene, told, library) for candidate in found)


def _is(candidate: Candidate, action: Action, scene: Scene, told: Told, library: Mapping[str, Policy]) -> bool:
    mine = candidate.action
    if mine.name != action.name or len(mine.args) != len(action.args):
        return False
    if mine.args == action.args:
        return True
    kinds = _kinds(action, library)
    label = _label(candidate, scene)
    bindings: Sequence[Binding | None] = candidate.bindings or [None] * len(mine.args)
    if len(bindings) < len(mine.args):
        bindings = [*bindings, *[None] * (len(mine.args) - len(bindings))]
    return all(
        _same(kind, text, wanted, binding, label, scene, told)
        for kind, text, wanted, binding in zip(kinds, mine.args, action.args, bindings, strict=False)
    )


def _same(kind: str, text: str, wanted: str, binding: Binding | None, label: str, scene: Scene, told: Told) -> bool:
    if kind == "id":
        return text == wanted
    if is_secret(wanted) and text != wanted:
        value = binding.value if binding else None
        return value is not None and may_be(value, wanted, label, scene, told)
    return same_text(kind, text, wanted)


def _kinds(action: Action, library: Mapping[str, Policy]) -> list[str]:
    policy = library.get(action.name)
    if policy is not None:
        return [parameter.type for parameter in policy.parameters]
    if action.name in TARGETED:
        return ["id", *["text"] * (len(action.args) - 1)]
    return ["text"] * len(action.args)


def _label(candidate: Candidate, scene: Scene) -> str:
    node = next((binding.node for binding in candidate.bindings if binding.node is not None), None)
    return scene.labels.get(node.id, "") if node is not None else ""

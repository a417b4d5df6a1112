"""What the rules make of a made-up recording, as lines that a test compares."""

from __future__ import annotations

from labeling.model import LabelTree
from labeling.rules.labeller import RulesLabeller
from labeling.tree import items
from policies.library import PolicySet, load_set
from tests.builders import Recording

WEB = load_set("web")


def label(recording: Recording, policies: PolicySet = WEB) -> LabelTree:
    """The rules' tree."""
    return RulesLabeller().label(recording.episode, recording.steps, recording.observation, policies)


def outline(recording: Recording, policies: PolicySet = WEB) -> list[str]:
    """Calls and own actions in the order in which they would be done, those inside a call indented."""
    tree = label(recording, policies)
    actions = {step.uid: step.action for step in recording.steps}

    def lines(parent: str | None, indent: str) -> list[str]:
        out: list[str] = []
        for item in items(tree, parent):
            out.append(indent + (actions[item] if isinstance(item, str) else item.call))
            if not isinstance(item, str) and any(one.parent == item.id for one in tree.segments):
                out += lines(item.id, indent + "  ")
        return out

    return lines(None, "")

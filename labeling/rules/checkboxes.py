"""R3 click_checkboxes: a run of clicks on checkboxes or switches that belong together."""

from __future__ import annotations

from collections import Counter

from labeling.model import Argument
from labeling.rules.page import FORMS
from labeling.rules.scene import Moment, Proposal, Scene, is_scroll

RULE = "R3"
SEVERAL, ONE = 0.95, 0.85
"""Prior confidence: several boxes, one box."""

BOXES = frozenset({"checkbox", "switch", "menuitemcheckbox"})


def click_checkboxes(scene: Scene, start: int) -> Proposal | None:
    """Boxes of one form (or page) clicked one after another; a box clicked twice is back where it was."""
    first = scene.moments[start]
    if not _is_box(first):
        return None
    clicks = [index for index in range(start, _end(scene, start)) if _is_box(scene.moments[index])]
    labels = _changed_labels([scene.moments[index] for index in clicks])
    if not labels:
        return None
    said = all(scene.says(label) for label in labels)
    ordered = sorted(labels, key=lambda label: scene.objective.lower().find(label.lower())) if said else labels
    undone = len({_key(scene.moments[index]) for index in clicks}) - len(labels)
    evidence = f"clicked {len(labels)} of the boxes of one group" + (f", {undone} more twice" if undone else "")
    return Proposal(
        first=start,
        last=clicks[-1],
        policy="click_checkboxes",
        args=(_argument(first, ordered, said),),
        rule=RULE,
        evidence=evidence,
        confidence=SEVERAL if len(labels) > 1 else ONE,
        anchor=first.target,
        page=first.before,
    )


def _argument(first: Moment, labels: list[str], said: bool) -> Argument:
    return first.argument("labels", ", ".join(labels), "objective" if said else "element_name")


def _end(scene: Scene, start: int) -> int:
    """The position after the last box of the run; scrolling between the boxes does not end it."""
    group = _group(scene.moments[start])

    def passes(moment: Moment) -> bool:
        return is_scroll(moment) or (_is_box(moment) and _group(moment) == group)

    return scene.skip(start, passes)


def _group(moment: Moment) -> tuple[str, str]:
    """What holds boxes together: their form or dialog, else their page."""
    form = moment.before.nearest(moment.target, FORMS) if moment.target else None
    return (moment.before.url.partition("#")[0], form.id if form else "")


def _is_box(moment: Moment) -> bool:
    return moment.is_click and moment.role in BOXES and moment.target is not None


def _key(moment: Moment) -> str:
    return moment.target.id if moment.target else ""


def _changed_labels(clicks: list[Moment]) -> list[str]:
    """Labels of the boxes clicked an odd number of times, in the order of their first click."""
    times = Counter(_key(moment) for moment in clicks)
    labels = {_key(moment): moment.label for moment in clicks}
    return [label for key, label in labels.items() if times[key] % 2]

"""R3 click_checkboxes: a run of clicks on checkboxes, switches or buttons that stay pressed, which belong together."""

from __future__ import annotations

from collections import Counter

from labeling.model import Argument
from labeling.rules.naming import field_name, has_letters
from labeling.rules.page import FORMS
from labeling.rules.scene import Moment, Proposal, Scene, is_scroll

RULE = "R3"
SEVERAL, ONE = 0.95, 0.85
"""Prior confidence: several boxes, one box."""

BOXES = frozenset({"checkbox", "switch", "menuitemcheckbox"})
_TOOLS = frozenset({"toolbar", "menu", "menubar"})


def click_checkboxes(scene: Scene, start: int) -> Proposal | None:
    """Boxes of one form (or page) clicked one after another; a box clicked twice is back where it was."""
    first = scene.moments[start]
    if not _is_box(first) or _takes_back(scene, start):
        return None
    clicks = [index for index in range(start, _end(scene, start)) if _is_box(scene.moments[index])]
    changed = _changed([scene.moments[index] for index in clicks])
    if not changed or _key(first) not in changed and _taken_back_at_once(scene, clicks):
        return None  # a wrong box before the first right one is nobody's: its caller's own
    labels = [_label(scene, moment) for moment in changed.values()]
    if first.role == "button" and len(labels) < 2:
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
    if not moment.is_click or moment.target is None:
        return False
    return moment.role in BOXES or (moment.role == "button" and _stays_pressed(moment))


def _stays_pressed(moment: Moment) -> bool:
    """A button that is pressed afterwards and was not, or the other way round, outside of a toolbar."""
    if moment.target is None or moment.before.nearest(moment.target, _TOOLS) is not None:
        return False
    after = moment.after.by_id.get(moment.target.id)
    return after is not None and ("pressed" in after.flags) != ("pressed" in moment.target.flags)


def _key(moment: Moment) -> str:
    return moment.target.id if moment.target else ""


def _takes_back(scene: Scene, start: int) -> bool:
    before = scene.at(start - 1)
    return before is not None and _is_box(before) and before.same_target(scene.moments[start])


def _taken_back_at_once(scene: Scene, clicks: list[int]) -> bool:
    return len(clicks) > 1 and _key(scene.moments[clicks[0]]) == _key(scene.moments[clicks[1]])


def _changed(clicks: list[Moment]) -> dict[str, Moment]:
    """The boxes clicked an odd number of times, in the order of their first click."""
    times = Counter(_key(moment) for moment in clicks)
    first = {_key(moment): moment for moment in reversed(clicks)}
    return {key: first[key] for key in dict.fromkeys(map(_key, clicks)) if times[key] % 2}


def _label(scene: Scene, moment: Moment) -> str:
    if moment.target is None or has_letters(moment.name):
        return moment.label
    return field_name(scene, moment.before, moment.target)[0]

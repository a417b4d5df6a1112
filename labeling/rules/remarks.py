"""R11 again: what a single step was, beside the call it belongs to: a mis-click, a correction, or part of a detour.

Read from the recording and the calls that were proposed for it; each remark says why in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from labeling.model import LabelTree, Segment, StepRemark
from labeling.rules.corrections import is_misclick, is_undone
from labeling.rules.scene import CLICKS, Moment, Scene
from labeling.tree import children

_PICKING = frozenset({"select_option", "choose_date"})
_LOOKING = re.compile(r"\b(?:find|look for|search)\b", re.IGNORECASE)
"""An objective by which something has to be looked for."""


def step_remarks(scene: Scene, tree: LabelTree) -> tuple[StepRemark, ...]:
    """At most one remark a step, in the order of the steps; the surer reason wins."""
    found: dict[int, StepRemark] = {}
    for position, role, why in (*_mis_clicks(scene), *_corrections(scene, tree), *_detours(scene, tree)):
        remark = StepRemark.model_validate({"step": tree.uids[position], "role": role, "why": why})
        found.setdefault(position, remark)
    return tuple(found[position] for position in sorted(found))


def _mis_clicks(scene: Scene) -> Iterator[tuple[int, str, str]]:
    """Two steps of which the second takes the first back."""
    taken = -1
    for index in range(len(scene) - 1):
        wrong, back = scene.moments[index], scene.moments[index + 1]
        if index <= taken or wrong.action.name not in CLICKS:
            continue
        if is_misclick(scene, index) or (is_undone(wrong, back) and not _interrupted(scene, index)):
            yield index, "mis_click", f"‘{back.label or 'back'}’ takes it back at once"
            yield index + 1, "mis_click", f"takes ‘{wrong.label}’ back"
            taken = index + 1


def _interrupted(scene: Scene, index: int) -> bool:
    """Whether something came between that was sent away, and the same thing was done again: no mistake."""
    wrong, back, then = scene.moments[index], scene.moments[index + 1], scene.at(index + 2)
    return then is not None and then.same_target(wrong) and not back.same_target(wrong)


def _corrections(scene: Scene, tree: LabelTree) -> Iterator[tuple[int, str, str]]:
    for segment in tree.segments:
        first, last = tree.span(segment.id)
        if segment.policy in ("fill_text", "search"):
            yield from _typed_again(scene, first, last)
        elif segment.policy in _PICKING:
            yield from _picked_again(scene, first, last)
        elif segment.policy in ("fill_form", "login"):
            yield from _sent_again(scene, tree, segment, last)


def _typed_again(scene: Scene, first: int, last: int) -> Iterator[tuple[int, str, str]]:
    typed = [index for index in range(first, last + 1) if scene.moments[index].action.name == "type"]
    for index, following in zip(typed, typed[1:], strict=False):
        old, new = (scene.moments[at].action.args[1] for at in (index, following))
        if not new.startswith(old.strip()) or new == old:
            for at in range(index, following):
                yield at, "correction", f"in vain: ‘{_shown(old)}’ was typed again as ‘{_shown(new)}’"


def _shown(text: str) -> str:
    return text if text.strip() else "nothing"


def _picked_again(scene: Scene, first: int, last: int) -> Iterator[tuple[int, str, str]]:
    final = scene.moments[last]
    picks = [
        n
        for n in range(first, last + 1)
        if scene.moments[n].action.name == "select" and scene.moments[n].same_target(final)
    ]
    radios = [index for index in range(first, last + 1) if scene.moments[index].role == "radio"]
    for run in (picks, radios):
        for index in run[:-1]:
            was, then = (_picked(scene.moments[at]) for at in (index, run[-1]))
            if was not in then:
                yield index, "correction", f"‘{was}’ was taken first, then ‘{then}’"


def _picked(moment: Moment) -> str:
    return moment.action.args[1].replace("\n", ", ") if moment.action.name == "select" else moment.label


def _sent_again(scene: Scene, tree: LabelTree, segment: Segment, last: int) -> Iterator[tuple[int, str, str]]:
    """Earlier clicks on what sends the form in the end."""
    sent = scene.moments[last]
    inside = {at for one in children(tree, segment.id) for at in range(tree.span(one.id)[0], tree.span(one.id)[1] + 1)}
    for index in range(tree.span(segment.id)[0], last):
        moment = scene.moments[index]
        if (
            index not in inside
            and moment.is_click
            and sent.is_click
            and (moment.role, moment.name) == (sent.role, sent.name)
        ):
            yield index, "correction", f"sent in vain: ‘{moment.label}’ was pressed again later"


def _detours(scene: Scene, tree: LabelTree) -> Iterator[tuple[int, str, str]]:
    """A page that was left by going back, or for a neighbour, without anything done there."""
    calls = [segment for segment in tree.segments if segment.policy == "navigate"]
    for one, other in zip(calls, calls[1:], strict=False):
        (_, at), (then, _) = tree.span(one.id), tree.span(other.id)
        if then != at + 1 or one.parent != other.parent:
            continue
        place, back = one.args[0].value, scene.moments[then]
        if back.action.name == "go_back":
            yield at, "detour", f"nothing was done at ‘{place}’ before going back"
            yield then, "detour", f"leaves ‘{place}’ again"
        elif _LOOKING.search(scene.objective) and not scene.says(back.label):
            continue  # looking through places one by one is no way round
        elif back.label != scene.moments[at].label and _stood_before(scene.moments[at], back):
            yield at, "detour", f"‘{place}’ was left at once for ‘{back.label}’, which had stood beside it"


def _stood_before(moment: Moment, following: Moment) -> bool:
    stood = any((node.role, node.name) == (following.role, following.name) for node in moment.before.nodes)
    return stood and moment.role == following.role and bool(following.name)

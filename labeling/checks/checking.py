"""Checking every call of a proposed tree, cheapest check first, without a browser or a model.

Grounding: its values stand somewhere. After-state: its fields show afterwards what was entered. Round trip: from the
call and the page before it alone, somebody would act on the same element and enter the same. Replay: what the replay
check of the episode found of its steps. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from labeling.checks.finding import Check, Finding
from labeling.checks.grounding import SECRET, same_day, stands
from labeling.days import days_of
from labeling.llm.model import plain
from labeling.model import Argument, LabelTree, Segment
from labeling.rules.page import Page, tidy
from labeling.rules.scene import Moment, Scene, in_words
from labeling.tree import own_steps
from policies.library import PolicySet
from policies.model import Policy

ENTERED = frozenset({"type", "select"})

Said = tuple[Check, bool, str]


def check(
    tree: LabelTree, scene: Scene, policies: PolicySet, replayed: Mapping[str, str] | None = None
) -> tuple[Finding, ...]:
    """What the checks found of each call; `scene` is read from the tree's steps.

    `replayed` has the replay check's word on steps by uid: what was in the way, '' where nothing was.
    """
    found = []
    for segment in tree.segments:
        for name, holds, said in _Call(tree, segment, scene, policies).all(replayed or {}):
            found.append(
                Finding(
                    segment=segment.id, call=segment.call, first=segment.first, last=segment.last,
                    check=name, holds=holds, said=said,
                )
            )  # fmt: skip
    return tuple(found)


class _Call:
    """One call with its steps: all of them, and those it makes itself."""

    def __init__(self, tree: LabelTree, segment: Segment, scene: Scene, policies: PolicySet) -> None:
        self._segment, self._scene = segment, scene
        self._first, self._last = tree.span(segment.id)
        self._own = [scene.moments[tree.position[uid]] for uid in own_steps(tree, segment.id)]
        self._uids = tree.uids[self._first : self._last + 1]
        self._policy = policies.resolve(segment.policy) if policies.knows(segment.policy) else None

    def all(self, replayed: Mapping[str, str]) -> Iterator[Said]:
        """Every check that can judge this call."""
        yield from self._grounded()
        yield from self._after_state()
        if self._policy is not None and self._policy.kind == "atomic":
            yield from self._round_trip(self._policy)
        yield from self._replay(replayed)

    def _grounded(self) -> Iterator[Said]:
        given = [one for one in self._segment.args if one.value.strip()]
        nowhere = [one for one in given if not stands(one.value, self._scene, self._first, self._last)]
        if nowhere:
            said = ", ".join(f"‘{one.value}’ for {one.name}" for one in nowhere)
            yield "grounding", False, f"{said} stands nowhere in the recording"
        elif given:
            yield "grounding", True, "its values stand in the recording"

    def _after_state(self) -> Iterator[Said]:
        """The last value entered into each field, as the page shows it when the call is over."""
        after, seen = self._scene.moments[self._last].after, 0
        for moment in _entered(self._own):
            node = after.by_id.get(moment.target.id) if moment.target else None
            value = moment.action.args[1]
            if node is None or "secret" in node.flags or SECRET.search(value) or not _same_form(moment, after):
                continue
            if "\n" in value:  # several at once: a list shows none of them as its value
                continue
            seen += 1
            if not self._shows(node.value or node.name, value):
                shown = f"shows ‘{node.value}’" if node.value else "is empty"
                yield "after_state", False, f"‘{moment.label}’ {shown} after it, ‘{value}’ was entered"
                return
        if seen:
            yield "after_state", True, "its fields show afterwards what was entered"

    def _shows(self, shown: str, entered: str) -> bool:
        """Whether a field shows what was entered, or what the call says: a suggestion taken, a day written out."""
        return any(_alike(shown, value) for value in (entered, *(one.value for one in self._segment.args)))

    def _round_trip(self, policy: Policy) -> Iterator[Said]:
        args = {one.name: one for one in self._segment.args}
        named = [args[p.name] for p in policy.parameters if p.type == "element" and p.name in args]
        for one in named:
            problem = self._element(one)
            if problem:
                yield "round_trip", False, problem
                return
        entered = [moment for moment in _entered(self._own) if moment.action.args[1].strip()]
        unsaid = next((moment for moment in entered if not self._said(moment)), None)
        if unsaid is not None:
            yield "round_trip", False, f"‘{unsaid.action.args[1]}’ was entered, which the call does not say"
        elif named or entered:
            yield "round_trip", True, "the call says which element and what to enter"

    def _element(self, argument: Argument) -> str:
        """Why the element an argument names would not be found and acted on; '' if it would, or if one has no name."""
        touched = [moment for moment in self._own if moment.target is not None]
        wanted = plain(tidy(argument.value))
        if not wanted or not touched:
            return ""
        if any(not moment.name for moment in touched) or any(_about(wanted, moment) for moment in touched):
            return ""
        return f"none of its steps is about ‘{argument.value}’"

    def _said(self, moment: Moment) -> bool:
        """Whether the call says what was entered, or what the page made of it, as a city of its code."""
        entered, after = moment.action.args[1], self._scene.moments[self._last].after
        made = [node.value for node in after.nodes if (node.role, node.name) == (moment.role, moment.name)]
        values = (entered, *(value for value in made if _alike(value, entered)))
        said = any(_alike(value, one.value) for value in values for one in self._segment.args)
        return said or bool(SECRET.search(entered))

    def _replay(self, replayed: Mapping[str, str]) -> Iterator[Said]:
        known = [(uid, replayed[uid]) for uid in self._uids if uid in replayed]
        failed = next(((uid, why) for uid, why in known if why), None)
        if failed is not None:
            place = self._first + self._uids.index(failed[0]) + 1
            yield "replay", False, f"step {place} could not be done again: {failed[1]}"
        elif len(known) == len(self._uids):
            yield "replay", True, "all its steps could be done again"


def _entered(moments: list[Moment]) -> list[Moment]:
    """The last entry into each field."""
    last = {
        (moment.role, moment.label): moment
        for moment in moments
        if moment.action.name in ENTERED and moment.target is not None and len(moment.action.args) > 1
    }
    return list(last.values())


def _same_form(moment: Moment, after: Page) -> bool:
    """Whether the element of that id is still the same one: its page, role and name are."""
    node = after.by_id[moment.target.id] if moment.target else None
    return node is not None and after.url == moment.before.url and node.role == moment.role and node.name == moment.name


def _about(wanted: str, moment: Moment) -> bool:
    """Whether a step's element is what is called so: it, its group, what is in or around it, the text before it."""
    node, page = moment.target, moment.before
    assert node is not None
    names = [moment.label]
    if node.id in page.by_id:
        around = [*page.ancestors(node), *page.inside(node), *page.nodes[max(0, node.index - 1) : node.index]]
        names += [page.group_label(node), *(one.name for one in around)]
    return in_words(wanted, plain(moment.name)) or wanted in {plain(tidy(name)) for name in names if name}


def _alike(shown: str, value: str) -> bool:
    """Whether one text holds the other, or both are the same day."""
    one, other = plain(shown), plain(value)
    if one == other or (min(len(one), len(other)) > 1 and (one in other or other in one)):
        return True
    days = days_of(value.strip())
    return bool(days) and same_day(days, shown)

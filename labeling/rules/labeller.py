"""The labeller that needs no model: walks the steps once, asks each rule in turn, and leaves the rest to the planner.

The order of the rules is the order of doubt: dates and boxes are told apart surely, plain text last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from labeling.labeller import ObservationOf, steps_to_label
from labeling.migrating import in_words_of
from labeling.model import PROPOSED, LabelTree, Segment
from labeling.rules.answers import with_answers
from labeling.rules.checkboxes import click_checkboxes
from labeling.rules.clicks import with_clicks
from labeling.rules.corrections import corrected
from labeling.rules.dates import choose_date
from labeling.rules.loops import with_loops
from labeling.rules.moves import move_item, upload_file
from labeling.rules.navigation import navigate, turned
from labeling.rules.parents import with_parents
from labeling.rules.scene import Proposal, Rule, Scene, make_scene
from labeling.rules.search import search
from labeling.rules.selects import select_option
from labeling.rules.text import fill_text
from labeling.tree import make_tree
from policies.library import PolicySet
from traces.model import Episode, Step

RULES: tuple[Rule, ...] = (
    choose_date, click_checkboxes, select_option, upload_file, move_item, search, fill_text, navigate,
)  # fmt: skip

REASONS = {
    "fill_text": "The field ‘{0}’ has to hold ‘{1}’.",
    "choose_date": "The field ‘{0}’ has to be set to {1}.",
    "select_option": "‘{1}’ has to be picked for ‘{0}’.",
    "click_checkboxes": "The boxes {0} have to be clicked.",
    "search": "‘{0}’ has to be found by the search.",
    "upload_file": "‘{0}’ asks for the file ‘{1}’.",
    "move_item": "‘{0}’ has to stand where ‘{1}’ is.",
    "navigate": "What comes next is at ‘{0}’.",
    "login": "Signing in as ‘{0}’ comes first.",
    "fill_form": "The form has to be filled in and sent.",
}
"""Why a person would make the call, by policy; the places are its arguments."""

OF_SOME_SETS = {"find_answer": "Before going on it has to be known: {0}", "click": "‘{0}’ has to be pressed."}
"""The same of policies that not every set has."""
UNASKED = frozenset({"click"})
"""What needs no policy: in a set without one such steps are their caller's own."""


class RulesLabeller:
    """Proposes calls by the rules of docs/labelling.md. Pure: equal inputs give equal trees."""

    name = "rules"

    def label(
        self,
        episode: Episode,
        steps: Sequence[Step],
        observation: ObservationOf,
        policies: PolicySet,
        derivation: int = 1,
    ) -> LabelTree:
        """A valid tree over the steps, every segment pending. Raises NothingToLabel."""
        chosen = steps_to_label(episode, steps)
        scene = make_scene(episode.objective, chosen, observation)
        turns = with_loops(scene, corrected(scene, tuple(propose(scene))))
        found = with_clicks(scene, with_answers(scene, tuple(turned(scene, with_parents(scene, turns)))))
        segments = _segments(found, chosen, policies.shipped or policies)
        return in_words_of(make_tree(episode.id, derivation, (step.uid for step in chosen), segments), policies)


def propose(scene: Scene) -> Iterator[Proposal]:
    """Calls from left to right; a step that no rule explains is the planner's own."""
    position = 0
    while position < len(scene):
        found = next((p for rule in RULES if (p := rule(scene, position)) is not None), None)
        if found is not None:
            yield found
        position = position + 1 if found is None else found.last + 1


def _segments(found: Sequence[Proposal], steps: Sequence[Step], policies: PolicySet) -> list[Segment]:
    """Segments numbered in the order of the calls; a call that the set has no policy for is a proposal of one."""
    out: list[Segment] = []

    def add(proposal: Proposal, parent: str | None) -> None:
        inner = parent
        name = _name(proposal.policy, policies)
        if name is not None:
            inner = f"s{len(out) + 1}"
            out.append(_segment(proposal, inner, parent, name, steps))
        for child in proposal.children:
            add(child, inner)

    for proposal in found:
        add(proposal, None)
    return out


def _name(policy: str, policies: PolicySet) -> str | None:
    """What the set calls the policy, else a proposal of it; None for what only some sets want."""
    if policies.knows(policy):
        return policies.resolve(policy).name
    if policy in UNASKED:
        return None
    return policy if policy.startswith(PROPOSED) else PROPOSED + policy


def _reason(proposal: Proposal) -> str:
    written = {**REASONS, **OF_SOME_SETS}.get(proposal.policy, "The same has to be done for ‘{0}’ as for the others.")
    return written.format(*(argument.value for argument in proposal.args))


def _segment(proposal: Proposal, key: str, parent: str | None, policy: str, steps: Sequence[Step]) -> Segment:
    return Segment(
        id=key,
        first=steps[proposal.first].uid,
        last=steps[proposal.last].uid,
        policy=policy,
        args=proposal.args,
        parent=parent,
        reason=_reason(proposal),
        rule=proposal.rule,
        evidence=proposal.evidence,
        confidence=proposal.confidence,
        returns=proposal.returns,
    )

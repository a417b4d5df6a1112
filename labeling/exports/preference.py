"""Preference pairs, a by-product of review: the same question, what a person decided, and what a labeller proposed.

A pair needs the same policy asked the same (objective, page, previous actions) in both trees and another action as the
answer. Where a change alters what is asked afterwards, those later turns are no pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labeling.exports.material import Labelled, Line, Source
from labeling.exports.out import Out
from labeling.model import LabelRun
from labeling.prompts.model import Example, LeftOut
from labeling.prompts.turns import examples_of
from labeling.splits import Split
from traces.model import Frozen

SAME = "the person took the proposal as it was"
OTHERWISE = "the person's change alters what is asked here, so there is no proposal to compare with"
UNREVIEWED = "no review ends at these labels, so nobody is known to have changed a proposal"
Question = tuple[str, str, str, str, tuple[str, ...]]


class PreferenceRow(Frozen):
    """One pair in TRL's conversational preference format, and where it comes from."""

    prompt: tuple[Line, ...]
    chosen: tuple[Line, ...]
    rejected: tuple[Line, ...]
    demo_id: str
    step: str
    policy: str
    depth: int
    split: Split
    reviewer: str
    labeller: str
    label_run: str
    label_set: str


@dataclass(frozen=True)
class _Pair:
    chosen: Example
    rejected: Example
    reviewer: str
    run: LabelRun


def write_preference(source: Source, out: Out) -> None:
    """`train.jsonl`, `dev.jsonl`, `test.jsonl`: one pair a line."""
    for one in source.demonstrations:
        out.counts["demonstrations"] += 1
        for found in _pairs(source, one):
            if isinstance(found, LeftOut):
                out.leave_out(found)
            else:
                out.counts["pairs"] += 1
                out.row(f"{one.split}.jsonl", _row(source, one, found))


def _pairs(source: Source, one: Labelled) -> Iterator[_Pair | LeftOut]:
    """Pairs of every proposal that somebody's review began with and that led to these labels."""
    reviewed = [track for track in one.tracks if track.same and track.run is not None]
    if not reviewed:
        yield LeftOut(episode=one.id, step="", policy="", reason=UNREVIEWED)
    met: set[tuple[str, Question, str]] = set()
    for track in reviewed:
        run = track.run
        assert run is not None
        if run.tree.uids != one.tree.uids:
            yield LeftOut(episode=one.id, step="", policy="", reason="the proposal is about other steps")
            continue
        proposed = _answers(source, one, run)
        for turn in source.turns(one):
            if isinstance(turn, LeftOut):
                continue
            found = _compared(turn, proposed.get(_question(turn)), track.name, run)
            key = (run.id, _question(turn), turn.action)
            if isinstance(found, LeftOut) or key not in met:
                yield found
            met.add(key)


def _answers(source: Source, one: Labelled, run: LabelRun) -> dict[Question, Example]:
    """What the proposal answers to each question."""
    turns = examples_of(one.demonstration, run.tree, one.label_set, source.policies.planner.name)
    return {_question(turn): turn for turn in turns if isinstance(turn, Example)}


def _compared(chosen: Example, rejected: Example | None, reviewer: str, run: LabelRun) -> _Pair | LeftOut:
    if rejected is not None and rejected.action != chosen.action:
        return _Pair(chosen, rejected, reviewer, run)
    reason = OTHERWISE if rejected is None else SAME
    return LeftOut(episode=chosen.episode, step=chosen.step, policy=chosen.policy, reason=reason)


def _question(turn: Example) -> Question:
    return turn.policy, turn.objective, turn.url, turn.observation, turn.previous


def _row(source: Source, one: Labelled, pair: _Pair) -> PreferenceRow:
    return PreferenceRow(
        prompt=source.wording.ask(pair.chosen),
        chosen=(source.wording.answer(pair.chosen),),
        rejected=(source.wording.answer(pair.rejected),),
        demo_id=one.id,
        step=pair.chosen.step,
        policy=pair.chosen.policy,
        depth=pair.chosen.depth,
        split=one.split,
        reviewer=pair.reviewer,
        labeller=pair.run.labeller,
        label_run=pair.run.id,
        label_set=one.label_set,
    )

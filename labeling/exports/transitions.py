"""Step-level transitions of the call hierarchy in three tables, laid out as STEP-HRL trains on them.

`high`: a call that is made (an option, at any depth); `low`: an own action of a call; `progress`: how the account of a
call goes on after each of the two. Progress is made from a template and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from labeling.exports.material import Labelled, Source
from labeling.exports.out import Out
from labeling.model import Segment
from labeling.prompts.model import LeftOut
from labeling.prompts.turns import MISTAKE, NO_ANSWER
from labeling.splits import Split
from labeling.tree import depth, items, steps_of
from traces.model import Frozen, Step
from traces.sentences import sentence

BEGUN = "Nothing is done yet."


class HighRow(Frozen):
    """A call is made. `goal` is what its caller is to do.

    `reward` is 0 but for the last thing its caller does: then the outcome for the planner, 1 for any other.
    """

    demo_id: str
    option: str
    depth: int
    goal: str
    completed: tuple[str, ...]
    progress: str
    observation: str
    call: str
    next_observation: str | None
    reward: float
    done: bool
    split: Split


class LowRow(Frozen):
    """An own action of a call. `reward` is 1 on its last, -1 where the action failed, else 0."""

    demo_id: str
    step: str
    option: str
    depth: int
    call: str
    progress: str
    observation: str
    action: str
    is_last: bool
    next_observation: str | None
    reward: float
    done: bool
    split: Split


class ProgressRow(Frozen):
    """How the account of a call goes on: what was done last, what was seen then, what is said now."""

    demo_id: str
    option: str
    call: str
    progress: str
    action: str
    observation: str | None
    next_progress: str
    by: Literal["template"] = "template"
    split: Split


Row = HighRow | LowRow | ProgressRow
TABLES: dict[type[Row], str] = {HighRow: "high", LowRow: "low", ProgressRow: "progress"}


@dataclass(frozen=True)
class _Item:
    """One thing a call does: an own step or a child call, with the first and last step of it."""

    child: Segment | None
    first: Step
    last: Step

    @property
    def action(self) -> str:
        return self.child.call if self.child else self.first.action

    @property
    def said(self) -> str:
        if self.child is None:
            return sentence(self.first)
        answer = f" returned {self.child.returns}" if self.child.returns else " is finished"
        return f"{self.child.call}{answer}"


def write_transitions(source: Source, out: Out) -> None:
    """`high/`, `low/` and `progress/`, a file of JSON lines for each split."""
    for one in source.demonstrations:
        out.counts["demonstrations"] += 1
        for found in _Walk(one, source.policies.planner.name).rows():
            if isinstance(found, LeftOut):
                out.leave_out(found)
                continue
            table = TABLES[type(found)]
            out.counts[f"{table} rows"] += 1
            out.row(f"{table}/{one.split}.jsonl", found)
    out.note("Progress is written by a template, not by a model.")


class _Walk:
    """The transitions of one demonstration."""

    def __init__(self, one: Labelled, planner: str) -> None:
        self._one = one
        self._planner = planner
        self._steps = {step.uid: step for step in one.demonstration.steps}

    def rows(self) -> Iterator[Row | LeftOut]:
        """Rows of the planner and, after the call that makes each, of every call."""
        if self._one.tree.uids:
            yield from self._of(None)

    def _of(self, caller: Segment | None) -> Iterator[Row | LeftOut]:
        goal = caller.call if caller else self._one.demonstration.episode.objective
        completed: tuple[str, ...] = ()
        progress = BEGUN
        usable = []
        for item in self._items(caller):
            reason = self._problem(item)
            if reason is None:
                usable.append(item)
            else:
                policy = caller.policy if caller else self._planner
                yield LeftOut(episode=self._one.id, step=item.first.uid, policy=policy, reason=reason)
        for index, item in enumerate(usable):
            last = index == len(usable) - 1
            yield self._row(caller, item, goal, completed, progress, last)
            if item.child is not None:
                yield from self._of(item.child)
                completed += (f"{item.child.returns or NO_ANSWER} = {item.child.call}",)
            after = _after(progress, item)
            yield ProgressRow(
                demo_id=self._one.id,
                option=caller.id if caller else "root",
                call=goal,
                progress=progress,
                action=item.action,
                observation=self._seen(item.last.observation_after),
                next_progress=after,
                split=self._one.split,
            )
            progress = after

    def _row(
        self, caller: Segment | None, item: _Item, goal: str, completed: tuple[str, ...], progress: str, last: bool
    ) -> Row:
        seen, after = self._seen(item.first.observation_before) or "", self._seen(item.last.observation_after)
        option, level = caller.id if caller else "root", depth(self._one.tree, caller.id if caller else None)
        if item.child is not None:
            return HighRow(
                demo_id=self._one.id,
                option=option,
                depth=level,
                goal=goal,
                completed=completed,
                progress=progress,
                observation=seen,
                call=item.child.call,
                next_observation=after,
                reward=float(last) if caller else last * self._one.outcome,
                done=last,
                split=self._one.split,
            )
        return LowRow(
            demo_id=self._one.id,
            step=item.first.uid,
            option=option,
            depth=level,
            call=goal,
            progress=progress,
            observation=seen,
            action=item.first.action,
            is_last=last,
            next_observation=after,
            reward=-1.0 if item.first.error else float(last),
            done=last,
            split=self._one.split,
        )

    def _items(self, caller: Segment | None) -> Iterator[_Item]:
        for item in items(self._one.tree, caller.id if caller else None):
            if isinstance(item, Segment):
                yield _Item(item, self._steps[item.first], self._steps[item.last])
            else:
                yield _Item(None, self._steps[item], self._steps[item])

    def _problem(self, item: _Item) -> str | None:
        uids = steps_of(self._one.tree, item.child.id) if item.child else (item.first.uid,)
        if self._one.demonstration.mistakes.issuperset(uids):
            return MISTAKE
        if item.child is None and item.first.kind != "act":
            return f"the step is {item.first.kind}, not an action"
        return "no observation was recorded at this point" if item.first.observation_before is None else None

    def _seen(self, key: str | None) -> str | None:
        return None if key is None else self._one.demonstration.observation(key).text


def _after(progress: str, item: _Item) -> str:
    """The account with one more thing done."""
    return f"Done: {item.said}." if progress == BEGUN else f"{progress[:-1]}; {item.said}."

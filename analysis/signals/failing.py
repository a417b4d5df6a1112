"""Where failure begins, and who is to blame for it: suspicions by rule that a person confirms or corrects.

The beginning is the first sign after which nothing new came to pass. Models that were asked for the failing step named
the right one in 11 to 14 % of cases (TRAIL, arXiv 2505.08638; Who&When, 2505.00212), so this rule stays with what is
recorded and says what it rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from analysis.signals.calls import SHOWN
from analysis.signals.course import Course
from analysis.signals.goal import telling
from analysis.signals.model import Blamed, Signal
from traces.frames import ROOT
from traces.model import NEVER_RETURNED, Frozen

QUIET = frozenset({"D15", "D21", "D22"})
"""Signs that never begin a failure: a used up budget is how it ends, the others are no way to fail."""
SUCCEEDED = 1.0
"""The reward of a success."""
LONGEST = 200
"""Characters of what the evaluator says."""


class Beginning(Frozen):
    """The suspected first step of a failure: its `seq`, uid, call and page, and in words what that rests on."""

    seq: int
    step: str
    frame: str
    said: str
    page: str = ""


class Blame(Frozen):
    """Whose fault a failure is suspected to be. `policy` is the call's, `caller` that of the call around it.

    `signals` are the detectors it rests on; `sure` where two of different kinds say the same. `by` says who blames.
    """

    blamed: Blamed
    policy: str
    caller: str | None
    frame: str
    steps: tuple[str, ...]
    signals: tuple[str, ...]
    sure: bool
    by: Literal["rule", "model", "person"] = "rule"


def beginning(course: Course, signals: Sequence[Signal]) -> Beginning | None:
    """Where a failed episode went wrong; None for one that succeeded, still runs, or has no steps.

    In turn: the first sign after which nothing new was reached; the first step of the last call that never returned;
    the last step.
    """
    if course.episode.status in ("success", "running") or not course.steps:
        return None
    last = _last_progress(course)
    for signal in signals:
        if signal.detector not in QUIET and signal.last > last:
            return at_step(course, max(signal.first, last + 1) if signal.first <= last else signal.first, signal.said)
    never = [frame for frame in course.frames if frame.parent is not None and frame.end in NEVER_RETURNED]
    if never and never[-1].first_step is not None:
        return at_step(course, never[-1].first_step, f"{never[-1].objective[:SHOWN]} never returned.")
    told = f" The evaluator: {course.episode.verdict[:LONGEST]}" if course.episode.verdict else ""
    return at_step(course, course.steps[-1].seq, f"Nothing before the last step looks wrong.{told}")


def blame(course: Course, signals: Sequence[Signal], began: Beginning | None) -> Blame | None:
    """Whose fault it is: what the last sign from the beginning on points to, in the call it lies in.

    Of a run that failed before its first step nothing is known but that its agent did nothing wrong yet: it is put on
    the environment, and not for sure.
    """
    if began is None and course.episode.status in ("failed", "error"):
        return _blamed(course, "environment", ROOT, (), (), sure=False)
    if began is None:
        return None
    rewards = course.episode.rewards
    if rewards.rule is not None and rewards.rule < SUCCEEDED and SUCCEEDED in (rewards.judge, rewards.human):
        return _blamed(course, "evaluator", began.frame, (began.step,), (), sure=True)
    counted = [one for one in signals if one.last >= began.seq and one.detector not in QUIET]
    if not counted:
        return _blamed(course, "policy", began.frame, (began.step,), (), sure=False)
    chosen = counted[-1]
    agreeing = [one for one in counted if one.points_to == chosen.points_to]
    names = tuple(dict.fromkeys(one.detector for one in agreeing))
    steps = tuple(dict.fromkeys(uid for one in agreeing for uid in one.steps))
    return _blamed(course, chosen.points_to, chosen.frame, steps, names, sure=len(names) > 1)


def _last_progress(course: Course) -> int:
    """The `seq` of the last step that reached something new: a page, a word of the objective on one, or a value."""
    seen: set[int] = set()
    left = set(telling(course.episode.objective))
    last = -1
    for place, step in enumerate(course.steps):
        before, after = course.keys(place)
        seen.add(before)
        news = after not in seen and course.after(place).place != "" and step.kind == "act" and step.error is None
        words = {word for word in left if word in course.after(place).words} if news or place == 0 else set()
        if (news and place) or words or (step.kind == "pop" and _brought(step.action)):
            last = step.seq
        seen.add(after)
        left -= words
    return last


def _brought(action: str) -> bool:
    return action.startswith("stop [") and action not in ("stop []", "stop [N/A]")


def at_step(course: Course, seq: int, said: str) -> Beginning:
    """A beginning at the step of that `seq`, or at the next there is."""
    place = min(course.between(seq, course.steps[-1].seq), default=len(course.steps) - 1)
    step, frame = course.steps[place], course.frame_of(place)
    return Beginning(seq=step.seq, step=step.uid, frame=frame.id, said=said, page=course.before(place).place)


def _blamed(
    course: Course, blamed: Blamed, frame: str, steps: tuple[str, ...], names: tuple[str, ...], *, sure: bool
) -> Blame:
    by_id = {one.id: one for one in course.frames}
    here = by_id.get(frame)
    around = by_id.get(here.parent or "") if here else None
    policy, caller = (here.policy if here else "planner"), (around.policy if around else None)
    if blamed == "planner" and around is not None and here is not None:
        policy, caller, frame = around.policy, here.policy, around.id
    return Blame(blamed=blamed, policy=policy, caller=caller, frame=frame, steps=steps, signals=names, sure=sure)

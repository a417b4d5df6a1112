"""What was found of an episode: its signals, where failure begins and whose fault it is, as rules and people say.

What people said of it counts: a signal they denied begins no failure, and their blame stands before the rule's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from analysis.signals.course import Course, Pages
from analysis.signals.failing import Beginning, Blame, at_step, beginning, blame
from analysis.signals.model import Blamed, Signal
from analysis.signals.registry import VERSION, find_signals
from traces.model import Annotation, Frozen
from traces.reader import EpisodeReader

KINDS = ("signal", "blame")
"""The kinds of annotations that a finding depends on."""
_LOOPBACK = re.compile(r"^(127\.0\.0\.1|localhost|::1)(?=/)")
_CODE = re.compile(r"(?<=/)(\d+|(?=[A-Z-]*\d)[A-Z0-9-]{4,})(?=/|$)")


class Finding(Frozen):
    """All that was found of an episode. `version` is that of the detectors, and changes when their rules do.

    `ended` is the episode's own, in seconds since the epoch: played again, it has to be looked at again.
    """

    episode: str
    ended: float | None
    version: str = VERSION
    signals: tuple[Signal, ...]
    beginning: Beginning | None
    blame: Blame | None


def course_of(reader: EpisodeReader) -> Course:
    """An episode's file as detectors read it."""
    header = reader.episode.model_copy(update={"verdict": reader.verdict})
    return Course(header, reader.steps(), reader.frames(), reader.calls(), Pages(reader.observation))


def find(course: Course, said: Sequence[Annotation] = ()) -> Finding:
    """Look through an episode that has ended."""
    signals = find_signals(course)
    held = _undenied(signals, said)
    began = beginning(course, held)
    blamed = blame(course, held, began)
    told = next((one for one in reversed(said) if one.kind == "blame"), None)
    if told is not None and blamed is not None:
        began, blamed = _corrected(course, told, began, blamed)
    header = course.episode
    return Finding(episode=header.id, ended=header.ended, signals=signals, beginning=began, blame=blamed)


def verdicts(said: Sequence[Annotation]) -> dict[str, bool]:
    """What people last said of each signal, by its key; nothing of those whose word was taken back (value None)."""
    last = {one.text: one.value for one in said if one.kind == "signal"}
    return {key: bool(value) for key, value in last.items() if value is not None}


def counted(finding: Finding, said: Sequence[Annotation] = ()) -> tuple[Signal, ...]:
    """The signals that nobody denied."""
    return _undenied(finding.signals, said)


def columns(finding: Finding, said: Sequence[Annotation] = ()) -> dict[str, Any]:
    """The catalogue's columns: detectors that nobody denied between commas, the beginning, the blame."""
    held = counted(finding, said)
    names = sorted({one.detector for one in held}, key=lambda name: int(name[1:]))
    began, blamed = finding.beginning, finding.blame
    return {
        "signals": f",{','.join(names)}," if names else "",
        "n_signals": len(held),
        "began_seq": began.seq if began else None,
        "began_step": began.step if began else None,
        "blame": blamed.blamed if blamed else None,
        "blamed_policy": blamed.policy[:120] if blamed else None,
        "failed_page": page_kind(began.page)[:300] if began else None,
    }


def page_kind(place: str) -> str:
    """A page's address without what changes from run to run: this machine as host, numbers and codes in it.

    >>> page_kind("127.0.0.1/bookings/Z3ZW87"), page_kind("shop.test/order/17?tab")
    ('/bookings/*', 'shop.test/order/*?tab')
    """
    path, mark, query = _LOOPBACK.sub("", place).partition("?")
    return f"{_CODE.sub('*', path)}{mark}{query}"


def _undenied(signals: Sequence[Signal], said: Sequence[Annotation]) -> tuple[Signal, ...]:
    verdict = verdicts(said)
    return tuple(one for one in signals if verdict.get(one.key) is not False)


def _corrected(
    course: Course, told: Annotation, began: Beginning | None, blamed: Blame
) -> tuple[Beginning | None, Blame]:
    seqs = {step.uid: step.seq for step in course.steps}
    where = began if told.step not in seqs else at_step(course, seqs[told.step or ""], f"{told.author} said so.")
    if told.text not in get_args(Blamed):
        return where, blamed
    mended = blamed.model_copy(update={"blamed": told.text, "by": "person", "sure": True, "signals": ()})
    if where is None or where == began:
        return where, mended
    policies = {frame.id: frame.policy for frame in course.frames}
    at = {"frame": where.frame, "steps": (where.step,), "policy": policies.get(where.frame, blamed.policy)}
    return where, mended.model_copy(update=at)

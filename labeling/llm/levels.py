"""One level of a demonstration: its windows asked in several passes, every answer made a partition, and the vote.

A window's answer is the first reply, one asked again, those of its halves, or the rules'; it is always a partition of
the window, so the level's result is always one of all its units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from labeling.llm.asking import Answer, Asker, Spent
from labeling.llm.budget import OverBudget, Purse
from labeling.llm.model import LabelSettings, Partition, Remark, Stretch, WindowReport, joined, spans
from labeling.llm.prompt import Question
from labeling.llm.repair import Reading, read_reply
from labeling.llm.votes import Voted, settled, vote
from labeling.llm.windows import Window, plan_windows, stitched
from policies.library import PolicySet

SMALLEST = 4
"""Windows of fewer units are not halved."""
SHIFT = 7
"""Units by which the cuts of each pass are moved against those of the pass before."""


@dataclass(frozen=True)
class Level:
    """What is asked at one level: units with their tokens and strong boundaries, how, and the rules' own partition."""

    number: int
    tokens: tuple[int, ...]
    strong: frozenset[int]
    allowed: tuple[str, ...]
    question: Callable[[Window, int], Question]
    fallback: Partition


@dataclass(frozen=True)
class Part:
    """What is known of one window after asking."""

    partition: Partition
    reports: tuple[WindowReport, ...]
    remarks: tuple[Remark, ...] = ()
    proposals: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Solved:
    """A level's vote, and how its windows were answered; remarks are those at least half of the passes made."""

    voted: Voted
    passes: int
    reports: tuple[WindowReport, ...]
    remarks: tuple[Remark, ...]
    proposals: tuple[tuple[str, str], ...]


class LevelSolver:
    """Asks levels of one demonstration; `purse` bounds and `spent` counts what it costs."""

    def __init__(self, asker: Asker, policies: PolicySet, settings: LabelSettings, purse: Purse, spent: Spent) -> None:
        self._asker, self._policies, self._settings = asker, policies, settings
        self._purse, self._spent = purse, spent

    def solve(self, level: Level) -> Solved:
        """The level's partition. Raises LabellerStopped or ModelEndpointError, and nothing else."""
        end = len(level.tokens)
        passes: list[tuple[Partition, tuple[Part, ...]]] = []
        with _executor(self._settings.concurrency) as pool:
            try:
                wanted = range(self._settings.least)
                while wanted:
                    passes += self._passes(level, wanted, pool)
                    over = _unpaid(passes) or settled([p for p, _ in passes], end, self._settings.most)
                    wanted = range(0) if over else range(len(passes), len(passes) + 1)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        parts = [part for _, found in passes for part in found]
        voted = vote(
            [partition for partition, found in passes if not _unpaid([(partition, found)])] or [passes[0][0]], end
        )
        return Solved(
            voted,
            len(passes),
            tuple(report for part in parts for report in part.reports),
            _common(parts, len(passes)),
            tuple(dict(pair for part in reversed(parts) for pair in part.proposals).items()),
        )

    def _passes(self, level: Level, numbers: Iterable[int], pool: Executor) -> list[tuple[Partition, tuple[Part, ...]]]:
        """The passes of these numbers, all their windows at a time."""
        asked = []
        for number in numbers:
            windows = plan_windows(level.tokens, level.strong, self._settings, shift=number * SHIFT)
            asked.append((windows, [pool.submit(self._answer, level, window, number, 0) for window in windows]))
        done = [(windows, tuple(future.result() for future in futures)) for windows, futures in asked]
        return [(stitched(windows, [part.partition for part in parts]), parts) for windows, parts in done]

    def _answer(self, level: Level, window: Window, number: int, depth: int) -> Part:
        """One window's partition, whatever the model says."""
        try:
            first = self._ask(level, window, number, 0, ())
        except OverBudget:
            return self._by_rules(level, window, number, "budget")
        if first.kind in ("refused", "rejected"):
            return self._by_rules(level, window, number, first.kind)
        reading = self._read(level, window, first)
        if first.kind == "text" and self._good(reading):
            return _part(level, window, number, "first", reading)
        best = reading
        if first.kind == "text":
            try:
                best = min(reading, self._again(level, window, number, reading), key=_badness)
            except OverBudget:
                return self._settle(level, window, number, reading, "budget")
            if self._good(best):
                return _part(level, window, number, "again", best)
        if depth < self._settings.halvings and window.size >= 2 * SMALLEST:
            return self._halved(level, window, number, depth)
        return self._settle(level, window, number, best, first.kind if first.kind != "text" else "no usable reply")

    def _ask(self, level: Level, window: Window, number: int, attempt: int, problems: Sequence[str]) -> Answer:
        question = level.question(window, number)
        answer = self._asker.ask(question, f"p{number}a{attempt}", self._purse, problems)
        self._spent.add(answer)
        return answer

    def _again(self, level: Level, window: Window, number: int, reading: Reading) -> Reading:
        answer = self._ask(level, window, number, 1, reading.repairs or ("it was not usable",))
        return self._read(level, window, answer) if answer.kind in ("text", "truncated") else reading

    def _read(self, level: Level, window: Window, answer: Answer) -> Reading:
        """The reply as units from 0 on; the model was told them from 1 on."""
        found = read_reply(answer.text, window.first + 1, window.last + 1, self._policies, level.allowed)
        return replace(
            found,
            partition=tuple(replace(stretch, first=stretch.first - 1) for stretch in found.partition),
            remarks=tuple(replace(remark, step=remark.step - 1) for remark in found.remarks),
        )

    def _good(self, reading: Reading) -> bool:
        return reading.usable and reading.share <= self._settings.fixes

    def _settle(self, level: Level, window: Window, number: int, reading: Reading, why: str) -> Part:
        """The mended reply where there is one, else the rules'."""
        if reading.usable:
            return _part(level, window, number, "again", reading, why)
        return self._by_rules(level, window, number, why, reading.repairs)

    def _halved(self, level: Level, window: Window, number: int, depth: int) -> Part:
        parts = [self._answer(level, half, number, depth + 1) for half in window.halves()]
        report = WindowReport(
            level=level.number, number=number, first=window.first, last=window.last, answered="halves"
        )
        return Part(
            joined([stretch for part in parts for stretch in part.partition]),
            (report, *(one for part in parts for one in part.reports)),
            tuple(one for part in parts for one in part.remarks),
            tuple(one for part in parts for one in part.proposals),
        )

    def _by_rules(self, level: Level, window: Window, number: int, why: str, repairs: Sequence[str] = ()) -> Part:
        report = WindowReport(
            level=level.number, number=number, first=window.first, last=window.last, answered="rules",
            why=why, repairs=tuple(repairs),
        )  # fmt: skip
        return Part(clipped(level.fallback, len(level.tokens), window.first, window.last), (report,))


class _Here(Executor):
    """Does what it is given at once, in the caller's thread."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """The work, done; what it raises comes through."""
        done: Future[Any] = Future()
        done.set_result(work(*args, **named))
        return done


def _executor(concurrency: int) -> Executor:
    return ThreadPoolExecutor(max_workers=concurrency) if concurrency > 1 else _Here()


def clipped(partition: Partition, end: int, first: int, last: int) -> Partition:
    """The part of a partition (of units up to `end`) that lies in `first`..`last`."""
    inside = [
        replace(stretch, first=max(begin, first))
        for stretch, begin, stop in spans(partition, end)
        if stop > first and begin <= last
    ]
    return joined(inside) or (Stretch(first),)


def _part(level: Level, window: Window, number: int, how: str, reading: Reading, why: str = "") -> Part:
    report = WindowReport.model_validate(
        {
            "level": level.number, "number": number, "first": window.first, "last": window.last,
            "answered": how, "why": why, "repairs": reading.repairs,
        }
    )  # fmt: skip
    return Part(reading.partition, (report,), reading.remarks, reading.proposals)


def _unpaid(passes: Sequence[tuple[Partition, tuple[Part, ...]]]) -> bool:
    """Whether the budget ended before all windows of these passes were answered."""
    return any(report.why == "budget" for _, parts in passes for part in parts for report in part.reports)


def _badness(reading: Reading) -> tuple[bool, float]:
    return not reading.usable, reading.share


def _common(parts: Sequence[Part], passes: int) -> tuple[Remark, ...]:
    """Remarks on a step in one role that at least half of the passes made, the first wording of each."""
    said = Counter((remark.step, remark.role) for part in parts for remark in dict.fromkeys(part.remarks))
    first = {(remark.step, remark.role): remark for part in reversed(parts) for remark in part.remarks}
    return tuple(first[key] for key in sorted(said) if said[key] * 2 >= passes)

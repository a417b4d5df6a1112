"""Failure signals against faults whose place is known: recall, precision, and alarms on real successes.

Faults are put between the model `demos` (five demonstrations of each task) and MiniWoB++ in Chromium: lost presses,
expired sessions, stale lists, rubbish, budgets. The truth is the step that was struck, never a detector's own rule.
Out of sample are the practice sites (bench/detectors_field.py); D18 is told by logs (bench/detectors_logs.py).
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agent.model import PolicyModel
from analysis.signals.model import Signal
from analysis.signals.registry import DETECTORS, find_signals
from bench import detectors_field as field
from bench import detectors_logs
from bench import detectors_models as models
from bench import detectors_pages as pages
from bench.common import RESULTS, Progress, Result, main, quick
from bench.detectors_kit import Meddler, Played, code_of, play, shares
from bench.detectors_real import ordinary
from bench.miniwob import HOME
from bench.miniwob_arms import each, taught
from browser.miniwob import MiniwobEnvironment
from labeling.prompts.model import PromptSet
from policies.library import PolicySet
from wiring import Parts, Workbench

KEPT = RESULTS / "detectors"
"""What was played, by the code of its trouble."""
EACH = 50
"""Episodes with a fault, of each detector at least."""
HALF, ALIKES = 25, 20
"""Of faults that share a detector, and of each kind of episode that only looks wrong."""
TRIES = 8
"""Episodes at most for each that is struck: in many the fault has no chance to come."""
SEED = 20_000
_TASKS = """
    enter-text enter-password login-user login-user-popup click-checkboxes click-checkboxes-soft search-engine
    email-inbox email-inbox-nl-turk click-tab-2 click-collapsible-2 book-flight multi-layouts multi-orderings
    choose-date-easy click-dialog-2 enter-text-dynamic click-checkboxes-transfer
"""
_LONG = "book-flight email-inbox multi-layouts multi-orderings click-checkboxes-large click-checkboxes-soft"
_FORMS = "enter-text enter-password enter-text-dynamic multi-layouts click-checkboxes book-flight"
_CALLING = "enter-password login-user email-inbox search-engine book-flight click-tab-2 login-user-popup"
TASKS, LONG, FORMS, CALLING = _TASKS.split(), _LONG.split(), _FORMS.split(), _CALLING.split()
TAUGHT, SHOWN = tuple(sorted({*TASKS, *LONG, *FORMS, *CALLING})), 5
"""The tasks, and how many demonstrations of each the policies are taught."""


@dataclass(frozen=True)
class Case:
    """A fault and the detectors that are to find it; `least` steps have to be struck, `ended` is how it has to end."""

    meddler: type[Meddler]
    detectors: tuple[str, ...]
    tasks: Sequence[str] = tuple(TASKS)
    least: int = 1
    ended: str | None = None
    n: int = EACH

    @property
    def name(self) -> str:
        """The fault's."""
        return self.meddler.__name__

    def counts(self, played: Played) -> bool:
        """Whether the fault came to pass; without one to come, whether the task succeeded."""
        episode = played.episode
        if not self.detectors:
            return episode.status == "success" or self.meddler is models.Read
        reason = (episode.end_reason or "").split(":")[0]
        struck = len(played.hits) >= self.least and played.struck
        return struck and (self.ended is None or reason == self.ended)


CASES = (
    Case(pages.Frozen, ("D1",), least=3),
    Case(pages.ThrownBack, ("D2",), LONG + ["enter-password", "login-user", "click-checkboxes"], least=2),
    Case(pages.ThereAndBack, ("D3",), CALLING + LONG, least=2),
    Case(pages.Swallowed, ("D4",)),
    Case(pages.Renumbered, ("D5",)),
    Case(pages.Appended, ("D6",), FORMS + ["login-user", "search-engine"]),
    Case(pages.Disabled, ("D6",), FORMS + ["login-user", "search-engine", "email-inbox"]),
    Case(pages.Hidden, ("D6",)),
    Case(models.Rubbish, ("D7",)),
    Case(pages.ErrorPage, ("D8",)),
    Case(pages.Expired, ("D8",)),
    Case(pages.Toast, ("D9",)),
    Case(models.GivesUp, ("D10",), CALLING),
    Case(models.LostAnswer, ("D11",), CALLING, least=2),
    Case(models.NoDepth, ("D12", "D15"), CALLING, ended="depth"),
    Case(models.Outage, ("D13",), CALLING + LONG),
    Case(models.NotTried, ("D14",)),
    Case(models.FewSteps, ("D15",), ended="steps"),
    Case(models.FewCalls, ("D15",), ended="calls"),
    Case(models.FewReplies, ("D15",), ended="invalid"),
    Case(models.Invented, ("D16",)),
    Case(models.Drift, ("D17",), LONG, least=8),
    Case(pages.Cut, ("D19",)),
    Case(models.Misgrounded, ("D20",)),
    Case(models.SideEffect, ("D21",), FORMS),
    Case(models.Slow, ("D22",), n=HALF),
    Case(models.SlowAnswer, ("D22",), n=HALF),
)
ALIKE = tuple(
    Case(meddler, (), n=ALIKES)
    for meddler in (
        pages.Clean,
        pages.Ticking,
        pages.OnlyRenumbered,
        pages.GoodNews,
        models.Read,
        models.Explained,
        models.Leisurely,
    )
)
"""Where nothing is wrong, though some things look like it."""


def run(progress: Progress) -> Result:
    """Recall and precision of every detector on faults whose step is known, and alarms on real successes."""
    parts = Parts(HOME)
    try:
        stage = Stage(parts)
        told = {case.name: progress.part(case.name, partial(stage.case, case)) for case in (*CASES, *ALIKE)}
        real = progress.part("real", lambda: ordinary(parts, stage.built, TAUGHT, progress))
        fresh = progress.part("sites", partial(field.sites, parts, progress))
        logged = progress.part("logs", detectors_logs.logs)
    finally:
        parts.close()
    table = {one.id: of_detector(one.id, told, real) for one in DETECTORS if one.id != detectors_logs.DETECTOR}
    table[detectors_logs.DETECTOR] = logged
    outside = field.rows(fresh)
    notes = [*lines(table), "", "Out of sample, on the practice sites:", *lines(outside)]
    detail = {"detectors": table, "out_of_sample": outside, "cases": told, "real": real, "sites": fresh, "notes": notes}
    return Result(figures_of([*table.values(), *outside.values()]), detail)


def figures_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The worst of all rows, in and out of sample; what could not be measured is none of them."""
    return {
        "detectors_recall_min": min(row["recall"] for row in rows if row["struck"]),
        "detectors_precision_min": min(row["precision"] for row in rows if row["struck"]),
        "detectors_false_alarm_max": max(row["false_alarm"] for row in rows if row["successes"]),
    }


class Stage:
    """The model and the pages that all cases are played with; made when something has to be played."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._bench = Workbench({"home": str(parts.workspace.root)}, parts)
        self._pages: dict[str, MiniwobEnvironment] = {}

    @cached_property
    def built(self) -> PromptSet:
        """What the policies are taught."""
        return taught(self._parts, each(TAUGHT, SHOWN))

    @cached_property
    def _taught(self) -> tuple[PolicyModel, PolicySet]:
        """The model, and the policies it plays."""
        return self._bench.model("demos", self.built.id, self.built.policy_set), self._parts.policies(
            self.built.policy_set
        )

    def case(self, case: Case) -> dict[str, Any]:
        """Episodes of a case until enough of them count.

        `{"n", "found": {detector: n}, "alarms": {detector: n}, "early": {detector: n}, "missed": [...]}`.
        """
        return _summed(case, [(played, find_signals(played.course)) for played in self._played(case)])

    def _played(self, case: Case) -> list[Played]:
        """The episodes, played now unless they are kept: rules that changed are measured on the same ones."""
        wanted = quick(case.n)
        kept = KEPT / f"{case.name}-{code_of(case.meddler)}-{wanted}.pickle"
        if kept.exists():
            found: list[Played] = pickle.loads(kept.read_bytes())
            return found
        made: list[Played] = []
        for task, seed in _turns(case.tasks, wanted * TRIES):
            played = play(case.meddler, self._page(task), *self._taught, seed)
            made += [played] if case.counts(played) else []
            if len(made) == wanted:
                break
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(made))
        return made

    def _page(self, task: str) -> MiniwobEnvironment:
        if task not in self._pages:
            page = self._bench.environment(f"miniwob:{task}")
            assert isinstance(page, MiniwobEnvironment)
            self._pages[task] = page
        return self._pages[task]


def _turns(tasks: Sequence[str], most: int) -> Iterator[tuple[str, int]]:
    return ((tasks[number % len(tasks)], SEED + number) for number in range(most))


def _summed(case: Case, counted: Sequence[tuple[Played, tuple[Signal, ...]]]) -> dict[str, Any]:
    found, alarms, early = ({one.id: 0 for one in DETECTORS} for _ in range(3))
    missed: list[dict[str, Any]] = []
    for played, signals in counted:
        for name in {one.detector for one in signals}:
            alarms[name] += 1
        for name in case.detectors:
            mine = [one for one in signals if one.detector == name]
            right = any(any(one.first <= hit <= one.last for hit in played.hits) for one in mine)
            found[name] += right
            early[name] += any(one.last < min(played.hits) for one in mine)
            if not right:
                where = {"task": played.episode.task, "seed": played.episode.seed, "hits": sorted(played.hits)}
                missed.append({"detector": name, **where})
    kept = {"found": found, "alarms": alarms, "early": early}
    return {
        "n": len(counted),
        **{key: {k: v for k, v in one.items() if v} for key, one in kept.items()},
        "missed": missed,
    }


def of_detector(name: str, told: dict[str, Any], real: dict[str, Any]) -> dict[str, Any]:
    """Of one detector: episodes struck and found, alarms before the fault and where nothing is wrong, and the shares.

    Precision counts an alarm on a struck step as right; wrong are alarms before it and on the look-alikes, as many of
    which were played as of each fault. False alarms are those on real successes of finished runs.
    """
    mine = [case for case in CASES if name in case.detectors]
    struck = sum(told[case.name]["n"] for case in mine)
    found = sum(told[case.name]["found"].get(name, 0) for case in mine)
    early = sum(told[case.name]["early"].get(name, 0) for case in mine)
    alike = sum(told[case.name]["alarms"].get(name, 0) for case in ALIKE)
    n_alike = sum(told[case.name]["n"] for case in ALIKE)
    alarms = real["alarms"].get(name, 0)
    return {
        "faults": [case.name for case in mine],
        **shares(struck, found, early + alike, alarms, real["n"]),
        "look_alikes": n_alike,
    }


def lines(table: dict[str, Any]) -> list[str]:
    """The table of all detectors, as Markdown."""
    head = "| signal | struck | found | recall | precision | on successes |"
    rows = [
        f"| {name} | {row['struck']} | {row['found']} | {row['recall']:.2f} | {row['precision']:.2f} "
        f"| {row['alarms_on_successes']} of {row['successes']} |"
        for name, row in table.items()
    ]
    return [head, "|---|---|---|---|---|---|", *rows]


if __name__ == "__main__":
    sys.exit(main(run))

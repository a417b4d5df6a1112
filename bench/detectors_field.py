"""Detectors out of sample: trouble on the practice sites under policies taught there, with seeds that mended no rule.

An episode may be struck several times; each time counts once. Alarms before the first trouble and on real successes
are false. Every episode is kept as soon as it was played, so a broken run goes on where it was.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.model import PolicyModel
from analysis.signals.model import Signal
from analysis.signals.registry import find_signals
from bench.common import RESULTS, Progress, quick
from bench.detectors_astray import ThereAndBack, ThrownBack
from bench.detectors_kit import Meddler, Played, code_of, play, shares
from bench.detectors_person import code, person
from bench.detectors_sites import EXPECTED, Deaf, Fair, Weather, struck
from bench.miniwob_arms import CRM, CRM_SET, each, taught
from browser.practice import PracticeEnvironment
from policies.library import PolicySet
from practice.sites import SITES
from wiring import Parts, Workbench

KEPT = RESULTS / "detectors" / "sites"
SHOWN = 2
"""Demonstrations of each scenario that the policies are taught."""


@dataclass(frozen=True)
class Round:
    """Episodes of one kind: the first seed, how many, and who plays: `demos`, or somebody who knows the way."""

    meddler: type[Meddler]
    first: int
    count: int
    knowing: bool = False


TROUBLED = (
    Round(Weather, 5_000, 100),
    Round(Deaf, 5_200, 40, knowing=True),
    Round(ThereAndBack, 5_400, 65, knowing=True),
    Round(ThrownBack, 5_300, 67, knowing=True),
    Round(Weather, 5_100, 20, knowing=True),
)
FAIRLY = (Round(Fair, 5_500, 72), Round(Fair, 5_600, 60, knowing=True))
DESK = tuple(f"desk:{scenario}" for scenario in SITES["desk"])
TASKS = tuple(task for pair in zip(DESK, (*CRM, *CRM), strict=False) for task in pair)
"""Scenarios of both sites in turn."""


def sites(parts: Parts, progress: Progress) -> dict[str, Any]:
    """What came of trouble and of fair weather.

    `{"troubles": {name: {"struck", "found"}}, "early": {detector: n}, "episodes", "played", "successes": {site: n},
    "alarms": {site: {detector: n}}, "missed": [...]}`.
    """
    field = _Field(parts)
    try:
        fairly, troubled = (
            [one for kind in kinds for one in field.played(kind, progress)] for kinds in (FAIRLY, TROUBLED)
        )
    finally:
        field.close()
    return summed(troubled, fairly)


def summed(troubled: Sequence[Played], fairly: Sequence[Played]) -> dict[str, Any]:
    """The sums of episodes with trouble and without; see `sites`."""
    times, found, early = Counter[str](), Counter[str](), Counter[str]()
    missed: list[dict[str, Any]] = []
    for played in troubled:
        signals = find_signals(played.course)
        first = min(played.hits, default=len(played.steps))
        early.update({one.detector for one in signals if one.last < first})
        for name, hits in struck(played).items():
            for steps in hits:
                right = any(one.detector == EXPECTED[name] and _covers(one, steps) for one in signals)
                times[name] += 1
                found[name] += right
                if not right:
                    where = {"task": played.episode.task, "seed": played.episode.seed, "steps": sorted(steps)}
                    missed.append({"trouble": name, **where})
    good = [one for one in fairly if one.episode.status == "success"]
    alarms: dict[str, Counter[str]] = {site: Counter() for site in SITES}
    for played in good:
        alarms[_site(played)].update({one.detector for one in find_signals(played.course)})
    return {
        "troubles": {name: {"struck": times[name], "found": found[name]} for name in EXPECTED},
        "early": dict(early),
        "episodes": len(troubled),
        "played": len(fairly),
        "successes": {site: sum(_site(one) == site for one in good) for site in SITES},
        "alarms": {site: dict(counts) for site, counts in alarms.items()},
        "missed": missed,
    }


def rows(told: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """By detector that can be told there: struck, found, recall, wrong alarms, precision, and alarms on successes."""
    return {name: _row(name, told) for name in sorted(set(EXPECTED.values()), key=lambda one: int(one[1:]))}


def _row(name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    mine = {trouble: told["troubles"][trouble] for trouble, detector in EXPECTED.items() if detector == name}
    times, found = (sum(one[key] for one in mine.values()) for key in ("struck", "found"))
    n = sum(told["successes"].values())
    by_site = {site: told["alarms"][site].get(name, 0) for site in told["successes"]}
    alarms, wrong = sum(by_site.values()), told["early"].get(name, 0) + sum(by_site.values())
    return {
        "faults": mine,
        **shares(times, found, wrong, alarms, n),
        "successes_by_site": told["successes"],
        "alarms_by_site": by_site,
    }


class _Field:
    """Policies and sites; made when something has to be played."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._bench = Workbench({"home": str(parts.workspace.root)}, parts)
        self._pages: dict[str, PracticeEnvironment] = {}
        self._taught: dict[str, tuple[PolicyModel, PolicySet]] = {}

    def played(self, kind: Round, progress: Progress) -> Iterator[Played]:
        """The episodes of a kind, each played unless it is kept."""
        who = f"person.{code()}-" if kind.knowing else ""
        stem, count = f"{kind.meddler.__name__}-{code_of(kind.meddler)}-{who}", quick(kind.count)
        for number in range(count):
            task, seed = TASKS[number % len(TASKS)], kind.first + number
            kept = KEPT / f"{stem}{task.replace(':', '.')}-{seed}.pickle"
            if not kept.exists():
                made = self._play(kind, task, seed)
                kept.parent.mkdir(parents=True, exist_ok=True)
                fresh = kept.with_suffix(".new")
                fresh.write_bytes(pickle.dumps(made))
                fresh.replace(kept)
                done = f"{made.episode.status}, {made.episode.n_steps} steps, {dict(made.marks)}"
                progress.say(f"{stem}{number + 1} of {count}: {task} {seed}: {done}")
            told: Played = pickle.loads(kept.read_bytes())
            yield told

    def _play(self, kind: Round, task: str, seed: int) -> Played:
        site = task.partition(":")[0]
        if not kind.knowing:
            return play(kind.meddler, self._page(task), *self._model(site), seed)
        policies = self._parts.policies("desk" if site == "desk" else CRM_SET)
        return play(kind.meddler, self._page(task), person(task, seed), policies, seed)

    def close(self) -> None:
        """End the sites."""
        for page in self._pages.values():
            page.close()

    def _model(self, site: str) -> tuple[PolicyModel, PolicySet]:
        if site not in self._taught:
            tasks, policy_set = (DESK, "desk") if site == "desk" else (CRM, CRM_SET)
            built = taught(self._parts, each(tasks, SHOWN), policy_set)
            self._taught[site] = (
                self._bench.model("demos", built.id, built.policy_set),
                self._parts.policies(built.policy_set),
            )
        return self._taught[site]

    def _page(self, task: str) -> PracticeEnvironment:
        if task not in self._pages:
            page = self._bench.environment(task)
            assert isinstance(page, PracticeEnvironment)
            self._pages[task] = page
        return self._pages[task]


def _covers(signal: Signal, steps: frozenset[int]) -> bool:
    return any(signal.first <= step <= signal.last for step in steps)


def _site(played: Played) -> str:
    return (played.episode.task or "").partition(":")[0]

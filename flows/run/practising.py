"""Practice: `demos` plays tasks by itself, and the ways it finds to succeed improve what a prompt set taught it.

A practice is named by what was asked for, so the same request goes on where it stopped. What it leads to are weights
with a name by content, which runs play as `demos+practice:ID`. Searching for a way is agent/practising.py; how episodes
are played and how a practice is kept on disk are flows/run/practice_stage.py and flows/run/practice_log.py.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from agent.errors import RunError
from agent.learner.training import Taught, train
from agent.learner.weights import code_version, learned
from agent.models.practised import Origin, keep
from agent.practising import Lesson, Search, Trying, lessons
from browser.environment import check_environment
from browser.miniwob_tasks import terms_of
from flows.progress import Pace, Report, Stop, Update, never
from flows.run import practice_log, run_report, run_rows
from flows.run.practice_log import Log, State
from flows.run.practice_stage import BrowserStage, Stage
from labeling.prompts.model import PromptSet
from labeling.prompts.names import examples_now
from wiring import Parts

FIRST_SEED, LAST_SEED = 10_000, 99_999
"""Never the seeds of demonstrations (0 to 999), of development (5000 to 5999) or of tests (100,000 and up)."""
TRIES = 8
"""Ways that are tried on one seed at most."""
MOST = 300
"""Episodes of one task at most."""
ROUNDS = 5
"""Times that it learns from what it found."""
FIRST, MANY, FEW = 4, 16, 2
"""Seeds of a task in the first round, in a later one, and in one after seeds that were all right at the first try."""
BROKEN = 20
"""Seeds in a row that could not be played: the pages are gone for good."""
SAVED_S = 5.0
"""How often the state is written, at most."""


@dataclass(frozen=True)
class Asked:
    """What is to be practised: tasks, from which prompt set, how many episodes of each at most; `minutes` in all."""

    tasks: tuple[str, ...]
    prompt_set: str = "latest"
    episodes: int = MOST
    workers: int = 2
    minutes: float | None = None


def practise(
    parts: Parts, asked: Asked, report: Report, stop: Stop = never, stage: Stage | None = None
) -> dict[str, Any]:
    """Practise until every round is played, the time is up or somebody stops it; the same request goes on later.

    Returns the log (`practice_log.Log.body`). Raises RunError, UnknownEnvironment or UnknownLabel before it starts.
    """
    prompt_set = parts.labels.prompt_set(asked.prompt_set)
    check(parts, asked)
    log = practice_log.named(parts, _facts(parts, asked, prompt_set))
    policies = parts.policies(prompt_set.policy_set)
    taught = examples_now(prompt_set.lessons, policies, prompt_set.created)
    with run_rows.held(parts, log.id):
        state = practice_log.read(parts, log.id)
        if state is None:
            weights = learned(prompt_set.id, taught, policies.policies, parts.workspace.root / "weights")
            state = State(log, weights)
        used = stage or BrowserStage(parts, prompt_set.policy_set)
        try:
            _Session(parts, asked, state, taught, used).to_end(report, stop)
        finally:
            used.close()
    return state.log.body()


class _Session:
    """One sitting of a practice."""

    def __init__(self, parts: Parts, asked: Asked, state: State, taught: Sequence[Taught], stage: Stage) -> None:
        self._parts, self._asked, self._stage = parts, asked, stage
        self._state, self._log, self._taught = state, state.log, taught
        self._library = parts.policies(str(state.log.facts["policy_set"])).policies
        self._began = self._saved = time.monotonic()
        self._broken = 0
        self._lock = threading.Lock()

    def to_end(self, report: Report, stop: Stop) -> None:
        """Round after round; what was learned is kept however it ends."""
        self._log.state = "running"

        def over() -> bool:
            return stop() or self._late() or self._broken >= BROKEN

        try:
            while self._log.learned < ROUNDS and not over():
                self._round(report, over)
                if not over():
                    report(Update(f"learning from {len(self._state.lessons)} turns", self._log.episodes))
                    self._learn()
            self._complain()
        finally:
            self._log.state = "done" if self._log.learned == ROUNDS else "stopped"
            self._save()

    def _late(self) -> bool:
        return self._asked.minutes is not None and time.monotonic() - self._began > 60 * self._asked.minutes

    def _round(self, report: Report, over: Stop) -> None:
        """The seeds of this round that are not played yet, as many at a time as there are workers."""
        left = seeds_left(self._log, self._asked)
        pace, done = Pace(len(left)), 0

        def one(turn: tuple[str, int]) -> None:
            nonlocal done
            task, seed = turn
            if over() or not self._seed(task, seed, over):
                return
            with self._lock:
                done += 1
                said = f"round {self._log.learned + 1} of {ROUNDS} · seeds {pace.said(done)} · {task}"
                report(Update(said, done, pace.total))
                if time.monotonic() - self._saved > SAVED_S:
                    self._save()

        with ThreadPoolExecutor(self._asked.workers, thread_name_prefix="practice") as pool:
            list(pool.map(one, left))

    def _seed(self, task: str, seed: int, over: Stop) -> bool:
        """Try ways on one seed until one succeeds; False where that was broken off."""
        search = Search()
        rewards: list[float] = []
        found: tuple[Lesson, ...] = ()
        while len(rewards) < TRIES and (way := search.next()) is not None:
            model = Trying(self._state.weights, self._library, way)
            played = self._stage.play(task, seed, model, over)
            if over():
                return False
            if played is None:
                break
            rewards.append(played.reward)
            if played.success:
                found = lessons(f"{task} {seed}", way, model.taken)
                break
            search.failed(way, model.taken)
        with self._lock:
            self._log.add(task, seed, rewards)
            self._state = replace(self._state, lessons=(*self._state.lessons, *found))
            self._broken = 0 if rewards else self._broken + 1
        return True

    def _complain(self) -> None:
        if self._broken >= BROKEN:
            raise RunError(
                f"The last {BROKEN} seeds could not be played. What was learned is kept. See that the tasks run "
                "(`cli.py run`), then start the same practice again."
            )

    def _learn(self) -> None:
        """New weights from what the prompt set taught and from every lesson so far, in an order of their own."""
        mine: list[Lesson] = sorted(self._state.lessons, key=lambda one: one.episode)
        weights = train([*self._taught, *mine], self._library) if mine else self._state.weights
        self._state = replace(self._state, weights=weights)
        self._log.learned += 1
        self._save()

    def _save(self) -> None:
        now = time.monotonic()
        self._log.seconds += now - self._saved
        self._saved = now
        if self._log.state != "running" and self._log.groups:
            facts = self._log.facts
            origin = Origin(self._log.id, facts["prompt_set"], facts["policy_set"], facts["code"])
            folder = self._parts.workspace.root / "weights"
            self._log.weights = keep(self._state.weights, origin, [self._log.learned, _sorted(self._log)], folder)
        practice_log.write(self._parts, self._state)


def _sorted(log: Log) -> list[dict[str, Any]]:
    """What was played in an order that does not depend on which page was faster."""
    return sorted(log.groups, key=lambda group: (group["round"], group["task"], group["seed"]))


def seeds_left(log: Log, asked: Asked) -> list[tuple[str, int]]:
    """The (task, seed) of the round at hand that are not played yet, task by task."""
    played = {(group["task"], group["seed"]) for group in log.groups}
    turns = [(task, seed_of(log.id, task, count)) for task in asked.tasks for count in _counts(log, asked, task)]
    return [turn for turn in turns if turn not in played]


def _counts(log: Log, asked: Asked, task: str) -> range:
    """Which of a task's seeds are this round's: few after a round that was all right."""
    before = log.of(task, log.learned)
    newest = [group["rewards"][:1] for group in before if group["round"] == log.learned - 1]
    wanted = FIRST if not before else FEW if all(first == [1.0] for first in newest) else MANY
    room = (asked.episodes - sum(len(group["rewards"]) for group in before)) // TRIES
    return range(len(before), len(before) + min(wanted, room))


def seed_of(practice: str, task: str, count: int) -> int:
    """The seed of a task's turn: the same for the same practice, within the seeds that practice may see."""
    return random.Random(f"{practice} {task} {count}").randint(FIRST_SEED, LAST_SEED)


def check(parts: Parts, asked: Asked) -> None:
    """Raises UnknownEnvironment, ForbiddenUrl or RunError for what cannot be practised."""
    for name in asked.tasks:
        check_environment(name, parts.own_ports, parts.allow_private)
    if not asked.tasks or not TRIES <= asked.episodes <= MOST:
        raise RunError(
            f"A practice needs at least one task, and {TRIES} to {MOST} episodes of each. Nothing was practised."
        )
    nobody = [name for name in asked.tasks if name.startswith("url:")]
    if nobody:
        raise RunError(
            f"Nobody judges {', '.join(nobody)}, so nothing could be learned there. Nothing was practised. "
            "Name tasks that have an evaluator."
        )


def _facts(parts: Parts, asked: Asked, prompt_set: PromptSet) -> dict[str, Any]:
    """What makes it this practice."""
    policies = parts.policies(prompt_set.policy_set).policies
    return {
        "prompt_set": prompt_set.id,
        "policy_set": prompt_set.policy_set,
        "policies": practice_log.content({name: policies[name].model_dump(mode="json") for name in sorted(policies)}),
        "code": code_version(),
        "tasks": list(asked.tasks),
        "most": asked.episodes,
    }


def curve(log: dict[str, Any]) -> list[dict[str, Any]]:
    """How a practice went: for each round the `episodes` played until its end, and the `share` right at the first try.

    The share is the mean over tasks, each in its newest round that was played, so that tasks seldom played count alike.
    """
    newest: dict[str, float] = {}
    rows, episodes = [], 0
    for number in range(max((group["round"] for group in log["groups"]), default=-1) + 1):
        played = [group for group in log["groups"] if group["round"] == number and group["rewards"]]
        episodes += sum(len(group["rewards"]) for group in played)
        for task in dict.fromkeys(group["task"] for group in played):
            newest[task] = fmean(group["rewards"][0] == 1.0 for group in played if group["task"] == task)
        if newest:
            rows.append({"episodes": episodes, "share": fmean(newest.values())})
    return rows


def said(log: dict[str, Any]) -> str:
    """A practice for a person: where it stands, and by task how its first and its newest round went."""
    head = f"{log['id']} ({log['state']}): {log['episodes']} episodes in {log['seconds'] / 60:.1f} min"
    named = f"; runs call it {log['model']}" if log["model"] else ""
    lines = [f"{head}{named}.{run_report.played(terms_of(log['tasks']))}"]
    for task in log["tasks"]:
        mine = [group for group in log["groups"] if group["task"] == task]
        if mine:
            first, newest = (_right(mine, number) for number in (mine[0]["round"], mine[-1]["round"]))
            count = sum(len(one["rewards"]) for one in mine)
            lines.append(f"  {task:<36} {count:>4} episodes  right at first try {first} to {newest}")
    return "\n".join(lines)


def _right(groups: Sequence[dict[str, Any]], number: int) -> str:
    mine = [group["rewards"] for group in groups if group["round"] == number]
    return f"{sum(rewards[:1] == [1.0] for rewards in mine)}/{len(mine)}"

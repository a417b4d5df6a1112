"""Practice: `demos` plays tasks by itself, and its own episodes and rewards improve what a prompt set taught it.

A practice is named by what was asked for, so the same request goes on where it stopped. What it leads to are weights
with a name by content, which runs play as `demos+practice:ID`. The arithmetic is agent/practising.py; how episodes are
played and how a practice is kept on disk are flows/practice_stage.py and flows/practice_log.py.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent.errors import RunError
from agent.learner.training import Weights
from agent.learner.weights import code_version, learned
from agent.models.practised import Origin, keep
from agent.practising import Practised, Sampling, advantages
from browser.environment import check_environment
from browser.miniwob_tasks import terms_of
from flows import practice_log, run_report, run_rows
from flows.practice_log import Log
from flows.practice_stage import BrowserStage, Stage
from flows.progress import Pace, Report, Stop, Update, never
from labeling.prompts.model import PromptSet
from labeling.prompts.names import examples_now
from wiring import Parts

FIRST_SEED, LAST_SEED = 10_000, 99_999
"""Never the seeds of demonstrations (0 to 999), of development (5000 to 5999) or of tests (100,000 and up)."""
GROUP = 5
MOST = 300
"""Episodes of one task at most."""
TEMPERATURE = 1.5
SURE = 3
"""A task whose newest groups were all right, so many in a row, has a turn as seldom; when all are, practice is over."""
BROKEN = 20
"""Groups in a row that could not be played: the pages are gone for good."""
SAVED_S = 5.0
"""How often the state is written, at most."""


@dataclass(frozen=True)
class Asked:
    """What is to be practised: tasks, from which prompt set, how many episodes of each at most; `minutes` in all."""

    tasks: tuple[str, ...]
    prompt_set: str = "latest"
    episodes: int = MOST
    temperature: float = TEMPERATURE
    workers: int = 2
    minutes: float | None = None


def practise(
    parts: Parts, asked: Asked, report: Report, stop: Stop = never, stage: Stage | None = None
) -> dict[str, Any]:
    """Practise until every task is sure or has had its episodes, the time is up or somebody stops it; goes on later.

    Returns the log (`practice_log.Log.body`). Raises RunError, UnknownEnvironment or UnknownLabel before it starts.
    """
    prompt_set = parts.labels.prompt_set(asked.prompt_set)
    check(parts, asked)
    log = practice_log.named(parts, _facts(parts, asked, prompt_set))
    with run_rows.held(parts, log.id):
        state = practice_log.read(parts, log.id)
        if state is None:
            practised = Practised(_taught(parts, prompt_set))
        else:
            log, practised = state.log, Practised(state.weights, state.squares)
        used = stage or BrowserStage(parts, prompt_set.policy_set, asked.workers)
        try:
            _Session(parts, asked, log, practised, used).to_end(report, stop)
        finally:
            used.close()
    return log.body()


class _Session:
    """One sitting of a practice."""

    def __init__(self, parts: Parts, asked: Asked, log: Log, practised: Practised, stage: Stage) -> None:
        self._parts, self._asked, self._log = parts, asked, log
        self._practised, self._stage = practised, stage
        self._library = parts.policies(str(log.facts["policy_set"])).policies
        self._began = self._saved = time.monotonic()
        self._broken = 0

    def to_end(self, report: Report, stop: Stop) -> None:
        pace = Pace(len(self._asked.tasks) * self._asked.episodes)
        done_before = self._log.episodes
        self._log.state = "running"
        try:
            while not stop() and not self._late():
                task = next_task(self._log, self._asked)
                if task is None:
                    break
                self._group(task, stop)
                now = self._log.episodes
                said = f"{pace.said(now - done_before)} · {task}: {self._log.said(task)}"
                report(Update(said, now, pace.total))
        finally:
            self._log.state = "done" if next_task(self._log, self._asked) is None else "stopped"
            self._save()

    def _late(self) -> bool:
        return self._asked.minutes is not None and time.monotonic() - self._began > 60 * self._asked.minutes

    def _group(self, task: str, stop: Stop) -> None:
        """One group of episodes on one seed, what it earned, and what was learned of it."""
        count = len(self._log.of(task))
        seed = seed_of(self._log.id, task, count)
        models = [
            Sampling(self._practised.weights, self._library, GROUP * count + n, self._asked.temperature)
            for n in range(GROUP)
        ]
        played = [one for one in self._stage.play(task, seed, models, stop) if one is not None]
        if stop():
            return
        gains = advantages([one.reward for one in played]) if played else []
        self._practised.learn([(gain, one.taken) for gain, one in zip(gains, played, strict=True)])
        self._log.add(task, seed, played)
        self._broken = 0 if played else self._broken + 1
        if self._broken >= BROKEN:
            raise RunError(
                f"The last {BROKEN} groups could not be played, the last one on {task}. What was learned is kept. See "
                "that the tasks run (`cli.py run`), then start the same practice again."
            )
        if time.monotonic() - self._saved > SAVED_S:
            self._save()

    def _save(self) -> None:
        now = time.monotonic()
        self._log.seconds += now - self._saved
        self._saved = now
        if self._log.state != "running" and self._log.groups:
            facts = self._log.facts
            origin = Origin(self._log.id, facts["prompt_set"], facts["policy_set"], facts["code"])
            self._log.weights = keep(
                self._practised.weights, origin, self._log.groups, self._parts.workspace.root / "weights"
            )
        practice_log.write(self._parts, self._log, self._practised.weights, self._practised.squares)


def next_task(log: Log, asked: Asked) -> str | None:
    """The task whose turn it is, that with the fewest turns; None once all are sure or have had their episodes."""
    if all(_is_sure(log, task) for task in asked.tasks):
        return None
    left = [task for task in asked.tasks if GROUP * (len(log.of(task)) + 1) <= asked.episodes]
    turns = {task: len(log.of(task)) * (SURE if _is_sure(log, task) else 1) for task in left}
    return min(left, key=lambda task: turns[task]) if left else None


def seed_of(practice: str, task: str, count: int) -> int:
    """The seed of a task's group: the same for the same practice, within the seeds that practice may see."""
    return random.Random(f"{practice} {task} {count}").randint(FIRST_SEED, LAST_SEED)


def _is_sure(log: Log, task: str) -> bool:
    newest = log.of(task)[-SURE:]
    return len(newest) == SURE and all(group["rewards"] and min(group["rewards"]) == 1.0 for group in newest)


def check(parts: Parts, asked: Asked) -> None:
    """Raises UnknownEnvironment, ForbiddenUrl or RunError for what cannot be practised."""
    for name in asked.tasks:
        check_environment(name, parts.own_ports, parts.allow_private)
    if not asked.tasks or not GROUP <= asked.episodes <= MOST:
        raise RunError(
            f"A practice needs at least one task, and {GROUP} to {MOST} episodes of each. Nothing was practised."
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
        "temperature": asked.temperature,
    }


def _taught(parts: Parts, prompt_set: PromptSet) -> Weights:
    policies = parts.policies(prompt_set.policy_set)
    taught = examples_now(prompt_set.examples, policies, prompt_set.created)
    return learned(prompt_set.id, taught, policies.policies, parts.workspace.root / "weights")


def curve(log: dict[str, Any], window: int = 10) -> list[dict[str, Any]]:
    """Success over a practice, by episodes played, after each `window` groups.

    `share` is the mean over the tasks played so far of what their newest groups (SURE each) succeeded, so that tasks
    that are sure, and seldom played, still count.
    """
    newest: dict[str, list[dict[str, Any]]] = {}
    rows, played = [], 0
    for number, group in enumerate(log["groups"], 1):
        played += len(group["rewards"])
        if group["rewards"]:
            newest[group["task"]] = [*newest.get(group["task"], []), group][-SURE:]
        if newest and (number % window == 0 or number == len(log["groups"])):
            shares = [sum(g["successes"] for g in of) / sum(len(g["rewards"]) for g in of) for of in newest.values()]
            rows.append({"episodes": played, "share": sum(shares) / len(shares)})
    return rows


def said(log: dict[str, Any]) -> str:
    """A practice for a person: where it stands, and by task how the first and the newest episodes went."""
    head = f"{log['id']} ({log['state']}): {log['episodes']} episodes in {log['seconds'] / 60:.1f} min"
    named = f"; runs call it {log['model']}" if log["model"] else ""
    lines = [f"{head}{named}.{run_report.played(terms_of(log['tasks']))}"]
    for task in log["tasks"]:
        mine = [group for group in log["groups"] if group["task"] == task]
        if mine:
            first, newest = _share(mine[:SURE]), _share(mine[-SURE:])
            lines.append(f"  {task:<36} {sum(len(one['rewards']) for one in mine):>4} episodes  {first} to {newest}")
    return "\n".join(lines)


def _share(groups: Sequence[dict[str, Any]]) -> str:
    return f"{sum(one['successes'] for one in groups)}/{sum(len(one['rewards']) for one in groups)}"

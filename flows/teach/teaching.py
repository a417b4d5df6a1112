"""Teach from here: a person shows at a step of a run how it is done, and the agent tries again having been shown.

Getting back to that step is flows/teach/rehearsing.py; which demonstration teaches what is flows/record/taught.py.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.prompt import template_hash
from browser.errors import EnvironmentFailed
from browser.live.registry import Call
from browser.script import Gesture, read_script
from flows import settings
from flows.label import labels
from flows.progress import Report, Stop, never
from flows.prompt import prompts
from flows.record import interrupted, marks, taught
from flows.record.recording import LiveTasks
from flows.record.tasks import is_task
from flows.run import run_rows, runs
from flows.teach import rehearsing, reshowing
from flows.teach.rehearsing import Decide, Decision, Difference, Ready
from flows.teach.reshowing import Reshown
from labeling.errors import NothingAccepted
from labeling.prompts.building import Made
from labeling.prompts.extending import extended
from labeling.prompts.model import PromptConfig, PromptSet
from labeling.splits import SPLITS, Split, split_of
from policies.errors import PolicyError
from server.scripted import RecordResult, record_opened
from store.errors import StoreError
from traces.catalogue import INTERRUPTED
from traces.model import Episode
from wiring import POLICY_SET, Parts

DEMOS = "demos"
UNTEACHABLE = ("scripted", "replay", "human")
"""Kinds of models that learn nothing from a prompt set."""


@dataclass(frozen=True)
class Asked:
    """What `cli.py teach` is asked for. `differing` says what is to be done where a page is not as it was in the run.

    With `accept` the proposed calls are taken as they are and a prompt set is built, with `again` the run is repeated
    with it. `policies` are those that learn from it; None: the one to blame, and those nobody has taught yet. `model`
    tries again; None: the run's own.
    """

    episode: str
    step: str
    script: Path
    outcome: str = "done"
    answer: str | None = None
    differing: Decision = "stop"
    accept: bool = False
    again: bool = False
    policies: tuple[str, ...] | None = None
    held_out: bool = False
    author: str = "me"
    model: str | None = None


def teach(parts: Parts, asked: Asked, report: Report, stop: Stop = never) -> dict[str, Any]:
    """All of it without a window: `{"teaches", "differences", "record", "labels", "prompt_set", "again"}`.

    What was not asked for is None. Raises EnvironmentFailed where a page differs and `differing` is stop.
    """
    gestures = read_script(asked.script)
    lesson = rehearsing.lesson(parts, asked.episode, asked.step)
    met: list[Difference] = []

    def decide(found: Difference) -> Decision:
        met.append(found)
        stuck = asked.differing == "back" and not found.can_go_back
        if asked.differing == "stop" or stuck:
            raise EnvironmentFailed(
                f"The page before step {found.seq + 1} ({found.step}) is not as it was in the run:\n"
                + "\n".join(found.lines[:10] or (found.why,))
                + "\nNothing was recorded. Say with --differing what is to be done: on or here"
                + (", for there is no earlier page to go back to." if stuck else ", or back.")
            )
        return asked.differing

    ready = rehearsing.rehearse(parts, lesson, decide, report, stop, asked.author)
    recorded = record_script(parts, ready, gestures, asked.outcome, asked.answer, asked.author)
    demonstration = recorded.ended.episode.id
    told: dict[str, Any] = {
        "teaches": link_of(ready).model_dump(mode="json"),
        "differences": [found.facts for found in met],
        "record": recorded.answer,
        "labels": None,
        "prompt_set": None,
        "again": None,
    }
    if asked.accept or asked.again:
        tree = labels.accept(parts, demonstration, asked.author).tree
        told["labels"] = [segment.call for segment in tree.segments]
        made = extend(parts, demonstration, asked.policies, asked.author, held_out=asked.held_out)
        told["prompt_set"] = made.id
        if asked.again:
            told["again"] = again(parts, asked.episode, made.id, report, stop, asked.model)
    return told


def record_script(
    parts: Parts, ready: Ready, gestures: tuple[Gesture, ...], outcome: str, answer: str | None, author: str
) -> RecordResult:
    """Play gestures on the page of a rehearsal and record them; the page is gone afterwards."""
    link = link_of(ready)
    try:
        result = record_opened(
            lambda registry: registry.adopt(ready.page, calls=open_calls(parts, ready)),
            gestures,
            parts.workspace.episodes_dir,
            parts.session,
            outcome=outcome,
            answer=answer,
            finish=ready.task.judge(answer),
        )
    finally:
        ready.task.close()
    parts.episodes.register(result.ended.episode, result.path)
    taught.keep(parts, result.ended.episode.id, link, author)
    result.answer["marks"] = marks.keep(parts, result.ended.episode.id)
    return result


def begin(
    parts: Parts,
    tasks: LiveTasks,
    asked: tuple[str, str],
    owner: str,
    author: str,
    decide: Decide,
    report: Report,
    stop: Stop = never,
) -> str:
    """Go back to a step (episode, uid) and begin to record there, for a person; returns the recording's id.

    Raises Stopped, BrowserError or StoreError; then nothing is left behind.
    """
    lesson = rehearsing.lesson(parts, *asked)
    return _begun(parts, tasks, rehearsing.rehearse(parts, lesson, decide, report, stop, author), owner, author)


def go_on(
    parts: Parts,
    tasks: LiveTasks,
    demonstration: str,
    owner: str,
    author: str,
    decide: Decide,
    report: Report,
    stop: Stop = never,
) -> tuple[str, Reshown]:
    """Begin to record where a lesson began that was stopped, and do again what it shows: (the recording's id, how far).

    An interrupted one is sealed before. Raises Stopped, BrowserError or StoreError; then that one alone is left.
    """
    link = _link(parts, demonstration)
    parts.episodes.left_behind()
    if (parts.episodes.catalogue.get(demonstration) or {}).get("status") == INTERRUPTED:
        interrupted.seal(parts, demonstration)
    lesson = rehearsing.lesson(parts, link.episode, link.step)
    ready = rehearsing.rehearse(parts, lesson, decide, report, stop, author, demonstration)
    recording = _begun(parts, tasks, ready, owner, author, demonstration)
    try:
        ours = is_task(lesson.task)
        return recording, reshowing.reshow(parts, recording, demonstration, report, stop, ours=ours)
    except BaseException:
        tasks.discard(recording, owner)
        raise


def _begun(parts: Parts, tasks: LiveTasks, ready: Ready, owner: str, author: str, continues: str | None = None) -> str:
    """Begin to record on the page of a rehearsal, with its open calls and its link."""
    calls = open_calls(parts, ready)
    recording = tasks.adopt(ready.task, lambda live: live.adopt(ready.page, owner, ready.task.judge, calls), owner)
    taught.keep(parts, recording, link_of(ready, continues), author)
    return recording


def link_of(ready: Ready, continues: str | None = None) -> taught.Link:
    """The link of a demonstration that begins there."""
    inner = ready.stack[-1]
    return taught.Link(
        episode=ready.lesson.episode.id,
        step=ready.step.uid,
        seq=ready.step.seq,
        frame=inner.id,
        policy=inner.policy,
        done=ready.done,
        differed=tuple(found.seq for found, _ in ready.differences),
        opened=ready.opened,
        continues=continues,
    )


def open_calls(parts: Parts, ready: Ready) -> tuple[Call, ...]:
    """The calls that are open at that step, as a person would mark them; those of policies that are gone are not."""
    library = parts.policies(ready.lesson.episode.policy_set or POLICY_SET)
    found: list[Call] = []
    for frame in ready.stack[1:]:
        try:
            policy = library.resolve(frame.policy)
        except PolicyError:
            continue
        found.append((policy.name, {p.name: arg for p, arg in zip(policy.parameters, frame.args, strict=False)}))
    return tuple(found)


def blamed(parts: Parts, link: taught.Link) -> str:
    """The policy that is to learn: the one that was found to blame for the failure, else the one at that step."""
    finding = parts.findings.of(link.episode)
    return finding.blame.policy if finding is not None and finding.blame is not None else link.policy


def taught_policies(parts: Parts, demonstration: str) -> tuple[str, ...]:
    """The policies that a labelled demonstration has something for, the planner first."""
    link = _link(parts, demonstration)
    planner = parts.policies(_run(parts, link.episode).policy_set or POLICY_SET).planner.name
    frames = parts.frames(demonstration)
    return tuple(dict.fromkeys((planner, *(frame.policy for frame in frames))))


def proposed_policies(parts: Parts, demonstration: str) -> tuple[str, ...]:
    """Those it is proposed for: the policy to blame, and those the run's prompt set had no example of."""
    link = _link(parts, demonstration)
    there = taught_policies(parts, demonstration)
    old = old_set(parts, _run(parts, link.episode))
    known = {one.policy for one in old.examples} if old else set()
    to_blame = blamed(parts, link)
    return tuple(name for name in there if name == to_blame or name not in known) or there


def old_set(parts: Parts, episode: Episode) -> PromptSet | None:
    """The run's own prompt set; None where it had none, or has come from elsewhere without it."""
    return taught.known_set(parts, episode.prompt_set)


def kept_for(parts: Parts, demonstration: str) -> Split | None:
    """The split its task is kept for, where the run's prompt set holds that out; None where it may enter."""
    old = old_set(parts, _run(parts, _link(parts, demonstration).episode))
    shown = _run(parts, demonstration)
    split = split_of(shown.task, shown.objective)
    return None if split in (old.config if old else PromptConfig()).splits else split


def why_not(parts: Parts, demonstration: str, old: PromptSet | None) -> str:
    """Why a demonstration cannot be learned from beside the examples of `old`; empty where it can."""
    with parts.episode(demonstration) as reader:
        shown, empty = reader.episode, not reader.steps()
    if empty:
        return "It holds no step, so that nothing can be learned from it."
    if shown.status in (old.config if old else PromptConfig()).statuses:
        return ""
    judged = f" ({shown.verdict})" if shown.verdict else ""
    return f"It ended as {shown.status}{judged}, and only what was done to the end is learned from."


def extend(
    parts: Parts, demonstration: str, policies: Collection[str] | None, author: str, *, held_out: bool = False
) -> PromptSet:
    """The prompt set of the failed run with what the demonstration teaches these policies; None: the proposed ones.

    With `held_out` a task that is kept for tests is taught all the same. Raises NothingAccepted, PromptRefused.
    """
    link = _link(parts, demonstration)
    episode = _run(parts, link.episode)
    old = old_set(parts, episode)
    if unfit := why_not(parts, demonstration, old):
        raise NothingAccepted(f"{unfit} Nothing was built. Show it again from that step.")
    config = (old.config if old else PromptConfig()).model_copy(update={"pins": ()})
    if held_out:
        config = config.model_copy(update={"splits": SPLITS, "exclude_tasks": (), "exclude_seeds": ()})
    library = parts.policies(old.policy_set if old else episode.policy_set or POLICY_SET)
    made = Made(time.time(), author, old.id if old else None, template_hash())
    new = prompts.of_one(parts, demonstration, library, config, made)
    if old is None:
        return parts.labels.add_prompt_set(new)
    wanted = proposed_policies(parts, demonstration) if policies is None else policies
    return parts.labels.add_prompt_set(extended(old, new, wanted, library.planner.name, made))


def models(parts: Parts, episode: Episode) -> tuple[str, ...]:
    """Who can try again, the run's own model first. Scripts, people and replayed runs learn nothing from prompts."""
    saved = settings.load(parts).model
    named = (episode.model or "", DEMOS, *([f"openai:{saved}"] if saved else []))
    return tuple(dict.fromkeys(name for name in named if name and name.partition(":")[0] not in UNTEACHABLE))


def again(
    parts: Parts, episode_id: str, prompt_set: str, report: Report, stop: Stop = never, model: str | None = None
) -> dict[str, Any]:
    """Run the same task and seed with a prompt set: `{"run", "episode", "model", "status", "before", "compare"}`.

    Without a `model` it is the run's own, or `demos` where that cannot be taught. Raises what `runs.plan` and
    `runs.execute` raise.
    """
    episode = _run(parts, episode_id)
    if not episode.task or episode.seed is None:
        raise StoreError(f"Episode {episode_id} does not say what was run, so that it cannot be run again.")
    model = model or models(parts, episode)[0]
    planned = runs.plan(
        parts,
        envs=[episode.task],
        seeds=str(episode.seed),
        model=model,
        prompt_set=prompt_set,
        workers=1,
        limits=run_rows.limits_of(parts, episode.run),
    )
    result = runs.execute(planned, report, stop)
    done = result["episodes"][0] if result["episodes"] else None
    row = parts.episodes.catalogue.get(done) if done else None
    return {
        "run": result["run"],
        "episode": done,
        "model": model,
        "status": row and row["status"],
        "before": episode.status,
        "compare": f"/compare?a={episode_id}&b={done}" if done else None,
    }


def said(told: dict[str, Any]) -> str:
    """For a person."""
    link, record = told["teaches"], told["record"]
    lines = [
        f"Demonstration {record['episode']['id']} ({record['episode']['status']}) teaches {link['policy']} at step "
        f"{link['seq'] + 1} of {link['episode']}; {link['done']} page actions were done again before."
    ]
    lines += [f"differed at step {one['seq'] + 1}: {len(one['lines'])} lines" for one in told["differences"]]
    lines += [f"{step['seq']:>3} {step['action']}" for step in record["steps"]]
    lines += [f"accepted: {', '.join(told['labels']) or 'no calls'}"] if told["labels"] is not None else []
    lines += [f"prompt set: {told['prompt_set']}"] if told["prompt_set"] else []
    run = told["again"]
    lines += [f"again: {run['before']} → {run['status']} by {run['model']} ({run['compare']})"] if run else []
    return "\n".join(lines)


def _link(parts: Parts, demonstration: str) -> taught.Link:
    found = taught.of(parts, demonstration)
    if found is None:
        raise StoreError(f"Demonstration {demonstration} teaches no run. Nothing was built. Build from it on Prompts.")
    return found


def _run(parts: Parts, episode_id: str) -> Episode:
    with parts.episode(episode_id) as reader:
        return reader.episode

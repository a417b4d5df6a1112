"""The replay check: a demonstration's steps on a fresh page of the same task and seed, and what became of each.

The findings are annotations of the steps, newest last; the steps themselves are never changed. Replaying is
browser/replaying.py.
"""

from __future__ import annotations

import itertools
import json
import os
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from browser.acting import WEB
from browser.guarding import guard
from browser.recorder.options import RecordingOptions
from browser.replaying import Replayed, replay
from browser.tabs import Tabs
from browser.urls import check_url
from flows.label.proposal_checks import recheck
from flows.record import taught
from flows.record.tasks import Task, is_task, open_task, settle_of
from store.errors import StoreError
from traces.formats.recorded import SECRET, Recorded, recorded, secret_variable
from traces.model import Annotation, Episode, Step
from wiring import Parts

AUTHOR = "stepscope"
STAND_IN = "withheld"
"""What is typed on practice tasks where the recorded value was withheld."""


def demonstration(parts: Parts, episode_id: str) -> tuple[Episode, tuple[Step, ...], Recorded]:
    """What is to be replayed. Raises NotFound, or StoreError for what is no finished demonstration."""
    with parts.episode(episode_id) as reader:
        if reader.episode.actor != "human" or not reader.sealed:
            raise StoreError(f"Episode {episode_id} is no finished demonstration. Nothing was replayed. Name one.")
        if taught.midway(parts, episode_id):
            raise StoreError(
                f"Demonstration {episode_id} begins in the middle of a run, where no fresh page can be opened. Nothing "
                "was replayed. Its run can be gone back to on Teach."
            )
        return reader.episode, reader.steps(), recorded(reader)


def check(
    parts: Parts,
    episode_id: str,
    environ: Mapping[str, str] = os.environ,
    told: Callable[[int, int, Replayed | None], None] = lambda done, total, one: None,
) -> dict[str, Any]:
    """Replay and store: `{"episode", "replayable", "steps": [{"uid", "seq", "action", "replayable", "by", ...}]}`.

    `told(done, of how many, the newest)` says how far it is. Raises StoreError for what is no finished demonstration,
    BrowserError where its page cannot be opened.
    """
    episode, steps, more = demonstration(parts, episode_id)
    told(0, len(steps), None)
    name = episode.task if episode.task and is_task(episode.task) else episode.start_url
    options = RecordingOptions(
        url=name, objective=episode.objective, own_ports=parts.own_ports, allow_private=parts.allow_private
    )
    task = open_task(name, episode.seed or 0, options.model_copy(update={"viewport": episode.viewport}))
    try:
        replaying = _replayed(parts, task, episode, more, steps, environ, _counting(len(steps), told))
        found = parts.session.run(replaying, 60 + 10 * len(steps))
    finally:
        task.close()
    for one in found:
        _annotate(parts, episode_id, one)
    recheck(parts, episode_id)
    return {
        "episode": episode_id,
        "replayable": sum(one.replayable for one in found),
        "steps": [_row(step, one) for step, one in zip(steps, found, strict=True)],
    }


def replays(parts: Parts, episode_id: str) -> dict[str, dict[str, Any]]:
    """What the newest check found of each step, by uid: `{"replayable", "by", "selector", "why", "at"}`."""
    found: dict[str, dict[str, Any]] = {}
    for one in parts.episodes.annotations.of(episode_id):
        if one.kind == "replay" and one.step is not None:
            found[one.step] = {**json.loads(one.text), "at": one.at}
    return found


def said(result: Mapping[str, Any]) -> str:
    """A check for a person: each step with the selector that found it, or what was in the way."""
    lines = [f"{result['replayable']} of {len(result['steps'])} steps of {result['episode']} can be replayed."]
    for step in result["steps"]:
        mark = "✓" if step["replayable"] else "✗"
        renamed = f"called ‘{step['renamed']}’ now" if step["renamed"] is not None else ""
        lines.append(f"{step['seq']:>3} {mark} {step['action']}  {step['by'] or ''}  {step['why'] or renamed}".rstrip())
    return "\n".join(lines)


def _counting(total: int, told: Callable[[int, int, Replayed | None], None]) -> Callable[[Replayed], None]:
    counter = itertools.count(1)
    return lambda one: told(next(counter), total, one)


async def _replayed(
    parts: Parts,
    task: Task,
    episode: Episode,
    told: Recorded,
    steps: Sequence[Step],
    environ: Mapping[str, str],
    done: Callable[[Replayed], None],
) -> tuple[Replayed, ...]:
    """On a context of its own, which is closed again."""
    options = task.options
    context = await parts.session.new_context(options.viewport)
    await guard(context, options.own_ports, options.allow_private, parts.session.asks_unseen)
    tabs = Tabs(context, lambda url: check_url(url, options.own_ports, options.allow_private), options.ignore)
    try:
        await tabs.open(options.url)
        if task.prepare is not None:
            await task.prepare(tabs.page)
        settle = settle_of(episode.task) if episode.task else WEB
        await tabs.observer.quiet(settle.still_ms, settle.limit_ms)
        drops = {turn.step.uid: turn.drop for turn in told.turns if turn.drop is not None}
        wheels = {turn.step.uid: turn.wheel for turn in told.turns if turn.wheel != (0.0, 0.0)}

        def value(text: str) -> str | None:
            match = SECRET.fullmatch(text)
            stand_in = STAND_IN if is_task(episode.task or "") else None
            return text if match is None else environ.get(secret_variable(match[1]), stand_in)

        return await replay(tabs, steps, settle=settle, drops=drops, wheels=wheels, value=value, done=done)
    finally:
        await tabs.shut()


def _annotate(parts: Parts, episode_id: str, one: Replayed) -> None:
    text = json.dumps(one.model_dump(exclude={"uid"}), ensure_ascii=False)
    parts.episodes.annotations.add(
        Annotation(
            id=uuid.uuid4().hex,
            episode=episode_id,
            kind="replay",
            author=AUTHOR,
            at=time.time(),
            text=text,
            value=float(one.replayable),
            step=one.uid,
        )
    )


def _row(step: Step, one: Replayed) -> dict[str, Any]:
    return {"seq": step.seq, "action": step.action, **one.model_dump()}

"""Recording a demonstration: from the Record screen, from a script, or by a scripted person. All through one gate."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from browser.errors import BrowserError
from browser.live.registry import LiveRegistry, UnknownRecording
from browser.recorder.options import CallForm, CallParameter, RecordingOptions
from browser.recorder.recording import Ended
from browser.script import Gesture, read_script
from browser.session import BrowserSession
from flows import settings
from flows.record import checking, marks, taught
from flows.record.people import Demonstrator
from flows.record.tasks import Task, is_task, open_task
from labeling.errors import LabelError
from policies.library import PolicySet
from server.scripted import RecordResult, record_script, record_with
from store.errors import StoreError
from traces.model import Episode
from wiring import Parts

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """What `cli.py record` is asked for; `url` is an address or the name of a task."""

    url: str
    objective: str = ""
    answer: str | None = None
    outcome: str = "done"
    secrets: tuple[str, ...] = ()
    headed: bool = False
    script: Path | None = None
    seed: int = 0
    author: str | None = None
    viewport: tuple[int, int] | None = None
    continues: str | None = None
    id: str | None = None


def record(parts: Parts, request: Request, progress: Callable[[str], None]) -> dict[str, Any]:
    """Play a script file and record it; what `--json` prints. Raises BrowserError or StoreError."""
    gestures = read_script(request.script) if request.script else ()
    if not request.headed:
        return checked(parts, record_gestures(parts, request, gestures, progress), progress)
    session = BrowserSession(headless=False)
    try:
        return checked(parts, record_gestures(parts, request, gestures, progress, session), progress)
    finally:
        session.close()


def checked(parts: Parts, result: RecordResult, progress: Callable[[str], None]) -> dict[str, Any]:
    """What was recorded; on a practice task the replay check follows, whose failing leaves the recording as it is."""
    episode = result.ended.episode
    if episode.task is not None and is_task(episode.task) and result.answer["steps"]:
        try:
            found = checking.check(parts, episode.id)
            progress(f"Replay check: {found['replayable']} of {len(found['steps'])} steps can be done again.")
        except (BrowserError, StoreError) as error:
            progress(f"The replay check could not be made: {error}")
    return result.answer


def record_gestures(
    parts: Parts,
    request: Request,
    gestures: Sequence[Gesture],
    progress: Callable[[str], None] = lambda _: None,
    session: BrowserSession | None = None,
) -> RecordResult:
    """Play gestures and record them, on the process's own browser unless another is given."""
    task = task_of(parts, request)
    try:
        result = record_script(
            task.options,
            gestures,
            parts.workspace.episodes_dir,
            session or parts.session,
            outcome=request.outcome,
            answer=request.answer,
            prepare=task.prepare,
            finish=task.judge(request.answer),
            progress=progress,
        )
    finally:
        task.close()
    parts.episodes.register(result.ended.episode, result.path)
    result.answer["marks"] = marks.keep(parts, result.ended.episode.id)
    return result


def record_person(parts: Parts, name: str, seed: int, person: Demonstrator) -> RecordResult:
    """Record somebody scripted doing a task, on the process's own browser, and add it to the catalogue."""
    task = task_of(parts, Request(name, seed=seed))

    async def prepare(page: Any) -> str:
        asked = await task.prepare(page) if task.prepare else None
        objective = asked or task.options.objective
        await person.begin(objective, page)
        return objective

    try:
        result = record_with(
            task.options,
            person,
            parts.workspace.episodes_dir,
            parts.session,
            prepare=prepare,
            finish=task.judge(None),
        )
    finally:
        task.close()
    parts.episodes.register(result.ended.episode, result.path)
    return result


class LiveTasks:
    """The recordings of the Record screen with the tasks they began from, until they are over, however that comes.

    `check` is told of each demonstration of a task with steps once it is in the catalogue, so that it can be replayed.
    """

    def __init__(self, parts: Parts, check: Callable[[str], object] = lambda episode: None) -> None:
        self._parts = parts
        self._check = check
        self._tasks: dict[str, Task] = {}

    def start(self, request: Request, owner: str) -> str:
        """Begin a recording; returns its id. Raises BrowserError or StoreError, and then nothing is left behind."""
        task = task_of(self._parts, request)
        return self.adopt(task, lambda live: live.open(task.options, owner, task.prepare, task.judge), owner)

    def adopt(self, task: Task, begin: Callable[[LiveRegistry], str], owner: str) -> str:
        """Take over a recording that `begin` begins on a page of the task; returns its id. Raises what that raises."""
        try:
            recording = begin(self._parts.live)
        except BaseException:
            task.close()
            raise
        self._tasks[recording] = task
        self._parts.session.submit(self._until_over(recording, owner))
        return recording

    def running(self, owner: str) -> tuple[str, ...]:
        """The ids of a person's running recordings; asks for no browser where there are none."""
        return self._parts.live.recordings(owner) if self._tasks else ()

    def stop(self, recording: str, outcome: str, answer: str | None, owner: str) -> Ended:
        """End and seal it; the task's own judge, where it has one, gives the status. Again: the same result."""
        ended = self._parts.live.stop(recording, outcome, answer, owner)
        self._over(recording, ended)
        return ended

    def discard(self, recording: str, owner: str) -> None:
        """End and delete it."""
        self._over(recording, self._parts.live.discard(recording, owner))

    def close(self) -> None:
        """Seal what is running and end the sites."""
        if self._tasks:
            self._parts.live.close()
        for recording in list(self._tasks):
            self._over(recording, None)

    async def _until_over(self, recording: str, owner: str) -> None:
        """A recording that ends by itself, its view gone for long, is put into the catalogue all the same."""
        with contextlib.suppress(UnknownRecording):
            ended = await self._parts.live.recording(recording, owner).ended
            await asyncio.to_thread(self._over, recording, ended)

    def _over(self, recording: str, ended: Ended | None) -> None:
        task = self._tasks.pop(recording, None)
        if task is not None:
            task.close()
        if ended is not None and ended.path is None:
            self._parts.episodes.forget(recording)
        elif ended is not None and ended.path is not None:
            self._parts.episodes.register(ended.episode, ended.path)
            if task is not None:
                self._keep_marks(recording)
                self._replay(ended.episode)

    def _replay(self, episode: Episode) -> None:
        """Have a task's demonstration checked; without its check it is a demonstration all the same."""
        if episode.n_steps and is_task(episode.task or "") and not taught.midway(self._parts, episode.id):
            try:
                self._check(episode.id)
            except (BrowserError, StoreError) as error:
                log.warning("the replay check of %s did not begin: %s", episode.id, error)

    def _keep_marks(self, recording: str) -> None:
        """What went wrong here is made good when the labels are asked for: the marks are in the recording's log."""
        try:
            marks.keep(self._parts, recording)
        except (LabelError, StoreError) as error:
            log.warning("the marks of recording %s are not kept as labels yet: %s", recording, error)


def said(result: dict[str, Any]) -> str:
    """A recording for a person: its steps, and what was not recorded or withheld."""
    lines = [f"Recorded {result['episode']['id']} with {len(result['steps'])} steps ({result['episode']['status']})."]
    lines += [f"{step['seq']:>3} {step['action']}" for step in result["steps"]]
    lines += [f"not recorded: {entry}" for entry in result["not_recorded"]]
    lines += [f"withheld: {count} × {name}" for name, count in result["withheld"].items()]
    lines += marks.said(result["marks"]) if result.get("marks") else []
    return "\n".join(lines)


def options_of(parts: Parts, request: Request) -> RecordingOptions:
    """What a recording is told before its task is opened."""
    return RecordingOptions(
        url=request.url,
        id=request.id,
        objective=request.objective,
        author=request.author,
        secrets=(*request.secrets, *settings.load(parts).redaction_selectors),
        own_ports=parts.own_ports,
        allow_private=parts.allow_private,
        viewport=request.viewport or RecordingOptions.model_fields["viewport"].default,
        policies=call_forms(parts.policies()),
        continues=request.continues,
    )


def call_forms(library: PolicySet) -> tuple[CallForm, ...]:
    """The policies of a set as the live view's picker shows them: all but the planner, whom nobody calls."""
    return tuple(
        CallForm(
            name=policy.name,
            description=policy.description,
            parameters=tuple(CallParameter.model_validate(one.model_dump()) for one in policy.parameters),
        )
        for policy in library
        if policy.name != library.planner.name
    )


def task_of(parts: Parts, request: Request) -> Task:
    """The task it begins from, readied; close it afterwards."""
    return open_task(request.url, request.seed, options_of(parts, request))

"""Recording a person in a browser window of their own, from the command line.

The window is the person's; it ends when they close it or the command is told to stop. Who says how it went is `Ask`.
"""

from __future__ import annotations

import concurrent.futures
import sys
from collections.abc import Callable
from typing import Any

from browser.chromium import check_display
from browser.errors import BrowserError
from browser.recorder.normalise import Reading
from browser.recorder.window.recording import WindowRecording, open_window
from browser.session import BrowserSession
from flows.progress import Stop
from flows.record.recording import Request, checked, task_of
from flows.record.tasks import Task
from server.scripted import result_of
from wiring import Parts

Ask = Callable[[Reading, bool], tuple[str, str | None]]
"""(what was recorded, whether the task has a judge of its own) → outcome (done, not-done, unsure) and answer.

Where nothing was done only the answer is asked for, read off the page as it was."""
OPEN_S = 90.0
END_S = 60.0
LOOK_S = 0.2
ALONE = "The answer, if the page as it is tells it; nothing discards the recording: "
OUTCOMES = ("done", "not-done", "unsure")


class NothingDone(BrowserError):
    """The window was closed before anybody did anything, and no answer was given."""


def record_window(
    parts: Parts, request: Request, progress: Callable[[str], None], stop: Stop, ask: Ask
) -> dict[str, Any]:
    """Open a window, record until it is closed or `stop` says so, seal; what `--json` prints.

    Raises NoDisplay, NothingDone, other BrowserErrors, or StoreError.
    """
    check_display()
    task = task_of(parts, request)
    session = BrowserSession(headless=False)
    try:
        recording = session.run(
            open_window(
                session,
                task.options,
                parts.workspace.episodes_dir,
                _teller(progress),
                task.prepare,
                task.judge(None),
            ),
            OPEN_S,
        )
        progress(f"Recording {recording.id}: {recording.options.objective}")
        progress("Work in the window. Close it, or press Ctrl+C here, to end.")
        _wait(session, recording, stop)
        result = _ended(session, recording, task, ask)
    finally:
        session.close()
        task.close()
    parts.episodes.register(result.ended.episode, result.path)
    return checked(parts, result, progress)


def asking(outcome: str | None, answer: str | None, progress: Callable[[str], None]) -> Ask:
    """What was given beforehand; a person at a terminal is asked for what was not."""

    def ask(reading: Reading, judged: bool) -> tuple[str, str | None]:
        progress(f"{len(reading.steps)} steps were recorded.")
        if not sys.stdin.isatty():
            return outcome or "done", answer
        empty = _nothing(reading)
        question = ALONE if empty else "The answer, if the task asks for one: "
        try:
            told = outcome or ("done" if judged or empty else _outcome(progress))
            return told, answer or _line(question, progress) or None
        except (EOFError, KeyboardInterrupt):
            return outcome or "unsure", answer

    return ask


def _outcome(progress: Callable[[str], None]) -> str:
    while True:
        said = _line(f"How did it go ({', '.join(OUTCOMES)})? [{OUTCOMES[0]}] ", progress) or OUTCOMES[0]
        if said in OUTCOMES:
            return said


def _line(question: str, progress: Callable[[str], None]) -> str:
    progress(question)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip()


def _wait(session: BrowserSession, recording: WindowRecording, stop: Stop) -> None:
    """Until the window is closed, or it is time to stop."""
    closed = session.submit(_until_left(recording))
    while not stop():
        try:
            closed.result(LOOK_S)
            return
        except concurrent.futures.TimeoutError:
            continue
    closed.cancel()


async def _until_left(recording: WindowRecording) -> None:
    await recording.left.wait()


def _ended(session: BrowserSession, recording: WindowRecording, task: Task, ask: Ask) -> Any:
    reading = session.run(recording.hush(), END_S)
    judged = task.judge(None) is not None
    outcome, answer = ask(reading, judged)
    if _nothing(reading) and not answer:
        session.run(recording.discard(), END_S)
        raise NothingDone("Nothing was done in the window. Nothing was kept. Run it again and work in its page.")
    return result_of(session.run(recording.stop(outcome, answer, task.judge(answer)), END_S))


def _nothing(reading: Reading) -> bool:
    return not reading.steps and not reading.not_recorded


def _teller(progress: Callable[[str], None]) -> Callable[[dict[str, Any]], None]:
    """Steps and troubles as lines; a step that still grows is said once, when it is sure."""
    said: set[str] = set()

    def tell(message: dict[str, Any]) -> None:
        if message["type"] in ("step", "step_update") and not message["provisional"] and message["uid"] not in said:
            said.add(message["uid"])
            progress(f"{message['seq'] + 1:>3} {message['action']}")
        elif message["type"] == "error":
            progress(" ".join(part for part in (message["what"], message["kept"], message["next"]) if part))

    return tell

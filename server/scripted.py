"""Recordings without a person at a screen: gestures played through the live view's own socket on a server of their own.

`record_script` plays a fixed script, `record_with` asks somebody for the next gesture after each. Both return what
`cli.py record --json` prints. The gestures themselves are browser/script.py, playing them is browser/player.py.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from browser.errors import BrowserError
from browser.live.registry import LiveRegistry
from browser.player import LostSocket, Player, Seen
from browser.recorder.options import RecordingOptions
from browser.recorder.recording import Ended, Finish, Prepare
from browser.script import Gesture
from browser.session import BrowserSession
from server.guard import Guard
from server.live import live_routes
from traces.model import Step
from traces.reader import EpisodeReader

Person = Callable[[Seen], Gesture | None]
START_S = 20.0


@dataclass(frozen=True)
class RecordResult:
    """A finished recording: the sealed file, and what `--json` prints."""

    path: Path
    ended: Ended
    answer: dict[str, Any]

    @property
    def partly(self) -> bool:
        """Whether something could not be recorded (exit code 3)."""
        return bool(self.answer["not_recorded"])


def record_script(
    options: RecordingOptions,
    script: Sequence[Gesture],
    folder: Path,
    session: BrowserSession,
    *,
    outcome: str = "done",
    answer: str | None = None,
    prepare: Prepare | None = None,
    finish: Finish | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> RecordResult:
    """Record a script of gestures into `<folder>/<id>.episode` and seal it.

    `outcome` is done, not-done or unsure. `prepare` gets the loaded page before recording begins (to reset an
    environment) and may return the objective; `finish` judges the page at the end: its word becomes the status, its
    reward the rule's. Raises BrowserError or StoreError; an interrupted recording is sealed with what it has.
    """
    gestures = iter(script)
    return record_with(
        options,
        lambda _: next(gestures, None),
        folder,
        session,
        outcome=outcome,
        answer=answer,
        prepare=prepare,
        finish=finish,
        progress=progress,
        look=False,
    )


def record_with(
    options: RecordingOptions,
    person: Person,
    folder: Path,
    session: BrowserSession,
    *,
    outcome: str = "done",
    answer: str | None = None,
    prepare: Prepare | None = None,
    finish: Finish | None = None,
    progress: Callable[[str], None] = lambda _: None,
    look: bool = True,
) -> RecordResult:
    """Like `record_script`, but `person` sees the page after each gesture and decides on the next; None ends it.

    Gestures may say where by `{"id": "12"}`, an element of the observation the person saw.
    """
    allowed = options.model_copy(update={"allow_paths": True})
    begin = partial(LiveRegistry.open, options=allowed, prepare=prepare)
    return _recorded(begin, person, folder, session, outcome, answer, finish, progress, look)


def record_opened(
    begin: Callable[[LiveRegistry], str],
    script: Sequence[Gesture],
    folder: Path,
    session: BrowserSession,
    *,
    outcome: str = "done",
    answer: str | None = None,
    finish: Finish | None = None,
) -> RecordResult:
    """Like `record_script`, in the recording that `begin` begins in the registry it is given."""
    gestures = iter(script)
    return _recorded(
        begin, lambda _: next(gestures, None), folder, session, outcome, answer, finish, lambda _: None, False
    )


def _recorded(
    begin: Callable[[LiveRegistry], str],
    person: Person,
    folder: Path,
    session: BrowserSession,
    outcome: str,
    answer: str | None,
    finish: Finish | None,
    progress: Callable[[str], None],
    look: bool,
) -> RecordResult:
    registry = LiveRegistry(session, folder)
    with served(registry) as address:
        recording = begin(registry)
        try:
            with Player(address(recording), progress) as player:
                _play(player, person, look)
        except LostSocket:
            if registry.known(recording):
                registry.stop(recording)
            raise
        except BaseException:
            registry.discard(recording)
            raise
        ended = registry.stop(recording, outcome, answer, finish=finish)
    return result_of(ended)


@contextlib.contextmanager
def served(registry: LiveRegistry) -> Iterator[Callable[[str], str]]:
    """A server of the live view alone on 127.0.0.1 and a free port; gives the address of a recording's socket."""
    guard = Guard()
    app = Starlette(routes=live_routes(registry, guard))
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off", ws="websockets-sansio")
    server = _Quiet(config)
    thread = threading.Thread(target=server.run, name="live-view", daemon=True)
    thread.start()
    if not server.up.wait(START_S):
        raise BrowserError("The live view's server did not start. Nothing was recorded.")
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield lambda recording: f"ws://127.0.0.1:{port}/stepscope/live/{recording}?t={guard.issue(recording)}"
    finally:
        server.should_exit = True
        thread.join(START_S)


class _Quiet(uvicorn.Server):
    """A server in a thread: no signal handlers, and it says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


def _play(player: Player, person: Person, look: bool) -> None:
    nothing = Seen("", "", "")
    while (gesture := person(player.look() if look else nothing)) is not None:
        player.do(gesture)
    player.leave()


def result_of(ended: Ended) -> RecordResult:
    """What `--json` prints of a sealed recording. Raises BrowserError if it was discarded."""
    if ended.path is None:
        raise BrowserError("The recording was discarded.")
    with EpisodeReader(ended.path) as reader:
        steps = [_told(reader, step) for step in reader.steps()]
        episode = reader.episode
    answer = {
        "episode": {"id": episode.id, "status": episode.status, "n_steps": episode.n_steps},
        "steps": steps,
        "not_recorded": list(episode.not_recorded),
        "withheld": dict(episode.withheld),
    }
    return RecordResult(ended.path, ended, answer)


def _told(reader: EpisodeReader, step: Step) -> dict[str, Any]:
    target, proof = step.target, step.proof
    return {
        "uid": step.uid,
        "seq": step.seq,
        "action": step.action,
        "target": {"id": target.id, "role": target.role, "name": target.name} if target else None,
        "observation_before": _text(reader, step.observation_before),
        "observation_after": _text(reader, step.observation_after),
        "late": bool(proof and proof.late),
        "exact": bool(proof and proof.exact),
        "stale": bool(proof and proof.stale),
    }


def _text(reader: EpisodeReader, key: str | None) -> str | None:
    return None if key is None else reader.observation(key).text

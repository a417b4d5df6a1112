"""Reading an episode file: its header and skeleton at once, everything else when asked for.

Safe to use from several threads. Whatever the file says is checked: it may come from anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from store.claims import is_claimed
from store.episode_file import EpisodeFile
from store.errors import NotAnEpisode, NotFound
from store.pictures import Patch
from traces.model import Derivation, Episode, Frame, LlmCall, Observation, Step
from traces.skeleton import VERSION, build_skeleton, build_tail, with_addresses
from traces.wire import observation_from, skeleton_from, skeleton_text

T = TypeVar("T", bound=BaseModel)
TEXT_NAME = re.compile("[0-9a-f]{16,128}")
MOST_NAMED = 500
"""Observations that are asked for by name; of more, all are asked for."""


class EpisodeReader:
    """One episode file, read only. Raises NotFound, NotAnEpisode or NewerSchema when it cannot be opened.

    `reasons` are those given for steps afterwards, by uid; a step that was recorded with one keeps it.
    """

    def __init__(self, path: Path, reasons: Callable[[], Mapping[str, str]] = dict) -> None:
        self.path = path
        self._reasons = reasons
        self._file = EpisodeFile.open(path)
        try:
            self.episode = self._header()
        except BaseException:
            self._file.close()
            raise

    def refresh(self) -> Episode:
        """The header as it stands now (a running episode changes)."""
        self.episode = self._header()
        return self.episode

    @property
    def sealed(self) -> bool:
        """Whether the episode was ended in order."""
        return self._file.get_meta("skeleton") is not None

    @property
    def interrupted(self) -> bool:
        """Whether it was never ended and nobody writes it any more: its process died, or gave up."""
        return not self.sealed and not is_claimed(self.path)

    def derivations(self) -> tuple[Derivation, ...]:
        """The readings of the raw events there are; a run has none."""
        return tuple(self._valid(Derivation, body) for body in self._file.rows("derivation"))

    def steps(self, derivation: int | None = None) -> tuple[Step, ...]:
        """All steps in order, of the newest derivation unless one is named."""
        given = self._reasons()
        found = (self._valid(Step, body) for body in self._file.steps(derivation or self._newest()))
        return tuple(_reasoned(step, given) for step in found)

    def each_step(self) -> Iterator[tuple[Step, LlmCall | None]]:
        """As `steps`, each with its model call, but read a few at a time: memory does not grow with the episode."""
        given = self._reasons()
        for bodies in self._file.steps_in_turn(self._newest()):
            steps = [_reasoned(self._valid(Step, body), given) for body in bodies]
            rows = self._file.calls_of({step.call for step in steps if step.call is not None})
            calls = {call.number: call for call in (self._valid(LlmCall, row) for row in rows)}
            yield from ((step, None if step.call is None else calls.get(step.call)) for step in steps)

    def step(self, uid: str, derivation: int | None = None) -> Step:
        """One step. Raises NotFound."""
        return _reasoned(self._valid(Step, self._file.step(derivation or self._newest(), uid)), self._reasons())

    def frames(self) -> tuple[Frame, ...]:
        """The call tree a run wrote; a demonstration has none of its own."""
        return tuple(self._valid(Frame, body) for body in self._file.rows("frame"))

    def calls(self) -> tuple[LlmCall, ...]:
        """All model calls in order."""
        return tuple(self._valid(LlmCall, body) for body in self._file.rows("call"))

    def call(self, number: int) -> LlmCall:
        """One model call. Raises NotFound."""
        return self._valid(LlmCall, self._file.row("call", number))

    def reply(self, call: LlmCall) -> str | None:
        """What the model wrote: calls name it by hash. One that names no text of this episode is the text itself."""
        if call.reply is None or not TEXT_NAME.fullmatch(call.reply):
            return call.reply
        try:
            return self._file.text(call.reply)
        except NotFound:
            return call.reply

    def observation(self, key: str) -> Observation:
        """A stored observation. Raises NotFound."""
        row = self._file.observation(key)
        try:
            kept = row["boxes"]
            boxes = self._file.text(kept) if isinstance(kept, str) else None
            return observation_from(row, self._file.text(row["text"]), boxes)
        except (KeyError, TypeError, ValueError) as error:
            raise NotAnEpisode(f"{self.path} is damaged: an observation is not readable ({error})") from error

    def page_text(self, key: str) -> str:
        """The text of a stored observation, for itself. Raises NotFound."""
        named = self._file.observation(key).get("text")
        if not isinstance(named, str):
            raise NotAnEpisode(f"{self.path} is damaged: an observation names no text")
        return self._file.text(named)

    def html(self, key: str) -> str | None:
        """The page's HTML kept with an observation, or None."""
        html_hash = self._file.observation(key).get("html")
        return None if html_hash is None else self._file.text(str(html_hash))

    def text(self, key: str) -> str:
        """A stored text. Raises NotFound."""
        return self._file.text(key)

    def picture(self, key: str) -> tuple[str, bytes]:
        """(mime type, bytes) of a stored picture. Raises NotFound."""
        return "image/webp", self._file.picture(key)

    def patch(self, key: str) -> Patch | None:
        """A stored picture as what differs from another; None where it is kept whole. Raises NotFound."""
        return self._file.patch(key)

    def thumb(self, key: str) -> bytes | None:
        """A picture's thumbnail (WebP), or None."""
        return self._file.thumb(key)

    def raw(self) -> list[tuple[int, float, str, dict[str, Any]]]:
        """The raw events (number, milliseconds, kind, body) a recording was made from."""
        return self._file.raw()

    @property
    def verdict(self) -> str | None:
        """Why the evaluator gave its reward, in its words; older runs hold it beside the header."""
        if self.episode.verdict or self.episode.actor != "agent":
            return self.episode.verdict
        noted = [body for _, _, _, body in self._file.raw("outcome")]
        detail = noted[-1].get("detail") if noted and isinstance(noted[-1], dict) else None
        return detail if isinstance(detail, str) and detail else None

    def tail(self, since: int) -> dict[str, Any]:
        """What a viewer of a running episode lacks: the steps from `since` on (docs/formats/skeleton.md, Tail).

        Costs what is new, however long the episode is.
        """
        steps = tuple(self._valid(Step, body) for body in self._file.steps(self._newest(), since))
        numbers = [step.call for step in steps if step.call is not None]
        calls = self._file.calls(min(numbers), max(numbers)) if numbers else []
        frames = [(place, self._valid(Frame, body)) for place, body in self._file.open_since(since)]
        body = build_tail(self.refresh(), steps, frames, [self._valid(LlmCall, body) for body in calls])
        seen = {step.observation_before for step in steps if step.observation_before is not None}
        return with_addresses(body, self._file.addresses(*(seen if len(seen) < MOST_NAMED else ())))

    @property
    def written(self) -> float:
        """When something was last written, in seconds since 1970."""
        return self._file.written()

    def skeleton(self) -> dict[str, Any]:
        """What a viewer needs to draw the stack: stored on sealing, computed for an episode still running."""
        stored = self._file.get_meta("skeleton")
        if stored is None:
            return build_skeleton(self.refresh(), self.steps(), self.frames(), self.calls(), self.addresses())
        try:
            found = skeleton_from(stored)
            return found if "urls" in found else with_addresses(found, self.addresses())
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NotAnEpisode(f"{self.path} is damaged: its skeleton is not readable ({error})") from error

    def sealed_skeleton(self) -> str | None:
        """The skeleton of an ended episode as the JSON it is stored as; None while it runs, or where its form is old.

        What the file says is not looked at: it goes to a viewer, which reads it as data.
        """
        stored = self._file.get_meta("skeleton")
        text = None if stored is None else skeleton_text(stored)
        return text if text is not None and text.startswith(f'{{"version":{VERSION},') and text.endswith("}") else None

    def addresses(self) -> dict[str, str]:
        """The address of every observation's page, by the observation's hash."""
        return self._file.addresses()

    def dump(self) -> dict[str, Any]:
        """Every stored fact and text decoded: blobs unpacked, deltas applied; pictures by hash only."""
        hashes = self._file.observation_hashes()
        return {
            "episode": self.episode.model_dump(mode="json"),
            "derivations": [d.model_dump(mode="json") for d in self.derivations()],
            "steps": [step.model_dump(mode="json") for step in self.steps()],
            "frames": [frame.model_dump(mode="json") for frame in self.frames()],
            "calls": [call.model_dump(mode="json") for call in self.calls()],
            "raw": [{"number": n, "at": at, "kind": kind, **body} for n, at, kind, body in self.raw()],
            "observations": {key: self.observation(key).model_dump(mode="json") for key in hashes},
            "texts": {key: self.text(key) for key, kind in self._file.blob_keys() if kind != "picture"},
            "pictures": [key for key, kind in self._file.blob_keys() if kind == "picture"],
        }

    def check(self) -> None:
        """Read everything once and keep nothing of it, for a file from elsewhere. Raises NotAnEpisode."""
        for table, kind in (("derivation", Derivation), ("step", Step), ("frame", Frame), ("call", LlmCall)):
            for body in self._file.each(table):
                self._valid(kind, body)
        for _ in self._file.each("raw"):
            pass
        for _ in self._file.each("observation"):
            pass
        for key in self._file.observation_hashes():
            self.observation(key)
        for key, what in self._file.blob_keys():
            if what != "picture":
                self.text(key)

    def file(self) -> bytes:
        """The sealed file as it is."""
        return self.path.read_bytes()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> EpisodeReader:
        """Nothing more than the reader itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Let go of the file."""
        self.close()

    def _header(self) -> Episode:
        body = self._file.get_meta("episode")
        if body is None:
            raise NotAnEpisode(f"{self.path} has no header: it was cut off before its first commit.")
        try:
            return self._valid(Episode, json.loads(body))
        except ValueError as error:
            raise NotAnEpisode(f"{self.path} is damaged: its header is not readable ({error})") from error

    def _newest(self) -> int:
        return max((one.number for one in self.derivations()), default=1)

    def _valid(self, kind: type[T], body: dict[str, Any]) -> T:
        try:
            return kind.model_validate(body)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise NotAnEpisode(f"{self.path} is damaged: {kind.__name__}.{place}: {first['msg']}") from error


def _reasoned(step: Step, given: Mapping[str, str]) -> Step:
    """The step with the reason that was given for it afterwards, if it was recorded without one."""
    said = None if step.reason else given.get(step.uid)
    return step.model_copy(update={"reason": said}) if said else step

"""An episode's file read without what is private in it; exports are made of it just as of the whole one.

Pictures, pages' HTML and raw events are left out; texts go through flows.transfer.redacting.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from flows.transfer.redacting import Redaction, given, noted
from store.blobs import content_hash
from store.errors import NotFound
from store.pictures import Patch
from traces.errors import EpisodeError
from traces.model import Derivation, Episode, Frame, LlmCall, Observation, Step
from traces.reader import EpisodeReader
from traces.skeleton import build_skeleton
from traces.writer import EpisodeWriter

TAG = "redacted"
_PAGES = ("observation_before", "observation_after")
"""The sides of a step's record that name a page."""


class RedactedReader(EpisodeReader):
    """Like EpisodeReader; `removed` counts what is missing, by what it was. Pages get names of their own."""

    def __init__(self, path: Path, reasons: Callable[[], Mapping[str, str]] = dict) -> None:
        super().__init__(path, reasons)
        try:
            whole, steps = self.episode, super().steps()
            self._redaction = Redaction(given(whole, steps, super().frames()), noted(steps))
            self.episode = self._header_of(whole)
        except BaseException:
            self.close()
            raise

    @cached_property
    def removed(self) -> dict[str, int]:
        """What is missing, each thing counted once."""
        self._redaction.removed.clear()
        steps, pictures = super().steps(), self._pictures
        self.refresh()
        for step in steps:
            self._step(step)
        for frame in super().frames():
            self.frame(frame)
        for call in super().calls():
            self._call(call)
        for key in self._pages.values():
            self._page(super().observation(key))
        for key in dict.fromkeys(part.hash for call in super().calls() for part in call.parts):
            self._redaction.text(super().text(key))
        found = {**self._redaction.removed, "pictures": len(pictures), "raw events": len(super().raw())}
        self._redaction.removed.clear()
        return {what: number for what, number in found.items() if number}

    def refresh(self) -> Episode:
        """The header as it stands now."""
        self.episode = self._header_of(super().refresh())
        return self.episode

    def steps(self, derivation: int | None = None) -> tuple[Step, ...]:
        """All steps."""
        return tuple(self._step(step) for step in super().steps(derivation))

    def step(self, uid: str, derivation: int | None = None) -> Step:
        """One step. Raises NotFound."""
        return self._step(super().step(uid, derivation))

    def each_step(self) -> Iterator[tuple[Step, LlmCall | None]]:
        """Every step with its model call, a few read at a time."""
        for step, call in super().each_step():
            yield self._step(step), None if call is None else self._call(call)

    def frames(self) -> tuple[Frame, ...]:
        """The call tree a run wrote."""
        return tuple(self.frame(frame) for frame in super().frames())

    def frame(self, frame: Frame) -> Frame:
        """A call of the episode, of its labels say, without what is private."""
        return self._redaction.model(frame, returned=self._redaction.answer(frame.returned))

    def json(self, value: Any) -> Any:
        """What is said of the episode elsewhere, without what is private."""
        return self._redaction.json(value)

    def calls(self) -> tuple[LlmCall, ...]:
        """All model calls."""
        return tuple(self._call(call) for call in super().calls())

    def call(self, number: int) -> LlmCall:
        """One model call. Raises NotFound."""
        return self._call(super().call(number))

    def reply(self, call: LlmCall) -> str | None:
        """What the model wrote: calls of this reader hold it."""
        return call.reply

    def observation(self, key: str) -> Observation:
        """A page by its name here. Raises NotFound."""
        if key not in self._pages:
            raise NotFound(f"This episode has no observation {key!r}.")
        return self._page(super().observation(self._pages[key]))

    def page_text(self, key: str) -> str:
        """The text of a page by its name here. Raises NotFound."""
        return self.observation(key).text

    def html(self, key: str) -> str | None:
        """Never kept."""
        return None

    def text(self, key: str) -> str:
        """A text of a prompt. Raises NotFound."""
        return self._redaction.text(super().text(key))

    def picture(self, key: str) -> tuple[str, bytes]:
        """Never kept. Raises NotFound."""
        raise NotFound("Pictures are left out of what is redacted.")

    def thumb(self, key: str) -> bytes | None:
        """Never kept."""
        return None

    def raw(self) -> list[tuple[int, float, str, dict[str, Any]]]:
        """None: raw events hold every key."""
        return []

    @property
    def verdict(self) -> str | None:
        """What the header holds of it, redacted as the header is."""
        return self.episode.verdict

    def skeleton(self) -> dict[str, Any]:
        """Computed anew from what is left."""
        return build_skeleton(self.episode, self.steps(), self.frames(), self.calls(), self.addresses())

    def sealed_skeleton(self) -> str | None:
        """None: the stored one is of the whole episode."""
        return None

    def addresses(self) -> dict[str, str]:
        """The address of every page, by its name here."""
        return {name: self.observation(name).url for name in self._pages}

    def tail(self, since: int) -> dict[str, Any]:
        """Nothing that still runs is redacted. Raises EpisodeError."""
        raise EpisodeError("An episode can be redacted when it has ended. Nothing was written.")

    def patch(self, key: str) -> Patch | None:
        """Never kept. Raises NotFound."""
        raise NotFound("Pictures are left out of what is redacted.")

    def dump(self) -> dict[str, Any]:
        """Every fact and text that is left."""
        calls = self.calls()
        return {
            "episode": self.episode.model_dump(mode="json"),
            "steps": [step.model_dump(mode="json") for step in self.steps()],
            "frames": [frame.model_dump(mode="json") for frame in self.frames()],
            "calls": [call.model_dump(mode="json") for call in calls],
            "observations": {key: self.observation(key).model_dump(mode="json") for key in self._pages},
            "texts": {part.hash: self.text(part.hash) for call in calls for part in call.parts},
            "removed": self.removed,
        }

    def file(self) -> bytes:
        """An episode file of what is left; its id ends in `-redacted`, so that it can stand beside the whole one."""
        header = self.episode.model_copy(update={"id": f"{self.episode.id[:54]}-redacted", "status": "running"})
        with (
            tempfile.TemporaryDirectory(prefix="redacted-") as folder,
            EpisodeWriter.create(Path(folder), header) as writer,
        ):
            self._write(writer)
            return writer.seal(ended=self.episode.ended, status=self.episode.status).read_bytes()

    def _write(self, writer: EpisodeWriter) -> None:
        names = {key: writer.put_observation(self.observation(key)) for key in self._pages}
        for call in self.calls():
            parts = [part.model_copy(update={"hash": writer.put_text(self.text(part.hash))}) for part in call.parts]
            reply = None if call.reply is None else writer.put_text(call.reply)
            writer.put_call(call.model_copy(update={"parts": tuple(parts), "reply": reply}))
        writer.put_derivation(Derivation(number=1, normaliser=TAG))
        for step in self.steps():
            writer.append(step.model_copy(update={side: names.get(getattr(step, side) or "") for side in _PAGES}))
        writer.put_frames(self.frames())

    @cached_property
    def _pages(self) -> dict[str, str]:
        """The names pages have here: the hash of a page says what stands on it to whoever guesses."""
        keys = dict.fromkeys(
            key for step in super().steps() for key in (step.observation_before, step.observation_after) if key
        )
        return {content_hash(f"{self.episode.id} {place}".encode()): key for place, key in enumerate(keys)}

    @cached_property
    def _named(self) -> dict[str, str]:
        return {key: name for name, key in self._pages.items()}

    @cached_property
    def _pictures(self) -> set[str]:
        return {key for step in super().steps() for key in (step.picture_before, step.picture_after) if key}

    def _header_of(self, episode: Episode) -> Episode:
        answer = self._redaction.answer(episode.answer)
        tags = tuple(map(self._redaction.text, episode.tags))
        return self._redaction.model(episode, author=None, answer=answer, tags=(*tags, TAG))

    def _step(self, step: Step) -> Step:
        pages = {side: self._named.get(getattr(step, side) or "") for side in _PAGES}
        if step.kind == "invalid":
            action = self._redaction.unread(step.action)
        else:
            action = self._redaction.action(step.action, answer=step.kind == "pop")
        return self._redaction.model(
            step, **pages, action=action, picture_before=None, picture_after=None, raw=(), proof=step.proof
        )

    def _call(self, call: LlmCall) -> LlmCall:
        """A call that holds its reply itself."""
        written = super().reply(call)
        reply = None if written is None else self._redaction.text(written)
        return self._redaction.model(call, parts=call.parts, reply=reply)

    def _page(self, page: Observation) -> Observation:
        title, url = self._redaction.text(page.title), self._redaction.url(page.url)
        return page.model_copy(update={"text": self._redaction.page(page.text), "title": title, "url": url})

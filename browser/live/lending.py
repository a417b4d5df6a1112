"""A page of a run handed to a person: shown in the live view until they give it back, and what they did on it.

What is done is recorded as any demonstration is, so that it comes back as the steps the recorder makes of it, each with
the page it was done on. Where the view is drawn, and whose run it is, is left to others.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from browser.errors import BrowserError
from browser.live.registry import LiveRegistry
from browser.recorder.options import RecordingOptions
from browser.recorder.recording import Ended
from browser.stage import Stage
from browser.tabs import Tabs
from store.errors import NotFound
from traces.environment import View
from traces.model import Step
from traces.reader import EpisodeReader

LOOK_S = 0.3
"""How often it is looked whether the run is to be stopped."""


class NotLent(BrowserError):
    """A page that cannot be handed to a person."""


@dataclass(frozen=True)
class Asked:
    """What a person is asked to do now: the recording their view shows, the policy they play, and what it is to do."""

    recording: str
    policy: str
    objective: str


@dataclass(frozen=True)
class Done:
    """What a person did: steps with the page each was done on, and how they gave the page back.

    `outcome` is done, not-done or unsure; `stopped`: the run was stopped meanwhile.
    """

    steps: tuple[tuple[Step, View | None], ...]
    outcome: str
    answer: str | None
    stopped: bool = False


class Lending:
    """Hands pages to a person, one at a time; `asked` is what waits for them now. Safe to read from any thread."""

    def __init__(self, live: LiveRegistry) -> None:
        self._live = live
        self.asked: Asked | None = None
        self._given_back: dict[str, tuple[str, str | None]] = {}

    def lend(
        self, tabs: Tabs, options: RecordingOptions, policy: str, stopped: Callable[[], bool] = lambda: False
    ) -> Done:
        """Wait until the person gives the page back. Raises BrowserError or StoreError."""
        with tempfile.TemporaryDirectory(prefix="stepscope-hand-") as folder:
            recording = self._live.lend(tabs, options, Path(folder))
            self.asked = Asked(recording, policy, options.objective)
            try:
                ended = self._until_back(recording, stopped)
            finally:
                self.asked = None
            by_view = ("not-done" if ended.episode.status == "failed" else "done", ended.episode.answer)
            outcome, answer = self._given_back.pop(recording, by_view)
            return Done(_pages(ended), outcome, answer, stopped())

    def give_back(self, recording: str, outcome: str, answer: str | None) -> None:
        """The person is done; giving back what was given back already does nothing."""
        if self.asked is not None and self.asked.recording == recording:
            self._given_back[recording] = (outcome, answer)
            self._live.stop(recording, outcome, answer)

    def _until_back(self, recording: str, stopped: Callable[[], bool]) -> Ended:
        while True:
            try:
                return self._live.ended(recording, LOOK_S)
            except TimeoutError:
                if stopped():
                    return self._live.stop(recording, "unsure")


def stage_of(environment: object) -> Stage:
    """Where an environment of ours acts. Raises NotLent for one whose page is in another process."""
    stage = getattr(environment, "_stage", None)  # every environment here has one, and no other business shows it
    if not isinstance(stage, Stage):
        raise NotLent("This environment's page is not in the app's own browser, so nobody can take it over by hand.")
    return stage


def _pages(ended: Ended) -> tuple[tuple[Step, View | None], ...]:
    if ended.path is None:
        return ()
    with EpisodeReader(ended.path) as reader:
        return tuple((step, _page(reader, step)) for step in reader.steps())


def _page(reader: EpisodeReader, step: Step) -> View | None:
    """The page a step was done on; its picture is a WebP, as stored."""
    if step.observation_before is None:
        return None
    try:
        picture = reader.picture(step.picture_before)[1] if step.picture_before else None
    except NotFound:
        picture = None
    return View(reader.observation(step.observation_before), picture)

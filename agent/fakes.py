"""The agent's seams without a browser or a disk: a scripted page, a replayed episode, a log in memory.

Models have their fake in `agent.models.scripted`. They are for tests, demonstrations and trying policies out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from agent.errors import ReplayError
from traces.actions import Action
from traces.environment import Effect, EnvironmentStart, Outcome, View
from traces.model import Episode, Frame, LlmCall, Observation, Step

Page = Callable[[Action, str], "str | Effect"]
"""What an action does to the page's text: the new text, or a whole effect."""


class ScriptedEnvironment:
    """A page in memory: `page(action, text)` gives the next text; `judge(text, answer)` is the evaluator."""

    def __init__(
        self,
        text: str,
        page: Page = lambda action, text: text,
        objective: str = "do it",
        judge: Callable[[str, str | None], bool] = lambda text, answer: True,
        name: str = "scripted",
    ) -> None:
        self.name, self._objective, self._first = name, objective, text
        self._page, self._judge = page, judge
        self.text = text
        self.acted: list[str] = []
        self.closed = False

    def reset(self, seed: int) -> EnvironmentStart:
        """The first text again, whatever the seed."""
        self.text = self._first
        self.acted.clear()
        return EnvironmentStart(self._objective, self.observe())

    def observe(self) -> View:
        """The text as a view."""
        return View(_observation(self.text))

    def act(self, action: Action) -> Effect:
        """Let the page answer."""
        self.acted.append(str(action))
        result = self._page(action, self.text)
        if isinstance(result, Effect):
            self.text = result.view.observation.text
            return result
        changed = ("text",) if result != self.text else ()
        self.text = result
        return Effect(self.observe(), changed=changed)

    def outcome(self, answer: str | None) -> Outcome:
        """Ask the judge."""
        good = self._judge(self.text, answer)
        return Outcome(good, float(good), "judged by the script")

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


class ReplayEnvironment:
    """Plays a recorded episode back: each page action must be the one that was recorded, and shows what it led to."""

    def __init__(self, episode: Episode, steps: Sequence[Step], observation: Callable[[str], Observation]) -> None:
        self.name = f"replay:{episode.id}"
        self._episode, self._observation = episode, observation
        self._steps = [step for step in steps if step.kind == "act"]
        self._position = 0

    def reset(self, seed: int) -> EnvironmentStart:
        """To the beginning of the recording, whatever the seed. Raises ReplayError when it has no page action."""
        if not self._steps:
            raise ReplayError(f"episode {self._episode.id} has no page action to replay")
        self._position = 0
        return EnvironmentStart(self._episode.objective, self.observe(), self._episode.viewport)

    def observe(self) -> View:
        """The recorded observation at this point."""
        if self._position < len(self._steps):
            return self._view(self._steps[self._position].observation_before)
        return self._view(self._steps[-1].observation_after)

    def act(self, action: Action) -> Effect:
        """The recorded effect, or an error that names the action that was recorded here."""
        if self._position >= len(self._steps):
            return Effect(self.observe(), error="the recording ends here")
        step = self._steps[self._position]
        if step.action != str(action):
            return Effect(self.observe(), error=f"here the recording does {step.action}")
        self._position += 1
        return Effect(self._view(step.observation_after), step.error, step.changed, step.target)

    def outcome(self, answer: str | None) -> Outcome:
        """Success when everything recorded was done."""
        done = self._position == len(self._steps)
        return Outcome(done, self._position / len(self._steps), f"{self._position} of {len(self._steps)} actions")

    def close(self) -> None:
        """Nothing to let go of."""

    def _view(self, key: str | None) -> View:
        if key is None:
            raise ReplayError(f"episode {self._episode.id} keeps no observation at action {self._position + 1}")
        return View(self._observation(key))


class MemoryLog:
    """An episode log in memory; what was put is in `texts`, `observations`, `pictures` by hash."""

    def __init__(self, episode: Episode | None = None) -> None:
        self.episode = episode or Episode(id="e1", actor="agent", objective="")
        self.texts: dict[str, str] = {}
        self.observations: dict[str, Observation] = {}
        self.pictures: dict[str, bytes] = {}
        self.steps: list[Step] = []
        self.calls: list[LlmCall] = []
        self.frames: tuple[Frame, ...] = ()
        self.events: list[tuple[str, dict[str, Any]]] = []

    def put_observation(self, observation: Observation, html: str | None = None) -> str:
        """Keep an observation."""
        return _put(self.observations, observation, observation.model_dump_json().encode())

    def put_picture(self, data: bytes) -> str:
        """Keep a picture."""
        return _put(self.pictures, data, data)

    def put_text(self, text: str) -> str:
        """Keep a text."""
        return _put(self.texts, text, text.encode("utf-8", "surrogatepass"))

    def append(self, step: Step) -> None:
        """Keep a step."""
        self.steps.append(step)

    def put_frames(self, frames: Sequence[Frame]) -> None:
        """Keep the call tree."""
        self.frames = tuple(frames)

    def put_call(self, call: LlmCall) -> None:
        """Keep a model call."""
        self.calls.append(call)

    def raw(self, kind: str, at: float, body: dict[str, Any]) -> int:
        """Keep an event."""
        self.events.append((kind, body))
        return len(self.events)

    def flush(self) -> None:
        """Nothing waits."""

    def update(self, **changes: Any) -> Episode:
        """Change the header."""
        self.episode = self.episode.model_copy(update=changes)
        return self.episode


def _observation(text: str) -> Observation:
    return Observation(url="http://page.test/", title="page", text=text)


def _put(where: dict[str, Any], value: object, data: bytes) -> str:
    key = hashlib.sha256(data).hexdigest()
    where[key] = value
    return key

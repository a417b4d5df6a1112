"""What came of a played case: the stored episode, the raw log, and the page's own log beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from browser.recorder.events import RawEvent
from browser.recorder.recording import Ended
from tests.browser_recorder.cases.site import CaseSite, Heard
from traces.actions import TARGETED, Action, parse_action
from traces.model import Episode, Observation, Step
from traces.observation_text import Node, parse_observation
from traces.reader import EpisodeReader


@dataclass(frozen=True)
class Story:
    """A finished case. `began` is when the recording's clock began, in Unix milliseconds."""

    ended: Ended
    raw: tuple[RawEvent, ...]
    heard: tuple[Heard, ...]
    began: float
    site: CaseSite
    path: Path

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps as they were stored."""
        return self._read(lambda reader: reader.steps())

    @property
    def episode(self) -> Episode:
        """The sealed episode's header."""
        return self.ended.episode

    @property
    def lost(self) -> tuple[str, ...]:
        """The entries of what was not recorded."""
        return tuple(entry.what for entry in self.ended.reading.not_recorded)

    @property
    def effects(self) -> tuple[Heard, ...]:
        """What the page said happened to it."""
        return tuple(entry for entry in self.heard if entry.kind in ("effect", "note"))

    def before(self, step: Step) -> str:
        """The observation's text before a step, '' if it has none."""
        return self._text(step.observation_before)

    def after(self, step: Step) -> str:
        """The observation's text after a step, '' if it has none."""
        return self._text(step.observation_after)

    def url_after(self, step: Step) -> str:
        """The page's address after a step, '' if it was not seen."""
        key = step.observation_after
        return "" if key is None else self._read(lambda reader: reader.observation(key).url)

    def html(self, step: Step) -> str:
        """The page's HTML after a step, '' if none was kept."""
        key = step.observation_after
        return (self._read(lambda reader: reader.html(key)) if key else None) or ""

    def observation(self, key: str) -> Observation:
        """A stored observation with its boxes."""
        return self._read(lambda reader: reader.observation(key))

    def picture(self, key: str | None) -> bytes:
        """A stored picture's bytes."""
        assert key is not None
        return self._read(lambda reader: reader.picture(key)[1])

    def told(self, step: Step) -> str:
        """The action with `role 'name'` in place of ids and `{site}` of the address, as cases write it."""
        action, nodes = parse_action(step.action), {node.id: node for node in parse_observation(self.before(step))}
        ids = {"drag": (0, 1), "scroll": (1,)}.get(action.name, (0,) if action.name in TARGETED else ())
        args = [
            f"[{_named(arg, nodes)}]" if at in ids else str(Action("", (arg,))).strip()
            for at, arg in enumerate(action.args)
        ]
        return " ".join([action.name, *args]).replace(self.site.url(), "{site}")

    def _text(self, key: str | None) -> str:
        return "" if key is None else self._read(lambda reader: reader.observation(key).text)

    def _read(self, what):
        with EpisodeReader(self.path) as reader:
            return what(reader)


def _named(element: str, nodes: dict[str, Node]) -> str:
    node = nodes.get(element)
    return f"{node.role} '{node.name}'" if node else f"no element {element}"

"""Small episodes for tests, made of plain text: observations in the observation format, actions in the grammar."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from traces.actions import parse_action
from traces.model import Episode, Observation, Step, Target
from traces.observation_text import parse_observation


def make_observation(text: str, url: str = "http://site.test/", title: str = "Page") -> Observation:
    """An observation of the given text, its common indentation removed (two spaces per level remain)."""
    lines = [line for line in text.split("\n") if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    plain = "\n".join(line[margin:].rstrip() for line in lines)
    parse_observation(plain)
    return Observation(url=url, title=title, text=plain)


def make_step(action: str, seq: int = 0, **fields) -> Step:
    """One `act` step; its target is taken from `before` (an Observation) when that is given."""
    before = fields.pop("before", None)
    if before is not None and "target" not in fields:
        fields["target"] = target_in(before, action)
    return Step(**{"uid": f"u{seq}", "seq": seq, "kind": "act", "action": action, **fields})


def target_in(before: Observation, action: str) -> Target | None:
    """The element the action names, as the observation shows it."""
    element = parse_action(action).element
    for node in parse_observation(before.text):
        if node.id == element:
            return Target(id=node.id, role=node.role, name=node.name)
    return None


def make_episode(objective: str = "Do it", **fields) -> Episode:
    """A finished, successful demonstration."""
    return Episode(**{"id": "e1", "actor": "human", "objective": objective, "status": "success", **fields})


@dataclass
class Recording:
    """A demonstration being written down: pages and the actions between them.

    `Recording("...").page(TEXT).do("click [3]").page(TEXT2)` is one step from the first page to the second.
    """

    objective: str = "Do it"
    episode_id: str = "e1"
    answer: str | None = None
    fields: dict = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    observations: dict[str, Observation] = field(default_factory=dict)
    _now: str | None = None

    def page(self, text: str, url: str = "http://site.test/", title: str = "Page") -> Recording:
        """What is seen now: after the last action and before the next."""
        observation = make_observation(text, url, title)
        key = hashlib.sha256(observation.model_dump_json().encode()).hexdigest()[:16]
        self.observations[key] = observation
        self._now = key
        if self.steps and self.steps[-1].observation_after is None:
            self._finish(key)
        return self

    def do(self, action: str, reason: str | None = None, **fields) -> Recording:
        """One action on the page seen now."""
        if self.steps and self.steps[-1].observation_after is None:
            self._finish(self._now)
        before = self.observations[self._now] if self._now else None
        fields.setdefault("uid", f"{self.episode_id}-{len(self.steps)}")
        step = make_step(action, len(self.steps), before=before, observation_before=self._now, reason=reason, **fields)
        self.steps.append(step)
        return self

    @property
    def episode(self) -> Episode:
        """The episode's header."""
        header = {"id": self.episode_id, "answer": self.answer, "n_steps": len(self.steps), **self.fields}
        return make_episode(self.objective, **header)

    @property
    def uids(self) -> Sequence[str]:
        """The steps' uids in order."""
        return [step.uid for step in self.steps]

    def observation(self, key: str) -> Observation:
        """A stored observation by its hash."""
        return self.observations[key]

    def _finish(self, key: str | None) -> None:
        last = self.steps[-1]
        before = self.observations[last.observation_before] if last.observation_before else None
        after = self.observations[key] if key else None
        changed = () if before is None or after is None else _changed(before, after)
        told = tuple(dict.fromkeys((*changed, *last.changed)))
        self.steps[-1] = last.model_copy(update={"observation_after": key, "changed": told})


def _changed(before: Observation, after: Observation) -> tuple[str, ...]:
    return tuple(name for name in ("url", "title", "text") if getattr(before, name) != getattr(after, name))

"""An episode read from a foreign log, before it is written: header, steps, pages, pictures, and what was wrong with it.

Readers add to a `Draft` and never write a file. Keys of pages and pictures are the draft's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from store.blobs import content_hash
from store.pictures import unreadable
from traces.actions import parse_action
from traces.errors import ActionError, ObservationError
from traces.frames import build_frames, close_frames
from traces.model import Episode, Frame, FrameEnd, Observation, Step, StepKind, Target
from traces.observation_text import Node, parse_observation

MOST_STEPS = 200_000
TAG = "imported:"
"""How the tag begins that says from which format an episode was imported."""


@dataclass(frozen=True)
class Warned:
    """Something of the source that was read otherwise or not at all.

    `position` is where in it: the number of the row, step or entry, counted from 0, or the name of a part.
    """

    position: int | str
    message: str


class Part(NamedTuple):
    """A piece of a prompt: what kind it is, who says it, and its text."""

    kind: str
    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True)
class Asked:
    """What a model was asked and replied; `fields` as in `LlmCall`, with what the source has."""

    reply: str | None
    prompt: tuple[Part, ...]
    fields: Mapping[str, Any]


@dataclass
class Draft:
    """An episode in the making. `raw` are the source's own entries, kept whole beside the steps."""

    format: str
    objective: str = ""
    header: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    observations: dict[str, Observation] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    raw: list[Mapping[str, Any]] = field(default_factory=list)
    calls: list[Asked] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    end: FrameEnd = "ended"
    key: str = ""
    """A hash of the content: equal keys are the same episode. The registry sets it where a reader does not."""

    def warn(self, position: int | str, message: str) -> None:
        """Say what was wrong, and where."""
        self.warnings.append(Warned(position, message))

    def breaks_off(self, message: str) -> None:
        """Say that the source ends in its middle: what had not succeeded until there may have, later."""
        self.warn("end", message)
        if self.header.get("status") == "failed" and self.header.get("end_reason") is None:
            self.header["status"] = "unsure"

    def page(self, url: str, text: str, title: str = "") -> str:
        """Keep a page; returns its key."""
        return self.observed(Observation(url=url, title=title, text=text))

    def observed(self, observation: Observation) -> str:
        """Keep an observation; returns its key."""
        key = content_hash(observation.model_dump_json().encode())
        self.observations[key] = observation
        return key

    def picture(self, data: bytes, position: int | str = "picture") -> str | None:
        """Keep a picture (PNG, JPEG or WebP); returns its key, or None after saying why it cannot be kept."""
        key = content_hash(data)
        if key not in self.pictures:
            why = unreadable(data)
            if why is not None:
                self.warn(position, f"A picture was left out: {why}.")
                return None
            self.pictures[key] = data
        return key

    def call(self, reply: str | None, prompt: Sequence[Part] = (), **fields: Any) -> int:
        """Add what a model was asked and said; returns the number to give to its step as `call`.

        `fields` are those of `LlmCall` that the source has.
        """
        self.calls.append(Asked(reply, tuple(prompt), fields))
        return len(self.calls)

    def step(self, kind: StepKind, action: str, **fields: Any) -> Step:
        """Add a step; its `seq` and uid follow from its place."""
        seq = len(self.steps)
        step = Step(uid=f"i{seq}", seq=seq, kind=kind, action=action, **fields)
        self.steps.append(step)
        return step

    def linked(self) -> tuple[Step, ...]:
        """The steps: where not said, the page after one is that before the next, and its target the page's element."""
        found = []
        nodes = lru_cache(16)(lambda key: _nodes(self.observations[key]))
        for step, following in zip(self.steps, [*self.steps[1:], None], strict=True):
            found.append(_aimed(_followed(step, following, self.observations), self.observations, nodes))
        return tuple(found)

    def frames(self) -> tuple[Frame, ...]:
        """The call tree; those still open at the end are marked with how it ended. Raises FrameError."""
        return close_frames(build_frames(self.steps, self.objective, self.header.get("root", "planner")), self.end)

    def episode(self, id: str) -> Episode:
        """The header. Fields that the source does not have are None."""
        known = {name: value for name, value in self.header.items() if name != "root"}
        frames = self.frames()
        return Episode(
            **{
                "id": id,
                "actor": "agent",
                "objective": self.objective,
                "status": "unsure",
                "start_url": next((one.url for one in self.observations.values()), ""),
                "n_steps": len(self.steps),
                "n_frames": len(frames),
                "n_calls": len(self.calls),
                "tokens_in": sum(one.fields.get("tokens_in", 0) for one in self.calls),
                "tokens_out": sum(one.fields.get("tokens_out", 0) for one in self.calls),
                "max_depth": max(frame.depth for frame in frames),
                "tags": (f"{TAG}{self.format}",),
                **known,
            }
        )


def _followed(step: Step, following: Step | None, pages: Mapping[str, Observation]) -> Step:
    after = step.observation_after or (following.observation_before if following else step.observation_before)
    picture = step.picture_after or (following.picture_before if following else step.picture_before)
    changed = step.changed or (_changed(step, after, pages) if step.kind == "act" else ())
    if step.kind == "act" and picture and step.picture_before and picture != step.picture_before:
        changed = tuple(dict.fromkeys((*changed, "picture")))
    return step.model_copy(update={"observation_after": after, "picture_after": picture, "changed": changed})


def _changed(step: Step, after: str | None, pages: Mapping[str, Observation]) -> tuple[str, ...]:
    if step.observation_before is None or after is None:
        return ()
    one, other = pages[step.observation_before], pages[after]
    return tuple(name for name in ("url", "title", "text") if getattr(one, name) != getattr(other, name))


def _aimed(step: Step, pages: Mapping[str, Observation], nodes: Callable[[str], Mapping[str, Node]]) -> Step:
    """The step with the element it is about, as the page before shows it, or the point."""
    if step.target is not None or step.kind != "act":
        return step
    try:
        action = parse_action(step.action)
    except ActionError:
        return step
    if action.name == "click_at" and len(action.args) == 2:
        return step.model_copy(update={"target": _at(*action.args)})
    element = action.element or ""
    if step.observation_before is None:
        return step
    node = nodes(step.observation_before).get(element)
    if node is None:
        return step
    box = pages[step.observation_before].boxes.get(node.id)
    return step.model_copy(update={"target": Target(id=node.id, role=node.role, name=node.name, box=box)})


def _at(x: str, y: str) -> Target | None:
    try:
        point = (float(x), float(y))
    except ValueError:
        return None
    return Target(id=None, role="", name="", point=point) if all(abs(one) < 1e6 for one in point) else None


def _nodes(page: Observation) -> Mapping[str, Node]:
    try:
        return {node.id: node for node in parse_observation(page.text)}
    except ObservationError:
        return {}

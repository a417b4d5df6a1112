"""What the loop leaves behind: every decision and effect, written the moment it happened.

`Record` turns them into steps, model calls and frames; where they go is an `EpisodeLog` (`traces.writer.EpisodeWriter`,
or `agent.fakes.MemoryLog`). It knows nothing of stacks beyond the frame id it is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from agent.model import Part, Reply
from llm_client.tokens import estimate_tokens
from policies.model import Policy
from traces.environment import Effect, EnvironmentStart, View
from traces.frames import build_frames, close_frames
from traces.model import Episode, Frame, FrameEnd, LlmCall, Observation, PromptPart, Step, StepKind


class EpisodeLog(Protocol):
    """The part of `traces.writer.EpisodeWriter` the loop needs. Hashes name what was put."""

    def put_observation(self, observation: Observation, html: str | None = None) -> str:
        """Store an observation; the same content has the same hash."""

    def put_picture(self, data: bytes) -> str:
        """Store a picture."""

    def put_text(self, text: str) -> str:
        """Store a text."""

    def append(self, step: Step) -> None:
        """Write a step."""

    def put_frames(self, frames: Sequence[Frame]) -> None:
        """Write the call tree as it is now."""

    def put_call(self, call: LlmCall) -> None:
        """Write a model call."""

    def raw(self, kind: str, at: float, body: dict[str, Any]) -> int:
        """Write an event beside the steps; returns its number."""

    def update(self, **changes: Any) -> Episode:
        """Change fields of the episode's header."""

    def flush(self) -> None:
        """Wait until everything is written."""


@dataclass(frozen=True)
class Seen:
    """A view that is stored: what the loop goes on with, and the hashes steps refer to."""

    observation: Observation
    hash: str
    picture: str | None


@dataclass(frozen=True)
class Decided:
    """A reply that is stored: its number among the model calls, when it was begun (ms since the episode began), and
    the uid of the step that comes of it.
    """

    number: int
    frame: str
    started: float
    uid: str


class Record:
    """Writes one running episode. Times are milliseconds since it was made."""

    def __init__(self, log: EpisodeLog, root: Policy, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock = clock
        self._began = clock()
        self._root = root
        self._objective = ""
        self._versions: dict[str, str] = {root.name: str(root.version)}
        self.steps: list[Step] = []
        self.calls: list[LlmCall] = []

    @property
    def now(self) -> float:
        """Milliseconds since the episode began."""
        return (self._clock() - self._began) * 1000

    def begin(self, start: EnvironmentStart) -> None:
        """The task is known."""
        self._objective = start.objective
        url = start.view.observation.url
        self._log.update(objective=start.objective, start_url=url, viewport=start.viewport, tags=start.terms)
        self._put_frames()

    def see(self, view: View) -> Seen:
        """Store what the page shows."""
        picture = self._log.put_picture(view.picture) if view.picture is not None else None
        return Seen(view.observation, self._log.put_observation(view.observation), picture)

    def decided(self, frame: str, policy: Policy, reply: Reply, started: float) -> Decided:
        """Store a model call: prompt parts and reply by hash, and before it those that could not be read.

        What is played from a list belongs to the call that brought the list, the frame's latest.
        """
        if reply.played:
            number = max(call.number for call in self.calls if call.frame == frame)
            return Decided(number, frame, started, f"c{number}.{len(self.steps)}")
        for earlier in reply.before:
            self._called(frame, policy, earlier, started)
            started = self.now
        number = self._called(frame, policy, reply, started)
        return Decided(number, frame, started, f"c{number}")

    def _called(self, frame: str, policy: Policy, reply: Reply, started: float) -> int:
        number, ended = len(self.calls), self.now  # what is stored below is not the model's time
        call = LlmCall(
            number=number,
            frame=frame,
            purpose=policy.name,
            model=reply.model,
            parts=tuple(self._part(part) for part in reply.parts),
            reply=self._log.put_text(reply.text if reply.written is None else reply.written),
            tokens_in=reply.tokens_in,
            tokens_out=reply.tokens_out,
            cost=reply.cost,
            started=started,
            ended=ended,
            retries=reply.retries,
            finish_reason=reply.finish_reason,
            score=reply.score,
            error=reply.problem,
            form=reply.form,
            notes=reply.notes,
        )
        self.calls.append(call)
        self._log.put_call(call)
        return number

    def unanswered(self, frame: str, policy: Policy, model: str, error: str, started: float) -> None:
        """Store a model call that brought no reply."""
        call = LlmCall(
            number=len(self.calls),
            frame=frame,
            purpose=policy.name,
            model=model,
            parts=(),
            reply=None,
            tokens_in=0,
            tokens_out=0,
            started=started,
            ended=self.now,
            error=error,
        )
        self.calls.append(call)
        self._log.put_call(call)

    def pushed(self, decided: Decided, call: str, reason: str, seen: Seen, policy: Policy) -> None:
        """The caller called a policy."""
        self._versions[policy.name] = str(policy.version)
        self._write(decided, "push", call, reason, seen, seen)
        self._put_frames()

    def popped(self, decided: Decided, action: str, reason: str, seen: Seen) -> None:
        """A policy returned."""
        self._write(decided, "pop", action, reason, seen, seen)
        self._put_frames()

    def acted(self, decided: Decided, action: str, reason: str, before: Seen, after: Seen, effect: Effect) -> None:
        """A page action was carried out, or failed."""
        self._write(decided, "act", action, reason, before, after, effect)

    def refused(self, decided: Decided, text: str, reason: str, why: str, seen: Seen) -> None:
        """A reply was not carried out."""
        self._write(decided, "invalid", text, reason, seen, seen, Effect(View(seen.observation), error=why))

    def note(self, kind: str, body: dict[str, Any]) -> None:
        """Write something that is not a step: the evaluator's word, a failure around the episode."""
        self._log.raw(kind, self.now, body)

    def settle(self) -> None:
        """Wait until everything so far is written: what is done next may end this process."""
        self._log.flush()

    def close(self, end: FrameEnd) -> None:
        """Mark every open frame as ended by `end`."""
        self._log.put_frames(close_frames(self.frames(), end))

    def update(self, **changes: Any) -> Episode:
        """Change header fields, counts included."""
        return self._log.update(**self._counts(), **changes)

    def frames(self) -> tuple[Frame, ...]:
        """The call tree so far."""
        frames = build_frames(self.steps, self._objective, self._root.name)
        return tuple(f.model_copy(update={"version": self._versions.get(f.policy)}) for f in frames)

    def _write(
        self,
        decided: Decided,
        kind: StepKind,
        action: str,
        reason: str,
        before: Seen,
        after: Seen,
        effect: Effect | None = None,
    ) -> None:
        step = Step(
            uid=decided.uid,
            seq=len(self.steps),
            kind=kind,
            action=action,
            target=effect.target if effect else None,
            reason=reason or None,
            frame=decided.frame,
            call=decided.number,
            observation_before=before.hash,
            observation_after=after.hash,
            picture_before=before.picture,
            picture_after=after.picture,
            changed=(*effect.changed, *(("pointer",) if effect.pointer else ())) if effect else (),
            error=effect.error if effect else None,
            reward=effect.reward if effect else None,
            started=decided.started,
            ended=self.now,
        )
        self.steps.append(step)
        self._log.append(step)

    def _part(self, part: Part) -> PromptPart:
        tokens = estimate_tokens(part.text)
        text = self._log.put_text(part.text)
        return PromptPart(kind=part.kind, role=part.role, hash=text, tokens=tokens, source=part.source)

    def _put_frames(self) -> None:
        self._log.put_frames(self.frames())

    def _counts(self) -> dict[str, Any]:
        costs = [call.cost for call in self.calls]
        frames = self.frames()
        return {
            "n_steps": len(self.steps),
            "n_frames": len(frames),
            "max_depth": max(frame.depth for frame in frames),
            "n_calls": len(self.calls),
            "tokens_in": sum(call.tokens_in for call in self.calls),
            "tokens_out": sum(call.tokens_out for call in self.calls),
            "cost": None if not costs or None in costs else sum(cost for cost in costs if cost is not None),
        }

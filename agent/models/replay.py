"""The model `replay:<episode>`: says again what was decided in a recorded run, as long as the page is the recorded one.

Where the page, the policy or its objective is another, it stops and says what is different: what would follow was
decided for something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from urllib.parse import urlsplit

from agent.errors import ModelError
from agent.model import Decision, Reply, seen_parts
from agent.reply import format_reply
from traces.reader import EpisodeReader

GONE = "(no such line)"


@dataclass(frozen=True)
class Said:
    """One recorded decision: what was seen of it, and what was answered."""

    policy: str
    objective: str
    url: str
    page: str
    answer: str


def decisions(reader: EpisodeReader) -> tuple[Said, ...]:
    """The decisions of a run's episode, in order. Raises ModelError for a demonstration; StoreError."""
    frames = {frame.id: frame for frame in reader.frames()}
    made = []
    for step in reader.steps():
        frame = frames.get(step.frame or "")
        if frame is None or step.observation_before is None:
            continue
        seen = reader.observation(step.observation_before)
        answer = format_reply(step.reason or "", step.action)
        made.append(Said(frame.policy, frame.objective, seen.url, seen.text, answer))
    if not made:
        raise ModelError(
            f"Episode {reader.episode.id} holds no decisions of a run, so there is nothing to say again. Nothing was "
            "run. Name an episode of the agent; a demonstration is played back by its replay check."
        )
    return tuple(made)


class ReplayModel:
    """Plays recorded decisions, anew in every episode."""

    def __init__(self, name: str, said: Sequence[Said]) -> None:
        self.name, self._all = name, tuple(said)
        self._next = 0

    def decide(self, request: Decision) -> Reply:
        """The recorded answer. Raises ModelError at the recording's end, and where something is different."""
        if request.frame_depth == 1 and not request.previous:
            self._next = 0
        if self._next >= len(self._all):
            raise ModelError(f"The recording ends after {len(self._all)} decisions, and this episode goes on.")
        said, number = self._all[self._next], self._next + 1
        different = _different(said, request)
        if different:
            raise ModelError(f"Decision {number} of {len(self._all)} was made for something else: {different}")
        self._next = number
        return Reply(said.answer, seen_parts(request), cost=0.0, finish_reason="stop", model=self.name)


def _different(said: Said, request: Decision) -> str | None:
    """What is not as it was recorded; addresses count from the path on, for practice sites change their ports."""
    if said.policy != request.policy.name:
        return f"it was {said.policy}'s, and {request.policy.name} is asked."
    if said.objective != request.objective:
        return f"the objective was {said.objective!r}, and is {request.objective!r}."
    if _place(said.url) != _place(request.url):
        return f"the page was {said.url}, and is {request.url}."
    for number, (was, now) in enumerate(_lines(said.page, request.observation), 1):
        if was != now:
            return f"line {number} of the page was {was!r}, and is {now!r}."
    return None


def _lines(was: str, now: str) -> list[tuple[str, str]]:
    return list(zip_longest(was.split("\n"), now.split("\n"), fillvalue=GONE))


def _place(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return (parts.path, parts.query, parts.fragment)

"""The skeleton of an episode: frames and one packed column per fact of a step, all a viewer needs to draw the stack.

It never holds texts or pictures, only their names, so a 10,000-step episode opens by it alone
(docs/formats/skeleton.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from traces.model import Episode, Frame, LlmCall, Step
from traces.sentences import sentence, shortened

VERSION = 2
CHANGES = ("url", "title", "text", "picture", "tabs")
"""The bits of the `changed` column, lowest first."""
LONGEST_URL = 500


def build_skeleton(
    episode: Episode,
    steps: Sequence[Step],
    frames: Sequence[Frame],
    calls: Sequence[LlmCall],
    addresses: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """`{"version", "episode", "frames", "steps": {column: [...]}, "urls"}`; every column has one entry per step.
    A column of rewards is there only where a step was given one.

    `addresses` are the pages' by the hash of the observation.
    """
    by_call = {call.number: call for call in calls}
    skeleton = {
        "version": VERSION,
        "episode": episode.model_dump(mode="json"),
        "frames": [frame.model_dump(mode="json") for frame in frames],
        "steps": _columns(steps, innermost(steps, frames), by_call),
    }
    return with_addresses(skeleton, addresses)


def with_addresses(skeleton: dict[str, Any], addresses: Mapping[str, str]) -> dict[str, Any]:
    """The skeleton with its pages' addresses in `urls`, each once, and its position there as the column `url`."""
    numbers: dict[str, int] = {}
    column: list[int | None] = []
    for seen in skeleton["steps"]["observation"]:
        url = addresses.get(seen)
        column.append(None if url is None else numbers.setdefault(url[:LONGEST_URL], len(numbers)))
    return {**skeleton, "version": VERSION, "steps": {**skeleton["steps"], "url": column}, "urls": list(numbers)}


def build_tail(
    episode: Episode, steps: Sequence[Step], frames: Sequence[tuple[int, Frame]], calls: Sequence[LlmCall]
) -> dict[str, Any]:
    """`{"version", "episode", "frames": [[place, frame]], "steps": {column: [...]}}` of an episode's newest steps.

    `frames` are those that may differ from what was told before; tokens and cost count from the first of the steps.
    """
    place_of = {frame.id: place for place, frame in frames}
    frame_of = [place_of.get(step.frame or "", 0) for step in steps]
    return {
        "version": VERSION,
        "episode": episode.model_dump(mode="json"),
        "frames": [[place, frame.model_dump(mode="json")] for place, frame in frames],
        "steps": _columns(steps, frame_of, {call.number: call for call in calls}),
    }


def innermost(steps: Sequence[Step], frames: Sequence[Frame]) -> list[int]:
    """For each step the index of the deepest frame that spans it (0, the root, where none does)."""
    index = {frame.id: number for number, frame in enumerate(frames)}
    out = [index.get(step.frame or "", 0) for step in steps]
    if any(step.frame for step in steps):
        return out
    positions = {step.seq: place for place, step in enumerate(steps)}
    for number, frame in sorted(enumerate(frames), key=lambda item: item[1].depth):
        if frame.first_step is None or frame.last_step is None:
            continue
        spanned = range(positions.get(frame.first_step, 0), positions.get(frame.last_step, -1) + 1)
        out[spanned.start : spanned.start + len(spanned)] = [number] * len(spanned)
    return out


def _columns(steps: Sequence[Step], frame_of: list[int], calls: dict[int, LlmCall]) -> dict[str, list[Any]]:
    tokens, costs = _running(steps, calls)
    rewards = [step.reward for step in steps]
    return {
        "uid": [step.uid for step in steps],
        "seq": [step.seq for step in steps],
        "kind": [step.kind for step in steps],
        "frame": list(frame_of),
        "action": [_short(step.action) for step in steps],
        "sentence": [_short(sentence(step)) for step in steps],
        "changed": [sum(1 << CHANGES.index(c) for c in step.changed if c in CHANGES) for step in steps],
        "error": [int(step.error is not None or step.kind == "invalid") for step in steps],
        "started": [round(step.started, 1) for step in steps],
        "ended": [round(step.ended, 1) for step in steps],
        "tokens": tokens,
        "cost": costs,
        "call": [step.call for step in steps],
        "before": [step.picture_before for step in steps],
        "after": [step.picture_after for step in steps],
        "observation": [step.observation_before for step in steps],
        **({"reward": rewards} if any(rewards) else {}),
    }


def _running(steps: Sequence[Step], calls: dict[int, LlmCall]) -> tuple[list[int], list[float | None]]:
    """Tokens and cost spent up to and including each step; cost is None from the first unknown price on."""
    tokens: list[int] = []
    costs: list[float | None] = []
    spent, cost = 0, 0.0
    known = True
    for step in steps:
        call = calls.get(step.call) if step.call is not None else None
        if call is not None:
            spent += call.tokens_in + call.tokens_out
            known = known and call.cost is not None
            cost += call.cost or 0.0
        tokens.append(spent)
        costs.append(round(cost, 6) if known else None)
    return tokens, costs


def _short(text: str) -> str:
    return shortened(text, 200)

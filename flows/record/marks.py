"""What becomes of the marks of a sealed recording: labels to review, and mistakes nobody is to learn from."""

from __future__ import annotations

import time
from typing import Any

from flows.label import labels
from labeling.errors import NothingToLabel
from labeling.live import dropped
from server.proposing import flagged, marked
from traces.annotations import mistakes as said_since
from traces.model import Annotation
from wiring import Parts

NOT_SHOWN = ("mis_click", "detour")
"""Remarks whose steps are no examples; a correction belongs to what it corrects."""


def keep(parts: Parts, episode_id: str) -> dict[str, Any]:
    """Keep the marks of a sealed recording: `{"run", "calls", "left_out", "mistakes"}`; run None without marked calls.

    Doing it again adds nothing.
    """
    with parts.episode(episode_id) as reader:
        calls, wrong, author = marked(reader), flagged(reader), reader.episode.author
    told_of = {one.step for one in parts.episodes.annotations.of(episode_id) if one.kind == "mistake"}
    for uid in sorted(wrong - told_of):
        _annotate(parts, episode_id, uid, author or "me")
    told = {"left_out": [{"reason": one} for one in dropped(calls, parts.policies())], "mistakes": sorted(wrong)}
    try:
        run = labels.propose(parts, episode_id) if any(one.steps for one in calls) else None
    except NothingToLabel:
        run = None
    live = [s.call for s in run.tree.segments if s.rule == "live"] if run else []
    return {"run": run.id if run else None, "calls": live, **told}


def mistakes(parts: Parts, episode_id: str) -> frozenset[str]:
    """Uids of the steps that count as mistakes: as marked while recording, and as said since."""
    with parts.episode(episode_id) as reader:
        so_far = flagged(reader)
    return said_since(parts.episodes.annotations.of(episode_id), so_far)


def remarks(parts: Parts, episode_id: str) -> dict[str, str]:
    """Uids of the steps remarked as a mis-click or part of a detour, with which; not those said to be no mistake."""
    said_of = {one.step: one.value for one in parts.episodes.annotations.of(episode_id) if one.kind == "mistake"}
    found = {one.step: one.role.replace("_", "-") for one in parts.labels.remarks(episode_id) if one.role in NOT_SHOWN}
    return {step: role for step, role in found.items() if said_of.get(step, 1.0)}


def said(kept: dict[str, Any]) -> list[str]:
    """For a person, in lines: the calls that wait for review, and what was left out."""
    lines = [f"marked: {call}" for call in kept["calls"]]
    lines += [one["reason"] for one in kept["left_out"]]
    lines += [f"mistake: step {uid}" for uid in kept["mistakes"]]
    return lines


def _annotate(parts: Parts, episode_id: str, uid: str, author: str) -> None:
    parts.episodes.annotations.add(
        Annotation(
            id=f"{episode_id}:mistake:{uid}",
            episode=episode_id,
            kind="mistake",
            author=author,
            at=time.time(),
            value=1.0,
            step=uid,
        )
    )

"""Labelling demonstrations: rules and marks propose, a person accepts, and who still waits for review."""

from __future__ import annotations

from typing import Any

from labeling.errors import LabelError, NothingToLabel
from labeling.model import LabelRun
from labeling.review import ReviewState
from labeling.tracks import waiting
from server.people import track_of
from server.proposing import propose_all
from store.errors import StoreError
from traces.errors import TraceError
from traces.sentences import counted
from wiring import POLICY_SET, Parts

EVERY = 1_000_000
"""A limit that is none."""


def propose(parts: Parts, episode_id: str, policy_set: str = POLICY_SET) -> LabelRun:
    """Let the rules and the marks made while recording propose calls; the marks' run where there are any.

    Raises NothingToLabel.
    """
    with parts.episode(episode_id) as reader:
        return propose_all(parts.desk(policy_set), reader)[-1]


def proposed(parts: Parts, episode_id: str, policy_set: str = POLICY_SET) -> LabelRun:
    """The newest proposal of a demonstration, made now if there is none."""
    with parts.episode(episode_id) as reader:
        uids = tuple(step.uid for step in reader.steps())
    runs = [run for run in parts.labels.runs(episode_id) if run.policy_set == policy_set and run.tree.uids == uids]
    return runs[-1] if runs else propose(parts, episode_id, policy_set)


def accept(parts: Parts, episode_id: str, author: str, policy_set: str = POLICY_SET) -> ReviewState:
    """Accept every call that waits for a decision, as one gesture that can be undone; returns the labels after it."""
    desk = parts.desk(policy_set)
    state = desk.begin(proposed(parts, episode_id, policy_set), track_of(author), author)
    return desk.accept_all(state, author)


def to_review(parts: Parts) -> list[str]:
    """Ended demonstrations nobody has decided whole, newest first: what waits on the Label screen, too."""
    return waiting(parts.tracks.all(), parts.demonstrations(limit=EVERY))


def propose_and_accept(
    parts: Parts, episode_id: str | None, *, every: bool, policy_set: str, accept: bool, author: str
) -> dict[str, Any]:
    """What `cli.py label` does.

    `{"labelled": [{"episode", "run", "segments", "accepted"}], "left_out": [{"episode", "reason"}]}`.

    Raises NothingToLabel. With `every`, a demonstration that cannot be labelled does not keep the others from it.
    """
    by = author if accept else None
    if not every and episode_id:
        return {"labelled": [_labelled(parts, episode_id, policy_set, by)], "left_out": []}
    ids = to_review(parts) if every else []
    if not ids:
        raise NothingToLabel("There is no demonstration to label. Nothing was changed. Record one, or name an episode.")
    parts.desk(policy_set)
    labelled: list[dict[str, Any]] = []
    left_out: list[dict[str, str]] = []
    for one in ids:
        try:
            labelled.append(_labelled(parts, one, policy_set, by))
        except (LabelError, StoreError, TraceError) as error:
            left_out.append({"episode": one, "reason": str(error)})
    return {"labelled": labelled, "left_out": left_out}


def said(result: dict[str, Any]) -> str:
    """What was labelled, one line per demonstration, and what was left out."""
    lines = [
        f"{one['episode']}  {counted(len(one['segments']), 'call')}{' accepted' if one['accepted'] else ' proposed'}: "
        + ", ".join(one["segments"])
        for one in result["labelled"]
    ]
    return "\n".join([*lines, *(f"left out: {one['episode']}: {one['reason']}" for one in result["left_out"])])


def _labelled(parts: Parts, episode_id: str, policy_set: str, author: str | None) -> dict[str, Any]:
    run = propose(parts, episode_id, policy_set)
    tree = run.tree if author is None else accept(parts, episode_id, author, policy_set).tree
    calls = [segment.call for segment in tree.segments]
    return {"episode": episode_id, "run": run.id, "segments": calls, "accepted": author is not None}

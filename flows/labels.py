"""Labelling demonstrations: rules propose, a person accepts, and who still waits for review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from labeling.errors import NothingToLabel, UnknownLabel
from labeling.model import LabelRun
from labeling.rules.labeller import RulesLabeller
from store.errors import StoreError
from wiring import POLICY_SET, Parts


def propose(parts: Parts, episode_id: str, policy_set: str = POLICY_SET) -> LabelRun:
    """Let the rules propose the calls of a demonstration. Raises NothingToLabel."""
    with parts.episode(episode_id) as reader:
        derivation = max((d.number for d in reader.derivations()), default=1)
        desk = parts.desk(policy_set)
        return desk.propose(RulesLabeller(), reader.episode, reader.steps(), reader.observation, derivation)


def proposed(parts: Parts, episode_id: str, policy_set: str = POLICY_SET) -> LabelRun:
    """The newest proposal of a demonstration, made now if there is none."""
    runs = [run for run in parts.labels.runs(episode_id) if run.policy_set == policy_set]
    return runs[-1] if runs else propose(parts, episode_id, policy_set)


def accept(parts: Parts, episode_id: str, author: str, policy_set: str = POLICY_SET) -> None:
    """Accept every call that waits for a decision, as one gesture that can be undone."""
    desk = parts.desk(policy_set)
    state = desk.begin(proposed(parts, episode_id, policy_set), author, author)
    desk.accept_all(state, author)


def to_review(parts: Parts) -> list[str]:
    """Demonstrations nobody has decided whole, newest first."""
    rows = parts.episodes.catalogue.search(actor="human", limit=1000).rows
    return [row["id"] for row in rows if row["n_steps"] and not _decided(parts, row["id"])]


def propose_and_accept(
    parts: Parts, episode_id: str | None, *, every: bool, policy_set: str, accept: bool, author: str
) -> list[dict[str, Any]]:
    """What `cli.py label` does: `[{"episode", "run", "segments", "accepted"}]`. Raises NothingToLabel."""
    ids = to_review(parts) if every else [episode_id] if episode_id else []
    if not ids:
        raise NothingToLabel("There is no demonstration to label. Nothing was changed. Record one, or name an episode.")
    return [_labelled(parts, one, policy_set, author if accept else None) for one in ids]


def said(made: Sequence[dict[str, Any]]) -> str:
    """What was labelled, one line per demonstration."""
    return "\n".join(
        f"{one['episode']}  {len(one['segments'])} calls{' accepted' if one['accepted'] else ' proposed'}: "
        + ", ".join(one["segments"])
        for one in made
    )


def _labelled(parts: Parts, episode_id: str, policy_set: str, author: str | None) -> dict[str, Any]:
    run = propose(parts, episode_id, policy_set)
    if author is not None:
        accept(parts, episode_id, author, policy_set)
    calls = [segment.call for segment in run.tree.segments]
    return {"episode": episode_id, "run": run.id, "segments": calls, "accepted": author is not None}


def _decided(parts: Parts, episode_id: str) -> bool:
    try:
        return any(parts.desk().open(episode_id, track).decided for _, track in parts.workspace.tracks(episode_id))
    except (UnknownLabel, StoreError):
        return False

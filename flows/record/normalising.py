"""Reading a demonstration's raw log again with other settings: a new derivation, and its labels carried over."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from browser.recorder.events import read_event
from browser.recorder.normalise import VERSION, Reading, Rules, normalise
from labeling.carry import LABELLER, Carried, carry
from labeling.errors import LabelError
from labeling.label_sets import make_run
from labeling.model import LabelRun, LabelTree, Segment
from store.errors import StoreError
from traces.model import Derivation, Step
from traces.reader import EpisodeReader
from traces.rederive import add_derivation
from wiring import Parts

ACTOR = "stepscope"


@dataclass(frozen=True)
class _Source:
    """Labels to carry over: a person's track, or (`track` None) a label run."""

    track: str | None
    policy_set: str
    carried: Carried


def again(parts: Parts, episode_id: str, rules: Rules) -> dict[str, Any]:
    """What `cli.py normalise` does; with the settings of the newest derivation nothing is made.

    `{"episode", "changed", "derivation", "settings", "steps", "not_recorded", "added", "gone", "labels"}`. Raises
    StoreError for an episode without a raw log, or one that is not sealed.
    """
    with parts.episode(episode_id) as reader:
        newest, steps = _newest(reader), reader.steps()
        reading = _read(reader, rules)
        path = reader.path
    if newest is not None and (newest.normaliser, newest.settings) == (VERSION, rules.model_dump()):
        return _facts(episode_id, newest, steps, steps, reading, ())
    made = Derivation(
        number=1 + (newest.number if newest else 0),
        normaliser=VERSION,
        settings=rules.model_dump(),
        created=time.time(),
    )
    sources = _sources(parts, episode_id, reading.steps, made.number)
    not_recorded = [entry.what for entry in reading.not_recorded]
    episode = add_derivation(path, made, reading.steps, not_recorded)
    parts.episodes.register(episode, path)
    labels = [_store(parts, episode_id, source) for source in sources]
    parts.relabelled(episode_id)
    return {**_facts(episode_id, made, steps, reading.steps, reading, labels), "changed": True}


def said(result: Mapping[str, Any]) -> str:
    """The new derivation for a person, and what of the labels is to be looked at."""
    if not result["changed"]:
        return f"Derivation {result['derivation']} was made with these settings already. Nothing was changed."
    lines = [f"Derivation {result['derivation']} of {result['episode']} has {result['steps']} steps."]
    lines += [f"new: {step['action']}" for step in result["added"]]
    lines += [f"gone: {step['action']}" for step in result["gone"]]
    for labels in result["labels"]:
        lines.append(f"{labels['from']}: {labels['kept']} calls carried over as {labels['run']}")
        lines += [f"  to review: {one['call']} ({one['why']})" for one in labels["review"]]
    return "\n".join(lines)


def _newest(reader: EpisodeReader) -> Derivation | None:
    return max(reader.derivations(), key=lambda one: one.number, default=None)


def _read(reader: EpisodeReader, rules: Rules) -> Reading:
    raw = reader.raw()
    if not reader.sealed:
        raise StoreError(f"Episode {reader.episode.id} has not ended. Nothing was changed. Stop the recording first.")
    if reader.episode.actor != "human" or not raw:
        raise StoreError(
            f"Episode {reader.episode.id} has no raw log of a person, so it cannot be read again. Nothing was changed. "
            "Name a demonstration that was recorded here."
        )
    return normalise(reader.episode.id, (read_event(*row) for row in raw), rules)


def _sources(parts: Parts, episode_id: str, new: Sequence[Step], derivation: int) -> tuple[_Source, ...]:
    """Every track, and for policy sets nobody has reviewed with the newest label run, carried over."""
    found: dict[str, list[_Source]] = {}
    runs = {run.id: run for run in parts.labels.runs(episode_id)}
    with parts.episode(episode_id) as reader:
        for _, track in parts.labels.tracks(episode_id):
            run, tree = _track(parts, runs, episode_id, track)
            carried = carry(tree, reader.steps(tree.derivation), new, derivation)
            found.setdefault(run.policy_set, []).append(_Source(track, run.policy_set, carried))
        for run in {run.policy_set: run for run in runs.values()}.values():
            if run.policy_set not in found:
                carried = carry(parts.desk(run.policy_set).current(run), reader.steps(run.derivation), new, derivation)
                found[run.policy_set] = [_Source(None, run.policy_set, carried)]
    return tuple(source for sources in found.values() for source in sources)


def _track(parts: Parts, runs: Mapping[str, LabelRun], episode_id: str, track: str) -> tuple[LabelRun, LabelTree]:
    state = parts.desk().open(episode_id, track)
    run = runs.get(state.run or "")
    if run is None:
        raise LabelError(f"The labels of {track} for {episode_id} cannot be read. Nothing was changed.")
    return run, state.tree


def _store(parts: Parts, episode_id: str, source: _Source) -> dict[str, Any]:
    """Keep the carried label run, and let the track it came from go over to it."""
    tree = source.carried.tree
    made = make_run(tree, labeller=LABELLER, policy_set=source.policy_set, created=time.time())
    run = parts.labels.add_run(made)
    if source.track is not None:
        desk = parts.desk(source.policy_set)
        segments = [segment.model_dump(mode="json") for segment in tree.segments]
        over = {"run": run.id, "segments": segments, "derivation": tree.derivation, "uids": list(tree.uids)}
        desk.do(desk.open(episode_id, source.track), "adopt", over, ACTOR)
    review = [_to_review(one, "its steps are others now") for one in source.carried.changed]
    review += [_to_review(one, "its first or last step is not there any more") for one in source.carried.lost]
    named = f"track:{source.track}" if source.track else "run"
    return {"from": named, "run": run.id, "kept": len(tree.segments), "review": review}


def _to_review(segment: Segment, why: str) -> dict[str, Any]:
    return {"segment": segment.id, "call": segment.call, "why": why}


def _facts(
    episode_id: str,
    derivation: Derivation,
    old: Sequence[Step],
    new: Sequence[Step],
    reading: Reading,
    labels: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    before = {(step.uid, step.action) for step in old}
    now = {(step.uid, step.action) for step in new}
    return {
        "episode": episode_id,
        "changed": False,
        "derivation": derivation.number,
        "settings": dict(derivation.settings),
        "steps": len(new),
        "not_recorded": [entry.what for entry in reading.not_recorded],
        "added": [_step(step) for step in new if (step.uid, step.action) not in before],
        "gone": [_step(step) for step in old if (step.uid, step.action) not in now],
        "labels": list(labels),
    }


def _step(step: Step) -> dict[str, Any]:
    return {"uid": step.uid, "seq": step.seq, "action": step.action}

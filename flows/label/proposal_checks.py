"""Checking proposals again when more is known of a recording: after its steps were done again, say."""

from __future__ import annotations

from labeling.rules.scene import make_scene
from policies.errors import UnknownSet
from wiring import Parts


def recheck(parts: Parts, episode_id: str) -> int:
    """Check every proposal of the newest reading of an episode again; returns how many there are."""
    checked = 0
    with parts.episode(episode_id) as reader:
        steps = reader.steps()
        scene, uids = make_scene(reader.episode.objective, steps, reader.observation), tuple(one.uid for one in steps)
    for run in parts.labels.runs(episode_id):
        if run.tree.uids != uids:
            continue
        try:
            parts.desk(run.policy_set).check(run, scene)
        except UnknownSet:
            continue
        checked += 1
    return checked

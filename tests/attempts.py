"""Ended episodes as scorecards and stack analyses count them, made of a few words."""

from __future__ import annotations

from itertools import count

from analysis.frame_facts import Attempt, FrameFact

_IDS = count()


def make_attempt(*calls: tuple[int | None, str], success: bool = True, task: str | None = "t", **fields) -> Attempt:
    """An episode: the planner, then each call as (number of its caller, policy); every call spans two steps."""
    parents = [None, *(parent or 0 for parent, _ in calls)]
    names = ["planner", *(policy for _, policy in calls)]
    depths: list[int] = []
    for parent in parents:
        depths.append(1 if parent is None else depths[parent] + 1)
    last = 2 * len(names) - 1
    frames = tuple(
        FrameFact(
            number=number,
            parent=parents[number],
            depth=depths[number],
            policy=name,
            version="1",
            end="returned",
            empty=False,
            first=0 if number == 0 else 2 * number,
            last=last if number == 0 else 2 * number + 1,
            uid=f"u{number}",
            steps=2,
            acts=2,
            own_acts=2,
        )
        for number, name in enumerate(names)
    )
    given = {
        "id": f"e{next(_IDS)}",
        "actor": "agent",
        "status": "success" if success else "failed",
        "task": task,
        "seed": 0,
        "run": None,
        "model": "demos",
        "prompt_set": None,
        "policy_set": "web",
        "n_steps": last + 1,
        "began": None,
    }
    return Attempt(**{**given, **fields}, frames=frames)

"""How fast calls of 5,000 episodes are counted, and two sequences of 2,000 steps aligned.

The episodes are rows as a run leaves them, three calls each. `facts_cold_ms` reads them all as the first screen of a
process does, `facts_warm_ms` as every later one; `scorecard_ms` and `stacks_ms` is what a screen then computes. The
aligned sequences share half of their steps.
"""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import insert

from analysis.aligning import Key, align
from analysis.frame_facts import READ_AS, FrameFact
from bench.calibration import plain_loop
from bench.common import RESULTS, Progress, Result, main, percentile, quick, summary
from flows.understand import scorecard, stack_facts, stacks
from store.frame_facts import FRAMES, FrameFacts
from wiring import Parts

EPISODES = 5_000
STEPS = 2_000
TIMES = 9
POLICIES = ("fill_text", "choose_date", "search", "login", "navigate")


def run(progress: Progress) -> Result:
    """The facts of 5,000 episodes, what is computed of them, and alignments."""
    told: dict[str, list[float]] = progress.part("measured", lambda: _measured(RESULTS / "stacks-5k"))
    figures = {f"{name}_ms": round(percentile(values, 0.5), 1) for name, values in told.items()}
    return Result(figures, {"spread": {name: summary(values) for name, values in told.items()}, "notes": []})


def _measured(home: Path) -> dict[str, list[float]]:
    shutil.rmtree(home, ignore_errors=True)
    _fill(home)
    cold, times = [], quick(TIMES)
    for _ in range(times):
        parts = Parts(home)
        cold.append(_took(lambda here=parts: stack_facts.attempts(here)))
        parts.close()
    parts = Parts(home)
    found = stack_facts.attempts(parts)
    stacks.sentences(found)  # loads the library of ranks
    a, b = _sequences()
    asked: dict[str, Callable[[], Any]] = {
        "facts_warm": lambda: stack_facts.attempts(parts),
        "scorecard": lambda: scorecard.scorecard(found),
        "stacks": lambda: (stacks.sentences(found), stacks.over_time(found, "outcome"), stacks.tasks(found)),
        "align_2000": lambda: align(a, b),
    }
    told = {name: [_took(ask) for _ in range(times)] for name, ask in asked.items()}
    parts.close()
    return {"facts_cold": cold, **told, "calibration": [plain_loop()]}


def _fill(home: Path) -> None:
    parts, draw = Parts(home), random.Random(20261121)
    parts.episodes.catalogue.put_all([(_row(draw, number), "") for number in range(EPISODES)])
    kept = [{"episode": f"run-{number:06}", "read_as": READ_AS, "at": 1.0} for number in range(EPISODES)]
    rows = [{**of, **asdict(frame)} for of in kept for frame in _frames(draw)]
    FrameFacts(parts.workspace)
    with parts.workspace.engine.begin() as db:
        db.execute(insert(FRAMES), rows)
    parts.close()


def _row(draw: random.Random, number: int) -> dict[str, Any]:
    failed = draw.random() < 0.3
    return {
        "id": f"run-{number:06}",
        "file": f"episodes/run-{number:06}.episode",
        "actor": "agent",
        "status": "failed" if failed else "success",
        "task": f"miniwob:task-{draw.randrange(60)}",
        "seed": number,
        "run": f"run-{number // 500}",
        "model": "demos",
        "prompt_set": f"ps-{number // 2500}",
        "policy_set": "miniwob",
        "started": 1.76e9 + number,
        "n_steps": 12,
        "began_seq": 5 if failed else None,
    }


def _frames(draw: random.Random) -> list[FrameFact]:
    """The planner, a call and one inside it, over twelve steps."""
    names = ["planner", *draw.sample(POLICIES, 2)]
    spans = [(0, 11), (1, 10), (2, 2 + draw.randrange(8))]
    counts = {"steps": 4, "acts": 6, "own_acts": 3, "asked": 6, "tokens": 900}
    return [
        FrameFact(at, at - 1 if at else None, at + 1, name, "1", "returned", at == 2, *span, "s", **counts)
        for at, (name, span) in enumerate(zip(names, spans, strict=True))
    ]


def _sequences() -> tuple[list[Key], list[Key]]:
    draw = random.Random(7)

    def key() -> Key:
        return Key(
            ("planner", draw.choice(POLICIES)), "click", ("link", str(draw.randrange(60))), (), draw.randrange(99)
        )

    shared = [key() for _ in range(STEPS)]
    return shared, [one if draw.random() < 0.5 else key() for one in shared]


def _took(ask: Callable[[], Any]) -> float:
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    raise SystemExit(main(run))

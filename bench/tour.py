"""Success of the model `demos` in the tour, and how long the tour's stages take.

The tour itself is flows/tour.py: five demonstrations a page by scripted people, rules, accept, a prompt set, and ten
seeds a page that nobody showed. Takes about three minutes; the workspace it makes is thrown away.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.calibration import round_trips
from bench.common import Progress, Result, main, percentile
from browser.session import BrowserSession
from flows import tour
from wiring import Parts


def run(progress: Progress) -> Result:
    """Takes the tour in a fresh workspace with two workers."""
    taken = progress.part("the tour", partial(_tour, progress))
    trips = progress.part("round trips", _trips)
    rates = {task: row["ok"] / row["n"] for task, row in taken["success"].items()}
    seconds = {stage["name"]: stage["seconds"] for stage in taken["stages"]}
    figures = {
        "miniwob_success_mean": round(sum(rates.values()) / len(rates), 3),
        **{f"miniwob_success_{_plain(task)}": rate for task, rate in rates.items()},
        "tour_seconds": taken["seconds"],
        "tour_record_s": seconds["record"],
        "tour_run_s": seconds["run"],
        "evaluate_ms_p50": round(percentile(trips, 0.5), 2),
    }
    detail = {
        "success": taken["success"],
        "airline": taken["airline"],
        "max_depth": taken["max_depth"],
        "stage_s": seconds,
        "prompt_set": taken["prompt_set"],
        "shown_seeds": list(tour.SHOWN),
        "unseen_seeds": tour.UNSEEN,
    }
    return Result(figures, detail)


def _tour(progress: Progress) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="stepscope-bench-") as home:
        parts = Parts(Path(home))
        try:
            return tour.take(parts, report=lambda update: progress.say(update.line))
        finally:
            parts.close()


def _trips() -> list[float]:
    with BrowserSession() as session:
        return round_trips(session)


def _plain(task: str) -> str:
    """`miniwob:login-user` as part of a figure's name: `login_user`."""
    return task.partition(":")[2].replace("-", "_")


if __name__ == "__main__":
    sys.exit(main(run))

"""What every benchmark shares: its options, its finished parts on disk, and the form of its result.

A benchmark is a function of a `Progress` that returns a `Result`; `main` prints it as a table, or as one JSON object
with `--json`. Parts that took long are kept in bench/results/ and reused when a broken run is started again.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results"
QUICK = "BENCH_QUICK"
SEEDS = 10

sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != ROOT / "bench"]
"""Python puts a script's folder there; bench/miniwob.py would be taken for the package miniwob."""


@dataclass(frozen=True)
class Result:
    """`figures` have names that stay for ever; `detail` is what else helps, its `notes` are lines below a table."""

    figures: dict[str, float]
    detail: dict[str, Any] = field(default_factory=dict)


class Enough(Exception):
    """The parts asked for are measured and kept."""


class Progress:
    """Tells on stderr what is being measured, and keeps finished parts of this commit for the next start.

    `only` names the parts to measure now, all of them if it is empty; when they are done, `Enough` is raised. `seeds`
    is how many of each task to run, where a benchmark runs tasks.
    """

    def __init__(self, name: str, only: Sequence[str] = (), seeds: int = SEEDS) -> None:
        self.seeds = seeds
        self._only = set(only)
        self._is_partial = bool(only)
        self._path = RESULTS / f"{name}.parts.json"
        stored = _read(self._path)
        self._commit = commit()
        self._parts: dict[str, Any] = stored["parts"] if stored.get("commit") == self._commit else {}
        self._began = time.monotonic()

    def say(self, text: str) -> None:
        """One line for the person who waits."""
        print(f"{time.monotonic() - self._began:6.1f} s  {text}", file=sys.stderr, flush=True)

    def part(self, name: str, measure: Callable[[], Any]) -> Any:
        """The part's value (JSON), measured now unless an interrupted run of this commit has it."""
        if name in self._parts:
            self.say(f"{name}: kept from an earlier start")
            self._end_if_done()
            return self._parts[name]
        if self._only and name not in self._only:
            return None
        self.say(name)
        self._parts[name] = measure()
        _write(self._path, {"commit": self._commit, "parts": self._parts})
        self._end_if_done()
        return self._parts[name]

    def leave_out(self, name: str, why: object) -> None:
        """Say that a part cannot be measured here. Raises Enough when it alone was asked for."""
        self.say(f"{name} is left out: {why}")
        self._only.discard(name)
        self._end_if_done()

    def _end_if_done(self) -> None:
        if self._is_partial and self._only <= self._parts.keys():
            raise Enough

    def clear(self) -> None:
        """Forget the parts: the run is complete."""
        self._path.unlink(missing_ok=True)


def main(run: Callable[[Progress], Result]) -> int:
    """Run a benchmark script: `--json` prints one object, `--cached` the last complete result without measuring."""
    name = Path(sys.argv[0]).stem
    options = _options(run.__doc__ or name)
    if options.quick:
        os.environ[QUICK], name = "1", f"{name}-quick"
    last = RESULTS / f"{name}.json"
    if options.cached:
        told = _read(last)
        if not told:
            print(f"{name} has no complete result yet; run it once without --cached.", file=sys.stderr)
            return 1
    else:
        progress = Progress(name, [part for part in options.only.split(",") if part], options.seeds)
        try:
            result = run(progress)
        except Enough:
            progress.say("kept; run it without --only for the figures")
            return 0
        told = {"figures": result.figures, "detail": result.detail, "commit": commit(), "date": now()}
        _write(last, told)
        progress.clear()
    print(json.dumps(told, indent=1) if options.json else _table(told))
    return 0


def taken(name: str) -> dict[str, float]:
    """The figures of bench/`name`.py: its last complete result if that is of this commit, else measured now.

    It runs in a process of its own, whose memory and threads are nobody else's. Raises CalledProcessError.
    """
    told = _read(RESULTS / f"{name}.json")
    if told.get("commit") != commit():
        subprocess.run([sys.executable, ROOT / "bench" / f"{name}.py"], stdout=subprocess.DEVNULL, check=True)
        told = _read(RESULTS / f"{name}.json")
    figures: dict[str, float] = told["figures"]
    return figures


def quick(count: int) -> int:
    """The count, or with `--quick` a tenth of it (at least 3)."""
    return max(3, count // 10) if os.environ.get(QUICK) == "1" else count


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie, between neighbours by their distance.

    >>> percentile([1, 2, 3, 4, 5], 0.5)
    3.0
    """
    ordered = sorted(values)
    at = (len(ordered) - 1) * share
    low, high = math.floor(at), math.ceil(at)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (at - low))


def summary(values: Sequence[float]) -> dict[str, float]:
    """n, least, median, p90 and mean of measurements, rounded to 0.01."""
    told = {
        "n": len(values),
        "min": min(values),
        "p50": percentile(values, 0.5),
        "p90": percentile(values, 0.9),
        "mean": statistics.fmean(values),
    }
    return {key: round(value, 2) for key, value in told.items()}


def commit() -> str:
    """The commit measured, with "+" when files differ from it; "" outside a checkout."""
    head = _git("rev-parse", "--short", "HEAD")
    return head + ("+" if head and _git("status", "--porcelain", "--untracked-files=no") else "")


def _git(*words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _options(description: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument("--cached", action="store_true", help="print the last complete result, measure nothing")
    parser.add_argument("--quick", action="store_true", help="a tenth of each count, where a benchmark heeds it")
    parser.add_argument("--only", default="", help="measure and keep just these parts, as in --only before,hasty")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="seeds a task, where a benchmark runs tasks")
    return parser.parse_args()


def _table(told: dict[str, Any]) -> str:
    width = max(len(name) for name in told["figures"])
    rows = [f"{name:<{width}}  {value:>10.3f}" for name, value in told["figures"].items()]
    return "\n".join([*rows, *told["detail"].get("notes", []), f"commit {told['commit']}, {told['date']}"])


def now() -> str:
    """The time, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content), encoding="utf-8")
    fresh.replace(path)

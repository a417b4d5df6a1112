"""Makes examples/: sealed episodes from real recordings and runs, with the labels of the demonstrations.

Takes the tour in a workspace of its own, then picks: demonstrations on both kinds of site, a run that succeeded, one
that failed three calls deep, one that went in circles. Run by `make examples`; needs Chromium and about four minutes.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from flows import tour
from flows.overview import EXAMPLE_LABELS, EXAMPLES
from flows.run import runs
from traces.model import Step
from wiring import Parts

MOST_BYTES = 5 * 1024 * 1024
UNKNOWN = "miniwob:login-user-popup"
"""A page nobody demonstrated, whose window in the way makes the agent try the same thing again and again."""
DEMONSTRATIONS = (
    ("airline:book_flight", 1),
    ("airline:update_passenger", 2),
    ("miniwob:choose-date", 1),
    ("miniwob:login-user", 0),
    ("miniwob:click-checkboxes", 3),
)


def main() -> None:
    """Make the folder anew, or leave it alone when something is missing or too large."""
    with tempfile.TemporaryDirectory() as home:
        parts = Parts(Path(home))
        try:
            tour.take(parts, report=lambda update: print(update.line, file=sys.stderr))
            chosen = [*_demonstrations(parts), *_runs(parts)]
            _write(parts, chosen)
        finally:
            parts.close()


def _demonstrations(parts: Parts) -> list[str]:
    rows = parts.episodes.catalogue.search(actor="human", limit=1000).rows
    by_task = {(row["task"], row["seed"]): row["id"] for row in rows}
    return [by_task[wanted] for wanted in DEMONSTRATIONS]


def _runs(parts: Parts) -> list[str]:
    planned = runs.plan(parts, envs=[UNKNOWN], seeds="1000:1004", model="demos", prompt_set="latest", workers=2)
    circles = runs.execute(planned, lambda update: print(update.line, file=sys.stderr))["episodes"]
    rows = parts.episodes.catalogue.search(actor="agent", limit=1000).rows
    deep = [row for row in rows if row["max_depth"] >= 3]
    good = next(row["id"] for row in deep if row["status"] == "success")
    failed = next(row["id"] for row in deep if row["status"] == "failed")
    short = next(row["id"] for row in rows if row["status"] == "success" and row["task"] == "miniwob:choose-date")
    return [good, failed, max(circles, key=lambda episode: _repeats(parts, episode)), short]


def _repeats(parts: Parts, episode: str) -> int:
    """How often the run did the same thing to an element of the same name."""
    with parts.episode(episode) as reader:
        done = Counter(_done(step) for step in reader.steps() if step.kind == "act")
    return max(done.values(), default=0)


def _done(step: Step) -> tuple[str, str]:
    return step.action.partition(" ")[0], step.target.name if step.target else ""


def _write(parts: Parts, chosen: list[str]) -> None:
    files = [parts.episodes.path(episode) for episode in chosen]
    total = sum(path.stat().st_size for path in files)
    if total > MOST_BYTES:
        sys.exit(f"make examples: {total} bytes are more than the {MOST_BYTES} allowed. Nothing was changed.")
    for folder in (EXAMPLES, EXAMPLE_LABELS):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for path in files:
        shutil.copyfile(path, EXAMPLES / path.name)
        for run in parts.labels.runs(path.stem):
            body: dict[str, Any] = run.model_dump(mode="json")
            text = json.dumps(body, ensure_ascii=False, indent=1)
            (EXAMPLE_LABELS / f"{path.stem}.json").write_text(text, encoding="utf-8")
    print(f"{len(files)} episodes, {total / 1024:.0f} KB, in {EXAMPLES}")


if __name__ == "__main__":
    main()

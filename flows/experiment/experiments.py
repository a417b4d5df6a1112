"""Experiments: the seed paper's open questions, each a table with intervals over paired seeds or held-out turns.

What each asks and how is in flows/experiment_*.py; here they are named, run and kept. docs/experiments.md reads them.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from agent.errors import RunError
from browser.miniwob_tasks import terms_of
from flows.experiment import arms, transfer, turns
from flows.experiment.material import Material, material
from flows.experiment.result import ALL, Asked, Found
from flows.progress import Report, Stop, never
from flows.run import run_report
from store.errors import NotFound
from wiring import Parts

Run = Callable[[Parts, Material, Asked, Report, Stop], Found]


@dataclass(frozen=True)
class Experiment:
    """An experiment: the question in one sentence, what its rows count, and whether it needs a browser."""

    question: str
    counts: str
    browser: bool
    run: Run


EXPERIMENTS: dict[str, Experiment] = {
    "structure": Experiment(
        "Does the stack earn its keep, and what does it take to teach it?",
        "episodes that succeeded, on the same tasks and seeds for every arm",
        True,
        arms.structure,
    ),
    "planner": Experiment(
        "Does the planner call what people called, in their order?",
        "turns of the planner in demonstrations that it was not taught",
        False,
        turns.planner,
    ),
    "policy": Experiment(
        "Does each policy, alone on its sub-tasks, do what people did?",
        "turns of the policy in calls that it was not taught",
        False,
        turns.policy,
    ),
    "granularity": Experiment(
        "Are many fine policies better than a few coarse ones?",
        "episodes that succeeded, on the same tasks and seeds for every arm",
        True,
        arms.granularity,
    ),
    "transfer": Experiment(
        "Is a policy that was taught in some places of use in another?",
        "episodes that succeeded, by policy, by where they were played, and by where the demonstrations come from",
        True,
        transfer.transfer,
    ),
    "depth": Experiment(
        "Do longer tasks need deeper stacks, and do deeper stacks fail more?",
        "episodes that succeeded, by task",
        True,
        arms.depth,
    ),
}


def run(parts: Parts, asked: Asked, report: Report, stop: Stop = never) -> dict[str, Any]:
    """Run an experiment and keep its result; what is finished of it is not done again.

    `{"name", "question", "counts", "terms", "answer", "rows", "pairs", "n", "runs", "stopped", "left_out", "asked",
    "seconds", "at"}`, rows as `experiment_result.share` makes them.

    Raises RunError, NothingAccepted, or what a run raises before it starts.
    """
    one = _named(asked.name)
    began = time.monotonic()
    shown = material(parts, asked.tasks, asked.most_tasks, asked.label_set)
    found = one.run(parts, shown, asked, report, stop)
    told = {
        "name": asked.name,
        "question": one.question,
        "counts": one.counts,
        "terms": terms_of(shown.by_task) if one.browser else (),
        **asdict(found),
        "asked": asdict(asked),
        "seconds": round(time.monotonic() - began, 1),
        "at": time.time(),
    }
    told = _plain(told)
    if not found.stopped:
        parts.workspace.put("setting", _key(asked.name), told)
    return told


def kept(parts: Parts) -> dict[str, dict[str, Any]]:
    """The newest result of each experiment that was run to its end, by name."""
    found: dict[str, dict[str, Any]] = {}
    for name in EXPERIMENTS:
        with contextlib.suppress(NotFound):
            found[name] = parts.workspace.get("setting", _key(name))
    return found


def markdown(told: dict[str, Any]) -> str:
    """A result for a person: what `run` returned, as Markdown."""
    lines = [f"# {told['name']}", "", told["question"], "", told["answer"], "", *_matrix(told["rows"])]
    lines += ["| arm | of | right | share | 95 % | notes |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row['arm']} | {row['of']} | {row['ok']}/{row['n']} | {row['value']:.2f} | {row['low']:.2f} to "
        f"{row['high']:.2f} | {row['notes']} |"
        for row in overall(told["rows"])
    ]
    if told["pairs"]:
        lines += ["", "| arm | against | pairs | difference | 95 % | McNemar p |", "|---|---|---|---|---|---|"]
        lines += [
            f"| {one['arm']} | {one['against']} | {one['n']} | {one['difference']:+.2f} | {one['low']:+.2f} to "
            f"{one['high']:+.2f} | {one['p']:.3f} |"
            for one in told["pairs"]
        ]
    lines += ["", *(f"Left out: {one}." for one in told["left_out"])] if told["left_out"] else []
    made = ", ".join(told["runs"])
    lines += ["", f"Counted are {told['counts']} (n = {told['n']}). Intervals are Wilson's, of differences bootstrap."]
    lines[-1] += run_report.played(told.get("terms", ()))
    return "\n".join([*lines, *([f"Runs: {made}."] if made else [])]) + "\n"


def overall(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without those that are cells of a matrix."""
    return [row for row in rows if row.get("where", ALL) == ALL]


def matrix(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that are cells of a matrix: `of` by `where`, for each `arm`."""
    return [row for row in rows if row.get("where", ALL) != ALL]


def write(told: dict[str, Any], path: Path) -> None:
    """A result as a new file, `.json` or Markdown. Raises RunError where it cannot be written."""
    save(json.dumps(told, indent=1) if path.suffix == ".json" else markdown(told), path)


def save(text: str, path: Path) -> None:
    """Something of a result as a new file. Raises RunError where it cannot be written."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise RunError(
            f"{path} could not be written ({error.strerror}). The result is kept. Name a new file in a folder there is."
        ) from error


def _matrix(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Cells as a table: a line for each thing and arm, a column for each place."""
    cells = {(row["of"], row["arm"], row["where"]): f"{row['ok']}/{row['n']}" for row in matrix(rows)}
    if not cells:
        return []
    places = list(dict.fromkeys(where for _, _, where in cells))
    lines = [f"| policy | taught | {' | '.join(places)} |", f"|---|---|{'---|' * len(places)}"]
    for of, arm in dict.fromkeys((of, arm) for of, arm, _ in cells):
        lines.append(f"| {of} | {arm} | {' | '.join(cells.get((of, arm, place), '') for place in places)} |")
    return [*lines, ""]


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """As it is read again: with lists for tuples."""
    plain: dict[str, Any] = json.loads(json.dumps(told))
    return plain


def _key(name: str) -> str:
    return f"experiment {name}"


def _named(name: str) -> Experiment:
    if name not in EXPERIMENTS:
        raise RunError(f"There is no experiment {name!r}. Nothing was run. There are {', '.join(EXPERIMENTS)}.")
    return EXPERIMENTS[name]

"""What a workspace remembers of its runs, and whether the process that does one is still there.

Whoever runs one holds its claim in `<workspace>/runs`. A row that says `running` while nobody holds it is of a process
that was killed: such a run is `interrupted`, and can be gone on with like one that was stopped.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from agent.errors import RunError
from agent.limits import Limits
from agent.plan import Arm, RunPlan
from store.claims import Claim, Claimed, is_claimed
from store.errors import NotFound
from wiring import Parts

Status = Literal["running", "done", "stopped", "interrupted"]
UNFINISHED: frozenset[Status] = frozenset({"stopped", "interrupted"})
"""The runs that can be gone on with."""


def listed(parts: Parts) -> tuple[dict[str, Any], ...]:
    """The runs, newest first, each as it was asked for with its `id` and `status`."""
    rows = parts.workspace.rows("run")[::-1]
    return tuple({**row, "status": _status(parts, row)} for row in rows)


def status_of(parts: Parts, run_id: str) -> Status:
    """How a run stands. Raises NotFound."""
    return _status(parts, parts.workspace.get("run", run_id))


def remember(parts: Parts, plan: RunPlan, status: Status) -> None:
    """Set the row of a run."""
    body = {
        "id": plan.id,
        "environments": plan.environments,
        "seeds": plan.seeds,
        "arms": [asdict(arm) for arm in plan.arms],
        "workers": plan.workers,
        "limits": asdict(plan.limits),
        "status": status,
        **({"only": plan.only, "attempt": plan.attempt} if plan.only else {}),
    }
    parts.workspace.put("run", plan.id, body)


def remembered(parts: Parts, run_id: str) -> RunPlan:
    """The run as it was asked for. Raises NotFound."""
    row = parts.workspace.get("run", run_id)
    return RunPlan(
        environments=tuple(row["environments"]),
        seeds=tuple(row["seeds"]),
        arms=arms_of(row),
        limits=Limits(**row.get("limits", {})),
        workers=row["workers"],
        id=row["id"],
        only=tuple((task, seed, arm) for task, seed, arm in row.get("only", ())),
        attempt=row.get("attempt", 0),
    )


def limits_of(parts: Parts, run_id: str | None) -> Limits:
    """The limits of a run; the usual ones where it is not remembered."""
    try:
        return remembered(parts, run_id or "").limits
    except NotFound:
        return Limits()


def arms_of(row: dict[str, Any]) -> tuple[Arm, ...]:
    """Who plays in a run; a row from before runs could have several arms names one model."""
    if "arms" in row:
        return tuple(Arm(**arm) for arm in row["arms"])
    return (Arm(row["model"], row["policy_set"], row["prompt_set"]),)


@contextlib.contextmanager
def held(parts: Parts, run_id: str) -> Iterator[None]:
    """While this process does the run. Raises RunError where another does, or another part of this one."""
    path = _place(parts, run_id)
    path.parent.mkdir(exist_ok=True)
    try:
        claim = Claim.take(path)
    except Claimed as error:
        raise RunError(
            f"{run_id} is running already, in the app or from a command line. Nothing more was started. "
            "Stop it there, or wait until it has ended."
        ) from error
    try:
        yield
    finally:
        claim.release(done=True)


def is_held(parts: Parts, run_id: str) -> bool:
    """Whether some process does the run now."""
    return is_claimed(_place(parts, run_id))


def _status(parts: Parts, row: dict[str, Any]) -> Status:
    status: Status = row["status"]
    return "interrupted" if status == "running" and not is_held(parts, row["id"]) else status


def _place(parts: Parts, run_id: str) -> Path:
    return parts.workspace.root / "runs" / run_id

"""How every practice site turns checks into a verdict, and finds what was changed without being asked.

Rule: each thing asked is one check; percent is the share of checks that hold, minus 25 for each thing changed
without being asked; complete means every check holds and nothing else was changed. Pure; what to check is a site's own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from practice.records import Evaluation

PENALTY_PERCENT = 25


@dataclass(frozen=True, slots=True)
class Check:
    """One thing asked; `missing` says what is wrong when it does not hold."""

    holds: bool
    missing: str


def verdict(checks: Sequence[Check], unasked: Sequence[str]) -> Evaluation:
    """The rule in the module's opening, applied."""
    held = sum(check.holds for check in checks)
    percent = max(0, round(100 * held / len(checks)) - PENALTY_PERCENT * len(unasked))
    reasons = [check.missing for check in checks if not check.holds]
    reasons += [f"changed without being asked: {change}" for change in unasked]
    return Evaluation(not reasons, percent, tuple(dict.fromkeys(reasons)))


def differences(before: Mapping[str, str], after: Mapping[str, str], asked: Collection[str] = ()) -> list[str]:
    """One line for each path whose value was set, removed or made, except the paths in `asked`."""
    paths = [path for path in {**before, **after} if path not in asked and before.get(path) != after.get(path)]
    return [f"{path} {before.get(path)!r} → {after.get(path)!r}" for path in paths]

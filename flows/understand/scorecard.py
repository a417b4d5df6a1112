"""The scorecard of policies: rows for a person and for JSON, and two prompt sets side by side on the same seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any

from analysis.frame_facts import Attempt
from analysis.scorecard import Card, Share, branches, cards, matrix, success_by

Json = dict[str, Any]


def scorecard(attempts: Sequence[Attempt], *, by_version: bool = True) -> Json:
    """`{"episodes", "base", "policies": [row], "calls": [edge], "paths": [branch]}`, plain values."""
    return {
        "episodes": len(attempts),
        "base": share(success_by(attempts)),
        "policies": [row(card) for card in cards(attempts, by_version=by_version)],
        "calls": [vars(edge) | {"success": share(edge.success)} for edge in matrix(attempts)],
        "paths": [vars(branch) | {"success": share(branch.success)} for branch in branches(attempts)],
    }


def row(card: Card) -> Json:
    """One card as plain values; shares as `{"ok", "n", "value", "low", "high"}`."""
    shares = {name: share(value) for name, value in vars(card).items() if isinstance(value, Share)}
    return {
        **vars(card),
        **shares,
        "within": None if card.within is None else asdict(card.within),
        "confounded": card.confounded,
    }


def share(of: Share) -> Json:
    """A share with its interval; `value` is None of nothing."""
    low, high = of.interval
    return {"ok": of.ok, "n": of.n, "value": of.value, "low": low, "high": high}


def same_seeds(one: Sequence[Attempt], other: Sequence[Attempt]) -> tuple[tuple[Attempt, ...], tuple[Attempt, ...]]:
    """Of two sides the episodes whose task and seed the other has too; of several of a side the newest."""
    mine, theirs = _by_seed(one), _by_seed(other)
    both = [key for key in mine if key in theirs]
    return tuple(mine[key] for key in both), tuple(theirs[key] for key in both)


def most_in_common(attempts: Sequence[Attempt]) -> tuple[str, str]:
    """The two arms, an older and a newer, with most tasks and seeds in common; at least two arms are needed."""
    arms: dict[str, set[tuple[str, int]]] = {}
    for one in attempts:
        keys = arms.setdefault(one.arm, set())
        if one.task is not None and one.seed is not None:
            keys.add((one.task, one.seed))
    return max(combinations(arms, 2), key=lambda pair: len(arms[pair[0]] & arms[pair[1]]))


def _by_seed(attempts: Sequence[Attempt]) -> dict[tuple[str, int], Attempt]:
    return {(one.task, one.seed): one for one in attempts if one.task is not None and one.seed is not None}


def laid_out(paths: Sequence[Json], measure: str) -> list[Json]:
    """The paths with `left` and `width` in steps, tokens or calls: children stand side by side below their caller.

    Where calls inside count for more than the call itself, as with calls, a path is as wide as what is in it.
    """
    width: dict[tuple[str, ...], int] = {}
    for one in reversed(paths):
        path = tuple(one["path"])
        width[path] = max(int(one[measure]), width.pop((*path, ""), 0))
        if len(path) > 1:
            width[(*path[:-1], "")] = width.get((*path[:-1], ""), 0) + width[path]
    out: list[Json] = []
    free: dict[tuple[str, ...], int] = {(): 0}
    for one in paths:
        path = tuple(one["path"])
        left = free[path[:-1]]
        free[path[:-1]], free[path] = left + width[path], left
        out.append({**one, "left": left, "width": width[path]})
    return out


def text(told: Json) -> str:
    """The scorecard as lines for a terminal."""
    base = told["base"]
    head = f"{'policy':<28}{'calls':>7}{'back':>8}{'acts':>6}{'tokens':>8}{'no effect':>11}{'success':>9}  within tasks"
    lines = [f"{told['episodes']} episodes, {base['ok']} succeeded", "", head]
    return "\n".join([*lines, *(_line(one) for one in told["policies"])])


def _line(one: Json) -> str:
    name = one["policy"] + (f"@{one['version']}" if one["version"] else "")
    held = one["within"]
    compared = "" if held is None else f"{held['difference']:+.2f} ({held['low']:+.2f} to {held['high']:+.2f})"
    return (
        f"{name:<28}{one['calls']:>7}{_percent(one['returned']):>8}{one['actions']:>6g}{one['tokens']:>8g}"
        f"{_percent(one['no_effect']):>11}{_percent(one['success']):>9}  {compared}"
        + (" (plain comparison misleads)" if one["confounded"] else "")
    )


def _percent(of: Json) -> str:
    return "" if of["value"] is None else f"{of['value']:.0%}"

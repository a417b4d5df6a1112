"""Two sides compared over the demonstrations both have labelled, and what reviewing took, as values and in words.

The sides are flows/label/label_sides.py, the figures analysis/agreement.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from analysis.agreement import Agreement, Case, Figure
from analysis.review_work import Work, WorkFigures, figures
from flows.label.label_sides import BLIND, LABELLER, PEOPLE, TRACK, Labels, Shelf, Side
from labeling.errors import NothingAccepted, TreeError
from labeling.measures import Estimate, Pair
from labeling.tracks import GOLD
from wiring import Parts


@dataclass(frozen=True)
class Compared:
    """Two sides over their common demonstrations. `shown` counts those in which one was made by reviewing the other."""

    one: str
    other: str
    agreement: Agreement
    shown: int
    left_out: tuple[str, ...]

    @property
    def warning(self) -> str:
        """Why the figures are too favourable; '' where nothing speaks for it."""
        cases = self.agreement.cases
        people = not any(side.startswith(LABELLER) for side in (self.one, self.other))
        if people and not all(_unseen(ref) for case in cases for ref in (case.one, case.other)):
            return (
                "Not all of these labels were made blind: who is shown a proposal tends to agree with it, and so with "
                "anybody else who was shown it. Compare blind tracks to learn how far people agree."
            )
        if self.shown:
            return (
                f"In {self.shown} of {len(cases)} demonstrations the labels were made by reviewing these very "
                "proposals. People tend to leave what they are shown, so the figures are too favourable; compare "
                "with blind tracks or gold."
            )
        return ""


def compare(shelf: Shelf, one: str, other: str) -> Compared:
    """Two sides over the demonstrations both label. Raises UnknownLabel."""
    mine, theirs = shelf.of(one), shelf.of(other)
    cases, left_out, shown = [], [], 0
    for episode in sorted(mine.keys() & theirs.keys()):
        a, b = mine[episode], theirs[episode]
        if a.ref == b.ref:
            continue
        try:
            pair = Pair(a.tree, b.tree)
        except TreeError:
            left_out.append(f"{episode}: labelled over different derivations")
            continue
        cases.append(Case(episode, pair, max(a.at, b.at), a.ref, b.ref))
        shown += _saw(a, b)
    return Compared(one, other, Agreement(cases), shown, tuple(left_out))


def over_runs(shelf: Shelf, labeller: str, other: str) -> Agreement:
    """Every run of a labeller, old ones too, against another side: how it became better or worse."""
    theirs = shelf.of(other)
    cases = []
    for run in shelf.every_run(labeller):
        found = theirs.get(run.episode)
        if found is not None and found.tree.uids == run.tree.uids:
            cases.append(Case(run.episode, Pair(shelf.tree(run), found.tree), run.created, f"run:{run.id}", found.ref))
    return Agreement(cases)


def run_day(case: Case) -> str:
    """The day (UTC) of the label run of a case: runs of one day are taken together."""
    return datetime.fromtimestamp(case.at, UTC).date().isoformat()


def default_sides(sides: Sequence[Side]) -> tuple[str, str] | None:
    """What to compare at first: a labeller with blind tracks or people, else two people; None for fewer than two."""
    names = [side.name for side in sides]
    labellers = [name for name in names if name.startswith(LABELLER)]
    people = [name for name in (PEOPLE, BLIND) if name in names]
    if labellers and people:
        return labellers[0], people[0]
    blind = [name for name in names if name.startswith(f"{TRACK}blind:")]
    many = blind if len(blind) > 1 else names
    return (many[0], many[1]) if len(many) > 1 else None


def told(parts: Parts, one: str | None = None, other: str | None = None) -> dict[str, Any]:
    """The figures of two sides; unnamed ones are those the screen opens with. Raises UnknownLabel, NothingAccepted."""
    shelf = Shelf(parts)
    first = default_sides(shelf.sides)
    if first is None and (one is None or other is None):
        raise NothingAccepted(
            "There is nothing to compare yet: it takes two sides that labelled the same demonstration. Nothing was "
            "changed. Review the proposals of one in Label, or label one blind."
        )
    defaults = first or ("", "")
    return facts(compare(shelf, one or defaults[0], other or defaults[1]), shelf)


def facts(compared: Compared, shelf: Shelf) -> dict[str, Any]:
    """Everything as JSON: figures with n, tolerance and interval, by policy, what reviewing took.

    `alpha_blind` is of all people who labelled blind, whichever sides were chosen.
    """
    return {
        "one": compared.one,
        "other": compared.other,
        "demonstrations": len(compared.agreement.cases),
        "warning": compared.warning or None,
        "left_out": [{"reason": one} for one in compared.left_out],
        "figures": {figure.name: _figure(figure) for figure in compared.agreement.figures},
        "policies": [
            {"policy": row.policy, "one": row.one, "other": row.other, "matched": row.matched, "f1": round(row.f1, 4),
             "arguments": asdict(row.arguments)}
            for row in compared.agreement.by_policy
        ],
        "work": {kind: _work_facts(told) for kind, told in by_kind(shelf.work).items()},
        "alpha_blind": _estimate(shelf.everybody),
    }  # fmt: skip


def by_kind(found: Iterable[Work]) -> dict[str, WorkFigures]:
    """What reviewing took, shown and blind apart."""
    every = list(found)
    return {
        "shown": figures([one for one in every if not one.blind]),
        "blind": figures([one for one in every if one.blind]),
    }


def said(told: Mapping[str, Any]) -> str:
    """The figures for a terminal, one line each."""
    lines = [f"{told['one']} against {told['other']}: {told['demonstrations']} demonstrations"]
    lines += [f"  ! {told['warning']}"] if told["warning"] else []
    for figure in told["figures"].values():
        lines.append(f"  {figure['title']:<24} {_range(figure):<28} {figure['tolerance']}")
    for kind, took in told["work"].items():
        edits, seconds, kept = (_range(took[name]) for name in ("edits", "seconds_per_call", "kept"))
        lines.append(f"  {kind}: {took['tracks']} tracks · edits {edits} · seconds a call {seconds} · kept {kept}")
    if told["alpha_blind"]:
        lines.append(f"  all people who labelled blind: Krippendorff's α {_range(told['alpha_blind'])}")
    return "\n".join([*lines, *(f"  left out: {one['reason']}" for one in told["left_out"])])


def _range(estimate: Mapping[str, Any] | None) -> str:
    if not estimate or estimate["value"] is None:
        return "nothing to find"
    return f"{estimate['value']:.2f} ({estimate['low']:.2f}–{estimate['high']:.2f}), n {estimate['n']}"


def _figure(figure: Figure) -> dict[str, Any]:
    empty: dict[str, Any] = {"value": None, "low": None, "high": None, "n": 0}
    return {"title": figure.title, "tolerance": figure.tolerance, **(_estimate(figure.estimate) or empty)}


def _estimate(found: Estimate | None) -> dict[str, Any] | None:
    return None if found is None else {name: round(value, 4) for name, value in asdict(found).items()}


def _work_facts(told: WorkFigures) -> dict[str, Any]:
    estimates = {name: _estimate(getattr(told, name)) for name in ("edits", "seconds_per_call", "kept")}
    return {"tracks": told.tracks, **estimates}


def _unseen(ref: str) -> bool:
    """Whether labels were made without a proposal in view, or by bringing others together."""
    return ref.startswith(f"{TRACK}blind:") or ref == f"{TRACK}{GOLD}"


def _saw(one: Labels, other: Labels) -> bool:
    """Whether one side was made with the other's run in view."""
    return f"run:{one.shown_run}" == other.ref or f"run:{other.shown_run}" == one.ref

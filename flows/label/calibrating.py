"""Calibrating labellers: the reviews there are, what their confidences are worth, and refitting when somebody asks."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis.calibrating import bins, error, fit
from flows.label.label_sides import LABELLER, Shelf
from labeling.calibration import ENOUGH, ENOUGH_DEMONSTRATIONS, Bin, Calibration, Judged, enough
from labeling.errors import NothingAccepted
from labeling.judging import judged_blind, judged_shown
from wiring import Parts


@dataclass(frozen=True)
class Standing:
    """What a labeller's confidence rests on now, and the newest calibration, if there is one."""

    labeller: str
    judged: tuple[Judged, ...]
    calibration: Calibration | None

    @property
    def demonstrations(self) -> int:
        """How many demonstrations the reviews come from."""
        return len({one.episode for one in self.judged})

    @property
    def enough(self) -> bool:
        """Whether it can be calibrated."""
        return enough(self.judged)

    @property
    def new(self) -> int:
        """How many reviews the calibration does not know, or knows otherwise."""
        known = set(self.calibration.judged) if self.calibration else set()
        return sum(one not in known for one in self.judged)

    @property
    def raw_bins(self) -> tuple[Bin, ...]:
        """Raw confidences against what was right."""
        return bins([one.confidence for one in self.judged], [one.right for one in self.judged])


def standings(parts: Parts, shelf: Shelf | None = None) -> tuple[Standing, ...]:
    """Every labeller with a label run, by name."""
    shelf = shelf or Shelf(parts)
    found = reviews(parts, shelf)
    names = [side.name.removeprefix(LABELLER) for side in shelf.sides if side.name.startswith(LABELLER)]
    return tuple(Standing(name, found.get(name, ()), parts.labels.calibration(name)) for name in names)


def reviews(parts: Parts, shelf: Shelf) -> dict[str, tuple[Judged, ...]]:
    """The calls somebody decided on one by one, by labeller; blind labels where there are any, else shown ones."""
    found: dict[str, list[Judged]] = defaultdict(list)
    for episode, runs in shelf.runs.items():
        for labeller in {run.labeller for run in runs}:
            found[labeller] += _of_episode(parts, shelf, episode, labeller)
    return {labeller: tuple(judged) for labeller, judged in found.items()}


def calibrate(parts: Parts, labeller: str) -> Calibration:
    """Fit and keep a calibration of the reviews there are now. Raises NothingAccepted while there are too few."""
    standing = next((one for one in standings(parts) if one.labeller == labeller), None)
    if standing is None or not standing.enough:
        count, of = (len(standing.judged), standing.demonstrations) if standing else (0, 0)
        raise NothingAccepted(
            f"The labeller {labeller!r} has {count} reviewed calls of {of} demonstrations; it takes {ENOUGH} of "
            f"{ENOUGH_DEMONSTRATIONS} to calibrate it. Nothing was changed. Decide on more of its calls one by one in "
            "Label, or label blind: what is accepted in bulk does not count."
        )
    return parts.labels.add_calibration(fit(labeller, standing.judged, time.time()))


def facts(standing: Standing) -> dict[str, Any]:
    """A labeller's calibration as JSON; `calibrated` is false while its confidence is shown raw."""
    made = standing.calibration
    told: dict[str, Any] = {
        "labeller": standing.labeller,
        "reviewed": len(standing.judged),
        "blind": sum(one.blind for one in standing.judged),
        "demonstrations": standing.demonstrations,
        "needed": ENOUGH,
        "calibrated": made is not None,
        "raw_ece": round(error(standing.raw_bins), 4) if standing.judged else None,
    }
    if made is not None:
        told |= {"id": made.id, "method": made.method, "reviews": made.reviews, "ece": round(made.ece, 4),
                 "fitted_on": made.n, "new_reviews": standing.new,
                 "bins": [one.model_dump(mode="json") for one in made.bins]}  # fmt: skip
    return told


def said(told: Sequence[dict[str, Any]]) -> str:
    """One line per labeller."""
    return "\n".join(_line(one) for one in told) or "No labeller has proposed anything yet."


def _line(one: dict[str, Any]) -> str:
    begun = f"{one['labeller']:<16} {one['reviewed']} reviewed calls of {one['demonstrations']} demonstrations"
    if not one["calibrated"]:
        return f"{begun}: uncalibrated, {one['needed']} are needed"
    return (
        f"{begun}: {one['method']}, fitted on {one['fitted_on']} ({one['id']}), off by {one['ece']:.3f} "
        f"({one['raw_ece']:.3f} raw), {one['new_reviews']} reviews since"
    )


def _of_episode(parts: Parts, shelf: Shelf, episode: str, labeller: str) -> tuple[Judged, ...]:
    runs = [run for run in shelf.runs[episode] if run.labeller == labeller]
    tracks = [track for track in parts.tracks.all(episode) if track.kind != "gold"]
    blind = judged_blind(shelf.tree(runs[-1]), [one for one in tracks if one.kind == "blind" and one.settled])
    if blind:
        return blind
    by_segment: dict[str, Judged] = {}
    for track in tracks:
        run = next((one for one in runs if one.id == track.state.run), None)
        if run is None or track.kind == "blind":
            continue
        for one in judged_shown(shelf.tree(run), track, parts.labels.events(episode, track.name)):
            known = by_segment.get(one.segment)
            if known is None or known.right:  # it was right only if everybody found it so
                by_segment[one.segment] = one
    return tuple(by_segment.values())

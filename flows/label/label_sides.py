"""Who has labelled what: every label run and finished track of a workspace, and the sides one can compare.

A side is `labeller:NAME` (its newest run of each demonstration), `track:NAME`, `people` (the labels that count: gold,
else settled reviews), `blind` (anybody's blind track) or `gold`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from analysis import chance
from analysis.review_work import Work, work
from flows.label.labels import EVERY
from labeling.errors import UnknownLabel
from labeling.measures import Estimate, step_labels
from labeling.model import LabelRun, LabelTree
from labeling.tracks import GOLD, Track, preferred
from policies.errors import PolicyError
from wiring import Parts

PEOPLE, BLIND = "people", "blind"
LABELLER, TRACK = "labeller:", "track:"


@dataclass(frozen=True)
class Side:
    """One side that can be compared: its name, what a person reads, and how many demonstrations it labels."""

    name: str
    said: str
    demonstrations: int

    @property
    def short(self) -> str:
        """What it is called over a column."""
        name = self.name.removeprefix(LABELLER)
        return _person(name.removeprefix(TRACK)) if name.startswith(TRACK) else name


@dataclass(frozen=True)
class Labels:
    """What one side says of a demonstration: where it is found, the tree, when it was made, which run it was shown."""

    ref: str
    tree: LabelTree
    at: float
    shown_run: str | None = None


class Shelf:
    """All label runs and settled tracks of a workspace by demonstration, read once."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._trees: dict[str, LabelTree] = {}
        self.tracks: dict[str, list[Track]] = defaultdict(list)
        for track in parts.tracks.all():
            if track.settled:
                self.tracks[track.episode].append(track)
        self.runs: dict[str, list[LabelRun]] = defaultdict(list)
        for episode in parts.demonstrations(limit=EVERY):
            self.runs[episode].extend(parts.labels.runs(episode))

    @property
    def sides(self) -> tuple[Side, ...]:
        """Every side with at least one demonstration, in the order a person would choose from."""
        labellers = sorted({run.labeller for runs in self.runs.values() for run in runs})
        names = sorted({track.name for found in self.tracks.values() for track in found} - {GOLD})
        asked = [
            *((f"{LABELLER}{name}", f"labeller {name}") for name in labellers),
            (PEOPLE, "people, the labels that count"),
            (BLIND, "people, blind"),
            (GOLD, "gold, brought together"),
            *((f"{TRACK}{name}", _person(name)) for name in names),
        ]
        counted = (Side(name, said, len(self.of(name))) for name, said in asked)
        return tuple(side for side in counted if side.demonstrations)

    def of(self, side: str) -> dict[str, Labels]:
        """What a side says, by demonstration. Raises UnknownLabel for a side there is not."""
        if side.startswith(LABELLER):
            name = side.removeprefix(LABELLER)
            newest = {episode: [run for run in runs if run.labeller == name] for episode, runs in self.runs.items()}
            return {
                episode: Labels(f"run:{runs[-1].id}", self.tree(runs[-1]), runs[-1].created)
                for episode, runs in newest.items()
                if runs
            }
        if side in (PEOPLE, BLIND, GOLD) or side.startswith(TRACK):
            chosen = {episode: _chosen(found, side) for episode, found in self.tracks.items()}
            return {episode: _of_track(track) for episode, track in chosen.items() if track is not None}
        raise UnknownLabel(
            f"{side!r} is nobody to compare. Nothing was changed. "
            "Name labeller:NAME, track:NAME, people, blind or gold."
        )

    def tree(self, run: LabelRun) -> LabelTree:
        """What a run proposed, in the policies' names of now; as it was where its policy set is gone."""
        if run.id not in self._trees:
            try:
                self._trees[run.id] = self._parts.desk(run.policy_set).current(run)
            except PolicyError:
                self._trees[run.id] = run.tree
        return self._trees[run.id]

    def every_run(self, labeller: str) -> tuple[LabelRun, ...]:
        """All runs of a labeller, oldest first."""
        runs = (run for found in self.runs.values() for run in found if run.labeller == labeller)
        return tuple(sorted(runs, key=lambda run: run.created))

    @cached_property
    def everybody(self) -> Estimate | None:
        """Krippendorff's alpha of all people together, over the demonstrations at least two labelled blind."""
        blind = ([track.tree for track in tracks if track.kind == "blind"] for tracks in self.tracks.values())
        same = [trees for trees in blind if len(trees) > 1 and len({tree.uids for tree in trees}) == 1]
        counts = chance.coincidences([[step_labels(tree) for tree in trees] for trees in same]).counts
        return chance.redrawn(counts, chance.alpha)

    @cached_property
    def work(self) -> tuple[Work, ...]:
        """What each settled track took; gold is brought together, not reviewed, and is left out."""
        return tuple(
            found
            for tracks in self.tracks.values()
            for track in tracks
            if track.kind != "gold" and (found := self._work(track)) is not None
        )

    def _work(self, track: Track) -> Work | None:
        events = self._parts.labels.events(track.episode, track.name)
        run = next((one for one in self.runs[track.episode] if one.id == events[0].payload.get("run")), None)
        if run is None:
            return None
        proposal = self.tree(run)
        calls, blind = len(track.state.states), track.kind == "blind"
        return work(events, proposal, track.tree, calls=calls, blind=blind)


def _chosen(found: Sequence[Track], side: str) -> Track | None:
    if side == PEOPLE:
        return preferred(found)
    if side == BLIND:
        return next((track for track in found if track.kind == "blind"), None)
    return next((track for track in found if track.name == side.removeprefix(TRACK)), None)


def _of_track(track: Track) -> Labels:
    shown = track.state.run if track.kind == "shown" else None
    return Labels(f"{TRACK}{track.name}", track.tree, track.last.at, shown)


def _person(track: str) -> str:
    name = track.removeprefix("blind:")
    return f"{name}, blind" if name != track else name

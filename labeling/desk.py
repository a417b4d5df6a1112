"""The desk where labels are reviewed: proposing, opening a track, one gesture at a time, freezing.

Screens, server and command line use this; it holds no state besides where labels are kept. Every gesture is stored
before it is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from labeling.adjudication import Choice, settled, together
from labeling.checks.checking import check
from labeling.checks.finding import against
from labeling.differences import differences, taken
from labeling.errors import NothingAccepted, ReviewError, UnknownLabel
from labeling.history import restoring
from labeling.label_sets import freeze, make_run
from labeling.labeller import Labeller, ObservationOf
from labeling.migrating import current
from labeling.model import LabelRun, LabelSet, LabelTree, Op
from labeling.repository import LabelRepository
from labeling.review import ReviewState, blank, follow, make_event
from labeling.rules.labeller import RulesLabeller
from labeling.rules.remarks import step_remarks
from labeling.rules.scene import Scene, make_scene
from labeling.tracks import BLIND, GOLD, Track, Tracks
from labeling.tree import make_tree
from policies.library import PolicySet
from traces.model import Episode, Step


class ReviewDesk:
    """Reviews demonstrations with one policy set; a track belongs to one person."""

    def __init__(
        self,
        repository: LabelRepository,
        policies: PolicySet,
        clock: Callable[[], float] = time.time,
        tracks: Tracks | None = None,
    ) -> None:
        self.repository = repository
        self.policies = policies
        self.tracks = tracks or Tracks(repository)
        self._clock = clock

    def propose(
        self,
        labeller: Labeller,
        episode: Episode,
        steps: Sequence[Step],
        observation: ObservationOf,
        derivation: int = 1,
    ) -> LabelRun:
        """Let a labeller propose and keep what it says. Raises NothingToLabel."""
        return self.propose_together((labeller,), episode, steps, observation, derivation)[0]

    def propose_together(
        self,
        labellers: Sequence[Labeller],
        episode: Episode,
        steps: Sequence[Step],
        observation: ObservationOf,
        derivation: int = 1,
    ) -> tuple[LabelRun, ...]:
        """The same of several: nobody finds what one proposes before the others have. Raises NothingToLabel."""
        trees = [one.label(episode, steps, observation, self.policies, derivation) for one in labellers]
        runs = self.repository.add_runs(
            [
                make_run(tree, labeller=one.name, policy_set=self.policies.name, created=self._clock())
                for one, tree in zip(labellers, trees, strict=True)
            ]
        )
        scene = make_scene(episode.objective, steps, observation)
        for run in runs:
            self.check(run, scene)
            if run.labeller == RulesLabeller.name:
                self.repository.add_remarks(run, step_remarks(scene, run.tree))
        return runs

    def check(self, run: LabelRun, scene: Scene) -> None:
        """Check a run's calls against the recording, and keep what was found."""
        found = check(run.tree, scene, self.policies, self.repository.replayed(run.episode))
        self.repository.add_findings(run, found)

    def spoken_against(self, tree: LabelTree) -> dict[str, tuple[str, ...]]:
        """What checks have found against calls of a tree that stand as they were proposed, by the call's id."""
        return against(tree, self.repository.findings(tree.episode))

    def open(self, episode: str, track: str) -> ReviewState:
        """A track as it stands. Raises UnknownLabel when it was never begun."""
        return self.tracks.get(episode, track).state

    def current(self, run: LabelRun) -> LabelTree:
        """What a label run proposed, in the policies' names of now."""
        return current(run.tree, self.policies, run.created)

    def begin(self, run: LabelRun, track: str, actor: str) -> ReviewState:
        """Open a track; begun now with what its person handed in blind, else with the label run's calls."""
        try:
            return self.open(run.episode, track)
        except UnknownLabel:
            return self.do(blank(run.tree, track), "adopt", self._beginning(run, track), actor)

    def preview(self, run: LabelRun, track: str, actor: str) -> ReviewState:
        """What `begin` would open, of which nothing is stored when it was not begun: looking begins no track."""
        try:
            return self.open(run.episode, track)
        except UnknownLabel:
            start, adopting = blank(run.tree, track), self._beginning(run, track)
            event = make_event(start, "adopt", adopting, actor=actor, at=self._clock(), policies=self.policies)
            return follow(start, event)

    def _beginning(self, run: LabelRun, track: str) -> dict[str, Any]:
        """What a track begins with: its run's calls, or those its person handed in blind."""
        found = self.tracks.all(run.episode)
        blind = next((one for one in found if one.name == f"{BLIND}{track}" and one.settled), None)
        if blind is None or blind.tree.uids != run.tree.uids:
            return {"run": run.id, "segments": _bodies(self.current(run))}
        return {"run": run.id, "segments": _bodies(blind.tree), "track": blind.name}

    def begin_blind(self, run: LabelRun, track: str, actor: str) -> ReviewState:
        """Open a person's blind track, beginning it over the steps of a label run whose calls are not shown."""
        name = f"{BLIND}{track}"
        try:
            return self.open(run.episode, name)
        except UnknownLabel:
            return self.do(blank(run.tree, name), "adopt", {"run": run.id, "segments": [], "blind": True}, actor)

    def do(
        self, state: ReviewState, op: Op, payload: Mapping[str, Any], actor: str, gesture: str | None = None
    ) -> ReviewState:
        """Do and store one gesture; returns the track after it.

        Raises ReviewError when it does not fit, Conflict when the track was changed elsewhere.
        """
        full = self._completed(state, op, payload)
        event = make_event(
            state, op, full, actor=actor, at=self._clock(), policies=self.policies, gesture=gesture
        )  # fmt: skip
        return self.tracks.follow(state, self.repository.append(event))

    def bring_together(self, left: Track, right: Track, actor: str) -> ReviewState:
        """Open the gold track of a demonstration, beginning it with two tracks. Raises ReviewError."""
        try:
            return self.open(left.episode, GOLD)
        except UnknownLabel:
            start = blank(make_tree(left.episode, left.tree.derivation, left.tree.uids, ()), GOLD)
            return self.do(start, "adopt", together(left, right), actor)

    def sides(self, state: ReviewState) -> tuple[LabelTree, LabelTree]:
        """The two trees a gold track is made of, as they stood when it began. Raises ReviewError for another track."""
        if state.sides is None:
            raise ReviewError("This track was not made of two others. Nothing was changed.")
        left, right = (
            self.tracks.at(state.episode, one.track, one.number) for one in (state.sides.left, state.sides.right)
        )
        return left.tree, right.tree

    def tree(self, episode: str, label_ref: str) -> LabelTree:
        """The tree that `run:ID` or `track:NAME` names. Raises UnknownLabel, ReviewError for a hidden track."""
        kind, _, name = label_ref.partition(":")
        if kind == "track":
            return self.tracks.get(episode, name).shown()
        found = self.current(self.repository.run(name))
        if kind != "run" or found.episode != episode:
            raise UnknownLabel(f"{label_ref!r} names no labels of episode {episode}. Nothing was changed.")
        return found

    def _completed(self, state: ReviewState, op: Op, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """What other trees say, for gestures that name them: `take` a step's difference, settle one, `restore`."""
        if op == "restore" and "patch" not in payload:
            return restoring(state, self.tracks.at(state.episode, state.track, int(payload.get("to", 0))))
        if op != "take" or "segments" in payload:
            return payload
        if payload.get("settles") is not None:
            choice: Choice = payload.get("choice", "own")
            return settled(state, *self.sides(state), payload["settles"], choice)
        return self._taken(state, str(payload.get("source")), str(payload.get("at")))

    def _taken(self, state: ReviewState, source: str, at: str) -> Mapping[str, Any]:
        if state.blind:
            raise ReviewError("A blind track takes nothing over. Nothing was changed.")
        other, place = self.tree(state.episode, source), state.labels.place(at)
        if other.uids != state.tree.uids:
            raise ReviewError(f"{source} labels another reading of this recording. Nothing was changed.")
        found = [one for one in differences(state.tree, other) if one.overlaps(place, place)]
        if not found:
            raise ReviewError("There is nothing different at this step. Nothing was changed.")
        return taken(state.tree, other, found, source=source, number=state.number + 1, state="edited")

    def accept_all(self, state: ReviewState, actor: str) -> ReviewState:
        """Accept whatever is pending and of a policy there is; with nothing such pending it stays as it is."""
        known = any(self.policies.knows(segment.policy) for segment in state.pending)
        return self.do(state, "accept_all", {}, actor) if known else state

    def freeze(self, tracks: Iterable[tuple[str, str]], actor: str) -> LabelSet:
        """A label set of (episode, track) pairs. Raises NothingAccepted or ReviewError."""
        states = [self.open(episode, track) for episode, track in tracks]
        made = freeze(states, policy_set=self.policies.name, actor=actor, created=self._clock())
        return self.repository.add_label_set(made)

    def freeze_decided(self, track: str, actor: str, episodes: Iterable[str] | None = None) -> LabelSet:
        """A label set of the track's demonstrations that are wholly decided. Raises NothingAccepted when none is."""
        wanted = None if episodes is None else set(episodes)
        mine = [e for e, name in self.repository.tracks() if name == track and (wanted is None or e in wanted)]
        decided = [(episode, track) for episode in mine if self.open(episode, track).decided]
        if not decided:
            raise NothingAccepted(
                f"None of the {len(mine)} demonstrations {track} has begun to review is wholly decided. "
                "Accept or reject their calls in Label first."
            )
        return self.freeze(decided, actor)


def _bodies(tree: LabelTree) -> list[dict[str, Any]]:
    return [segment.model_dump(mode="json") for segment in tree.segments]

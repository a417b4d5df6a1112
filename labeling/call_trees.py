"""The call tree of an episode: what a run wrote, or what somebody's labels say of a demonstration."""

from __future__ import annotations

from collections.abc import Callable

from labeling import frames as label_frames
from labeling.errors import TreeError, UnknownLabel
from labeling.migrating import current
from labeling.model import LabelTree
from labeling.repository import LabelRepository
from labeling.tracks import Tracks, preferred
from policies.library import PolicySet
from traces.catalogue import Episodes
from traces.model import Frame


class CallTrees:
    """Call trees of one workspace. Labels are named `run:ID`, `track:NAME` or `set:ID`.

    `policies` gives a policy set by its name.
    """

    def __init__(
        self, episodes: Episodes, labels: LabelRepository, tracks: Tracks, policies: Callable[[str], PolicySet]
    ) -> None:
        self._episodes = episodes
        self._labels = labels
        self._tracks = tracks
        self._policies = policies

    def reference(self, episode_id: str) -> str | None:
        """The labels a demonstration is shown with when none are named: somebody's review, else the newest proposal."""
        track = preferred(self._tracks.all(episode_id))
        if track is not None:
            return f"track:{track.name}"
        runs = self._labels.runs(episode_id)
        return f"run:{runs[-1].id}" if runs else None

    def labels(self, episode_id: str, reference: str) -> LabelTree:
        """The label tree of that name. Raises UnknownLabel, ReviewError if hidden."""
        kind, _, name = reference.partition(":")
        trees: tuple[LabelTree, ...] = ()
        if kind == "run":
            run = self._labels.run(name)
            trees = (current(run.tree, self._policies(run.policy_set), run.created),)
        elif kind == "track":
            trees = (self._tracks.get(episode_id, name).shown(),)
        elif kind == "set":
            trees = self._labels.label_set(name).trees
        for tree in trees:
            if tree.episode == episode_id:
                return tree
        raise UnknownLabel(f"{reference!r} names no labels of episode {episode_id}. Nothing was changed.")

    def frames(self, episode_id: str, reference: str | None = None) -> tuple[Frame, ...]:
        """The calls of an episode: what a run wrote, or what its labels say (the root alone without labels).

        Raises NotFound, UnknownLabel, or TreeError where the episode was normalised again since.
        """
        with self._episodes.open(episode_id) as reader:
            if reference is None and (written := reader.frames()):
                return written
            episode, steps = reader.episode, reader.steps()
        named = reference or self.reference(episode_id)
        uids = tuple(step.uid for step in steps)
        tree = self.labels(episode_id, named) if named else LabelTree(episode=episode_id, uids=uids)
        if tree.uids != uids:
            raise TreeError(
                f"{named} labels derivation {tree.derivation} of episode {episode_id}, which was normalised again "
                "since. Nothing was changed. Name the labels that were carried over."
            )
        return label_frames.frames(episode, steps, tree)

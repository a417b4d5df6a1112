"""What an export is made from: each demonstration of a label set, loaded, judged, scanned for secrets and blanked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel

from flows.record import marks, taught
from flows.transfer.export_guard import HeldOutGuard
from labeling.errors import LabelError, SecretFound
from labeling.exports.material import STATUSES, Labelled, LabelStatus, Track
from labeling.exports.out import Out
from labeling.exports.secrets import Secrets, scan
from labeling.model import DECIDED, LabelRun, LabelSet, LabelTree, ReviewEvent
from labeling.prompts.model import PromptSet
from labeling.prompts.turns import Demonstration
from labeling.review import project
from labeling.splits import Split, split_of
from store.errors import StoreError
from traces.errors import TraceError
from traces.model import Annotation, Observation, Status
from wiring import Parts

GOLD = "gold"
"""The track that labels are adjudicated in."""


@dataclass(frozen=True)
class Wanted:
    """Which demonstrations are taken, and what happens to secrets; `files`: the episode files go along."""

    split: Split | None
    status: LabelStatus
    ended: tuple[Status, ...]
    refuse_secrets: bool
    files: bool


class Gatherer:
    """Loads the demonstrations of one label set; what is not taken is left out with its reason."""

    def __init__(self, parts: Parts, label_set: LabelSet, wanted: Wanted, out: Out, guard: HeldOutGuard) -> None:
        self.label_set = label_set
        self.splits: set[Split] = set()
        self._parts = parts
        self._wanted = wanted
        self._out = out
        self._guard = guard

    def prompt_sets(self) -> tuple[PromptSet, ...]:
        """The prompt sets built from this label set."""
        return tuple(made for made in self._parts.labels.prompt_sets() if self.label_set.id in made.label_sets)

    def labelled(self, tree: LabelTree) -> Labelled | None:
        """One demonstration, or None when it is left out. Raises SecretFound."""
        try:
            found = self._load(tree)
        except (StoreError, TraceError) as error:
            self._out.leave_out_demonstration(tree.episode, f"its episode cannot be read: {error}")
            return None
        reason = self._refusal(found)
        if reason is not None:
            self._out.leave_out_demonstration(tree.episode, reason)
            return None
        self.splits.add(found.split)
        return self._clean(found)

    def _load(self, tree: LabelTree) -> Labelled:
        with self._parts.episode(tree.episode) as reader:
            steps = reader.steps(tree.derivation)
            wanted = {key for step in steps for key in (step.observation_before, step.observation_after) if key}
            seen = {key: reader.observation(key) for key in sorted(wanted)}
            episode, path = reader.refresh(), reader.path
        mistakes = marks.mistakes(self._parts, tree.episode)
        runs = tuple(sorted(self._parts.labels.runs(tree.episode), key=lambda run: (run.created, run.id)))
        tracks = tuple(self._tracks(tree, runs))
        return Labelled(
            Demonstration(episode, steps, seen.__getitem__, mistakes, opened=taught.opened(self._parts, tree.episode)),
            tree,
            self.label_set.id,
            split_of(episode.task, episode.objective),
            _status(tree, tracks),
            runs,
            tracks,
            self._parts.episodes.annotations.of(tree.episode),
            path if self._wanted.files else None,
        )

    def _tracks(self, tree: LabelTree, runs: Sequence[LabelRun]) -> Iterator[Track]:
        """Every review of the demonstration but blind ones under way; whether it ends at the label set's calls."""
        by_id = {run.id: run for run in runs}
        hidden = {track.name for track in self._parts.tracks.all(tree.episode) if track.hidden}
        for name in (name for _, name in self._parts.labels.tracks(tree.episode) if name not in hidden):
            events = self._parts.labels.events(tree.episode, name)
            adopted = [event for event in events if event.op == "adopt"]
            run = by_id.get(str(adopted[-1].payload.get("run"))) if adopted else None
            yield Track(name, events, run, _ends_at(tree, events, by_id))

    def _refusal(self, found: Labelled) -> str | None:
        """Why a demonstration is not taken."""
        wanted, status = self._wanted, found.demonstration.episode.status
        if not {*found.tree.uids} <= {step.uid for step in found.demonstration.steps}:
            return f"its steps of derivation {found.tree.derivation}, which the labels are about, are not there"
        if wanted.split is not None and found.split != wanted.split:
            return f"it is in the split {found.split}"
        if STATUSES.index(found.status) < STATUSES.index(wanted.status):
            return f"its labels are {found.status}"
        if status not in wanted.ended:
            return f"it ended as {status!r}"
        return self._guard.why(found.demonstration)

    def _clean(self, found: Labelled) -> Labelled:
        """The demonstration without secrets in the clear. Raises SecretFound where they are to be refused."""
        demo = found.demonstration
        others: list[tuple[str, BaseModel]] = [("the episode", demo.episode), ("the labels", found.tree)]
        others += [("a proposal", run) for run in found.runs]
        others += [("a review", event) for track in found.tracks for event in track.events]
        others += [("an annotation", said) for said in found.annotations]
        others += [("a call of the run it goes on with", call) for call in demo.opened]
        secrets = scan(found.id, demo.steps, demo.observation, others)
        if not secrets.findings:
            return found
        if self._wanted.refuse_secrets:
            listed = "; ".join(str(finding) for finding in secrets.findings[:5])
            more = f" and {len(secrets.findings) - 5} more" if len(secrets.findings) > 5 else ""
            raise SecretFound(
                f"A secret stands in the clear: {listed}{more}. Nothing was written. "
                "Delete the episode or record it again with --secret, or write a format that blanks it."
            )
        for finding in secrets.findings:
            self._out.secrets[finding.kind] += 1
        return _blanked(found, secrets)


def _blanked(found: Labelled, secrets: Secrets) -> Labelled:
    demo = found.demonstration

    def observation(key: str) -> Observation:
        return secrets.blanked(demo.observation(key))

    clean = replace(
        demo,
        episode=secrets.blanked(demo.episode),
        steps=tuple(map(secrets.blanked, demo.steps)),
        observation=observation,
        opened=tuple(map(secrets.blanked, demo.opened)),
    )
    tracks = tuple(
        replace(
            track,
            events=tuple(map(secrets.blanked, track.events)),
            run=secrets.blanked(track.run) if track.run else None,
        )
        for track in found.tracks
    )
    said: tuple[Annotation, ...] = tuple(map(secrets.blanked, found.annotations))
    return replace(
        found,
        demonstration=clean,
        tree=secrets.blanked(found.tree),
        runs=tuple(map(secrets.blanked, found.runs)),
        tracks=tracks,
        annotations=said,
    )


def _status(tree: LabelTree, tracks: Sequence[Track]) -> LabelStatus:
    """How far these labels can be trusted, by what the reviews say."""
    if any(segment.state not in DECIDED for segment in tree.segments):
        return "proposed"
    agreed = {track.name for track in tracks if track.same}
    return "gold" if len(agreed) > 1 or GOLD in agreed else "reviewed"


def _ends_at(tree: LabelTree, events: Sequence[ReviewEvent], runs: dict[str, LabelRun]) -> bool:
    """Whether a review is decided and says the same calls as the tree."""
    begun = runs.get(str(events[0].payload.get("run"))) if events else None
    if begun is None:
        return False
    try:
        state = project(begun.tree, events)
    except LabelError:
        return False
    return state.decided and _calls(state.tree) == _calls(tree)


def _calls(tree: LabelTree) -> list[tuple[object, ...]]:
    """What a tree says, whoever said it."""
    return [
        (segment.first, segment.last, segment.call, segment.returns, _depth(tree, segment.parent))
        for segment in tree.segments
    ]


def _depth(tree: LabelTree, parent: str | None) -> int:
    return 0 if parent is None else 1 + _depth(tree, tree.by_id[parent].parent)

"""Reviewing as the Label board needs it: opening a demonstration, one gesture at a time, the queue, finishing.

Values for JSON are made in server/board.py; what a gesture means is labeling/review.py. Holds no state of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from labeling.desk import ReviewDesk
from labeling.errors import Conflict, NothingToLabel, ReviewError, UnknownLabel
from labeling.model import LabelRun, LabelTree, Op
from labeling.review import ReviewState
from server.board import Json, board, entry, unlabelled
from server.people import track_of
from server.proposing import flagged, propose_all
from traces.model import Step
from traces.reader import EpisodeReader

LOOKED_AT = 60
"""Demonstrations, newest first, of which the queue is made."""

QUEUED = 30
UNKNOWN = 0.5
"""Where a demonstration without any proposal stands in the queue; the rules label it when it is opened."""


@dataclass(frozen=True)
class Person:
    """Whose gestures they are, and the track they go to."""

    name: str
    track: str

    @classmethod
    def called(cls, name: str) -> Person:
        """The person of that name."""
        return cls(name, track_of(name))


class Reviewing:
    """`episode` opens a reader, closed here; `desk` gives the desk of a policy set, without a name the usual one."""

    def __init__(
        self,
        episode: Callable[[str], EpisodeReader],
        demonstrations: Callable[[], Sequence[str]],
        desk: Callable[..., ReviewDesk],
        failures: tuple[type[Exception], ...],
    ) -> None:
        self._episode = episode
        self._demonstrations = demonstrations
        self._desk = desk
        self._failures = failures
        self._mistakes: dict[str, list[str]] = {}

    def open(self, episode: str, person: Person, queue: Sequence[Json]) -> Json:
        """The board of a demonstration; who opens it for the first time begins a track with the newest label run."""
        with self._episode(episode) as reader:
            runs = self._runs(reader)
            desk = self._desk(runs[-1].policy_set)
            review = desk.begin(runs[-1], person.track, person.name)
            body = self._board(reader, desk, review, runs, person)
        return {**body, "queue": list(queue)}

    def do(
        self,
        episode: str,
        person: Person,
        gesture: str,
        base: int,
        op: Op,
        payload: Json,
        args: Mapping[str, str] | None,
    ) -> Json:
        """Store a gesture: `{"state", "touched"}`. Raises Conflict, ReviewError, TreeError."""
        with self._episode(episode) as reader:
            runs = self._runs(reader)
            desk = self._desk(runs[-1].policy_set)
            before = desk.begin(runs[-1], person.track, person.name)
            touched = None
            after = before
            if not self._known(desk, episode, person, gesture):
                _check_base(before, base)
                full = payload if args is None else {**payload, "args": _arguments(desk, before, payload, args)}
                after = desk.do(before, op, full, person.name, gesture)
                touched = _touched(before.tree, after.tree, payload.get("segment"))
            return {"state": self._board(reader, desk, after, runs, person), "touched": touched}

    def finish(self, episode: str, person: Person, base: int) -> Json:
        """Freeze all the person's decided demonstrations: `{"state", "label_set"}`. Raises ReviewError."""
        with self._episode(episode) as reader:
            runs = self._runs(reader)
            desk = self._desk(runs[-1].policy_set)
            review = desk.open(episode, person.track)
            _check_base(review, base)
            if not review.decided:
                raise ReviewError(f"{len(review.pending)} calls are not decided yet. Accept or reject them first.")
            frozen = desk.freeze_decided(person.track, person.name)
            return {"state": self._board(reader, desk, review, runs, person), "label_set": frozen.id}

    def queue(self, person: Person) -> list[Json]:
        """What waits for this person, most doubtful first; what cannot be read or labelled is left out."""
        found: list[tuple[float, Json]] = []
        for episode in self._demonstrations()[:LOOKED_AT]:
            try:
                waiting = self._waiting(episode, person)
            except self._failures:
                continue
            if waiting is not None:
                found.append(waiting)
        found.sort(key=lambda item: item[0])
        return [line for _, line in found[:QUEUED]]

    def reviewed(self, person: Person) -> int:
        """How many demonstrations this person has begun."""
        return sum(track == person.track for _, track in self._desk().repository.tracks())

    def _waiting(self, episode: str, person: Person) -> tuple[float, Json] | None:
        """(mean confidence of what is undecided, the queue's line); None when nothing is left to do."""
        with self._episode(episode) as reader:
            header = reader.episode
        runs = self._desk().repository.runs(episode)
        if not runs:
            return UNKNOWN, unlabelled(header)
        desk = self._desk(runs[-1].policy_set)
        try:
            review = desk.open(episode, person.track)
        except UnknownLabel:
            return _mean(runs[-1].tree), entry(header, runs[-1].tree)
        if review.decided and self._frozen(desk, review):
            return None
        return _mean(review.tree), entry(header, review.tree)

    def _runs(self, reader: EpisodeReader) -> tuple[LabelRun, ...]:
        """The label runs of a demonstration; rules and marks make the first ones when nobody has."""
        desk = self._desk()
        found = desk.repository.runs(reader.episode.id)
        if found:
            return found
        if reader.interrupted:
            raise NothingToLabel("This demonstration was interrupted. Seal it on the Record screen first.")
        if reader.episode.status == "running":
            raise NothingToLabel("This demonstration is still being recorded. Stop it on the Record screen first.")
        return propose_all(desk, reader)

    def _board(
        self, reader: EpisodeReader, desk: ReviewDesk, review: ReviewState, runs: Sequence[LabelRun], person: Person
    ) -> Json:
        adopted = next((run.labeller for run in runs if run.id == review.run), None)
        lanes = {run.labeller: run.tree for run in runs if run.tree.uids == review.tree.uids}
        body = board(reader.episode, _steps(reader, review.tree), review, lanes, desk.policies)
        finished = review.decided and self._frozen(desk, review)
        facts = {"author": {"name": person.name}, "adopted": adopted, "finished": finished}
        return {**body, **facts, "mistakes": self._wrong(reader)}

    def _wrong(self, reader: EpisodeReader) -> list[str]:
        """The steps marked as mistakes while recording, read once: a sealed log does not change."""
        episode = reader.episode.id
        if episode not in self._mistakes:
            self._mistakes[episode] = sorted(flagged(reader))
        return self._mistakes[episode]

    @staticmethod
    def _frozen(desk: ReviewDesk, review: ReviewState) -> bool:
        """Whether the newest label set holds the track as it stands."""
        try:
            return review.tree in desk.repository.label_set("latest").trees
        except UnknownLabel:
            return False

    @staticmethod
    def _known(desk: ReviewDesk, episode: str, person: Person, gesture: str) -> bool:
        return any(event.gesture == gesture for event in desk.repository.events(episode, person.track))


def _steps(reader: EpisodeReader, tree: LabelTree) -> tuple[Step, ...]:
    """The steps of the tree's derivation that the tree is over, in its order."""
    by_uid = {step.uid: step for step in reader.steps(tree.derivation)}
    return tuple(by_uid[uid] for uid in tree.uids)


def _check_base(review: ReviewState, base: int) -> None:
    if base != review.number:
        raise Conflict(review.number)


def _arguments(desk: ReviewDesk, review: ReviewState, payload: Json, given: Mapping[str, str]) -> list[Json]:
    """The arguments in the policy's order; a value that was not touched keeps its source."""
    segment = review.labels.segment(str(payload.get("segment")))
    known = {argument.name: argument for argument in segment.args}
    out: list[Json] = []
    for parameter in desk.policies.resolve(segment.policy).parameters:
        value = given.get(parameter.name, "").strip()
        before = known.get(parameter.name)
        if before is not None and before.value == value:
            out.append(before.model_dump(mode="json"))
        elif value or parameter.required:
            out.append({"name": parameter.name, "value": value, "source": "person"})
    return out


def _touched(before: LabelTree, after: LabelTree, segment: object) -> str | None:
    """The call a gesture was about: a new one if it made one, the one it named, or the first that changed."""
    changed = [key for key, now in after.by_id.items() if before.by_id.get(key) != now]
    new = [key for key in changed if key not in before.by_id]
    named = [segment] if isinstance(segment, str) and segment in after.by_id else []
    return next(iter([*new, *named, *changed]), None)


def _mean(tree: LabelTree) -> float:
    pending = [segment.confidence or 0.0 for segment in tree.segments if segment.state == "pending"]
    return sum(pending) / len(pending) if pending else 1.0

"""Reviewing as the Label board needs it: opening a demonstration, one gesture at a time, finishing, history, gold.

Values for JSON are made in server/board.py, the queue in server/waiting.py; what a gesture means is labeling/review.py.
What is remembered here is only what cannot change: the steps of a sealed recording. A person whose blind track is not
handed in is shown nothing but that track, whatever is asked for.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from labeling.desk import ReviewDesk
from labeling.errors import Conflict, NothingToLabel, ReviewError
from labeling.model import LabelRun, LabelSet, LabelTree, Op
from labeling.review import ReviewState
from labeling.tracks import BLIND, GOLD
from server.board import THRESHOLD, Json, episode_facts, policy_facts, step_facts
from server.opened import Opened, changes, labels, remarks
from server.people import track_of
from server.proposing import flagged, propose_all
from server.waiting import Person, Queue
from traces.reader import EpisodeReader

Wanted = Literal["shown", "blind", "gold"]
REMEMBERED = 16
"""Demonstrations whose steps are kept ready for JSON."""


@dataclass(frozen=True)
class _Recording:
    """What is shown of a recording and never changes."""

    episode: Json
    steps: list[Json]
    mistakes: list[str]


class Reviewing:
    """`episode` opens a reader, closed here; `rows` are those of the ended demonstrations; `desk` is a policy set's."""

    def __init__(
        self,
        episode: Callable[[str], EpisodeReader],
        rows: Callable[[], Sequence[Mapping[str, Any]]],
        desk: Callable[..., ReviewDesk],
        failures: tuple[type[Exception], ...],
        blind_share: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._episode = episode
        self._desk = desk
        self._queue = Queue(rows, desk, failures, blind_share)
        self._recordings: OrderedDict[tuple[str, int], _Recording] = OrderedDict()

    def queue(self, person: Person) -> Json:
        """`{"queue", "to_review"}`: what waits for this person, most doubtful first."""
        return self._queue.of(person)

    def open(self, episode: str, person: Person, wanted: Wanted = "shown") -> Json:
        """The board of a demonstration. Who opens it for the first time sees what the newest label run proposes; a
        track begins with the first gesture (a blind one at once).
        """
        with self._episode(episode) as reader:
            return self._board(reader, self._opened(reader, person, wanted))

    def do(
        self,
        episode: str,
        person: Person,
        gesture: str,
        base: int,
        op: Op,
        payload: Json,
        args: Mapping[str, str] | None = None,
        track: str | None = None,
        run: str | None = None,
    ) -> Json:
        """Store a gesture: `{"changes", "touched"}`, or the whole `state` for one stored before.

        A track that was not begun begins with the label run the person saw, `run`. Raises Conflict when the track is
        not at `base` or is another than `track`, ReviewError, TreeError.
        """
        with self._episode(episode) as reader:
            opened = self._opened(reader, person, _kind_of(track))
            desk, before = opened.desk, opened.review
            if track is not None and track != before.track:
                raise Conflict(before.number)
            if base < before.number and self._stored(before, gesture, base):
                return {"state": self._board(reader, opened), "touched": None}
            _check_base(before, base)
            opened = _begun(opened, run)
            before = opened.review
            full = payload if args is None else {**payload, "args": _arguments(desk, before, payload, args)}
            after = desk.do(before, op, full, person.name, gesture)
            changed = changes(opened, Opened(desk, opened.runs, after, person), self._queue.doubter)
            return {"changes": changed, "touched": _touched(before.tree, after.tree, payload.get("segment"))}

    def finish(
        self,
        episode: str,
        person: Person,
        base: int,
        track: str | None = None,
        given_up: bool = False,
        run: str | None = None,
    ) -> Json:
        """Freeze all the person's decided demonstrations, or hand a blind track in: `{"state", "label_set"}`.

        Raises ReviewError.
        """
        with self._episode(episode) as reader:
            opened = self._opened(reader, person, _kind_of(track))
            desk, review = opened.desk, opened.review
            _check_base(review, base)
            if opened.blind:
                return self._handed_in(reader, opened, given_up)
            if not review.decided:
                raise ReviewError(f"{_undecided(review)} Nothing was frozen.")
            opened = _begun(opened, run)
            frozen = self._frozen(desk, opened.review, person)
            return {"state": self._board(reader, opened), "label_set": frozen.id}

    def history(self, episode: str, person: Person, wanted: Wanted) -> Json:
        """`{"entries"}`: every change of the track in words, newest first."""
        with self._episode(episode) as reader:
            opened = self._opened(reader, person, wanted)
        names = {run.id: run.labeller for run in opened.runs}
        told = opened.desk.tracks.history(episode, opened.review.track, lambda run: names.get(run, run))
        fields = ("number", "at", "actor", "op", "text", "undone", "pending")
        return {"entries": [{name: getattr(entry, name) for name in fields} for entry in reversed(told)]}

    def together(self, episode: str, person: Person, left: str, right: str) -> Json:
        """Begin the gold track of a demonstration with two tracks and show it; shows it if it was begun before."""
        with self._episode(episode) as reader:
            opened = self._opened(reader, person, "shown")
            if opened.blind:
                raise ReviewError("Hand your blind labels in first. Nothing was changed.")
            tracks = opened.desk.tracks
            opened.desk.bring_together(tracks.get(episode, left), tracks.get(episode, right), person.name)
            return self._board(reader, self._opened(reader, person, "gold"))

    def _opened(self, reader: EpisodeReader, person: Person, wanted: Wanted) -> Opened:
        """The track that is to be shown. Raises ReviewError where that would show what must not be seen."""
        runs, episode = self._runs(reader), reader.episode.id
        desk = self._desk(runs[-1].policy_set)
        found = {track.name: track for track in desk.tracks.all(episode)}
        blind = found.get(f"{BLIND}{person.track}")
        if blind is not None and not blind.state.closed:
            return Opened(desk, runs, blind.state, person)
        if wanted == "blind":
            if person.track in found or blind is not None:
                raise ReviewError(
                    "You have seen what is proposed for this demonstration, so you cannot label it blind any more. "
                    "Nothing was changed; somebody else can, under their own name."
                )
            return Opened(desk, runs, desk.begin_blind(runs[-1], person.track, person.name), person)
        if wanted == "gold":
            return Opened(desk, runs, desk.open(episode, GOLD), person)
        return Opened(desk, runs, desk.preview(runs[-1], person.track, person.name), person)

    def _stored(self, review: ReviewState, gesture: str, base: int) -> bool:
        """Whether a gesture was stored already: its answer got lost, and it is sent again."""
        events = self._desk().repository.events(review.episode, review.track, base)
        return any(event.gesture == gesture for event in events)

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

    def _board(self, reader: EpisodeReader, opened: Opened) -> Json:
        recording = self._recording(reader, opened.review.tree)
        policies = [policy_facts(policy) for policy in opened.desk.policies if policy.kind != "planner"]
        return {
            "episode": recording.episode,
            "steps": recording.steps,
            "mistakes": recording.mistakes,
            "policies": policies,
            "author": {"name": opened.person.name},
            "threshold": THRESHOLD,
            "calibrated": self._curve(opened),
            "remarks": remarks(opened),
            **labels(opened, self._queue.doubter),
        }

    def _curve(self, opened: Opened) -> list[tuple[float, float]] | bool:
        """What the confidences are worth, as knots of a curve; False while their labeller is not calibrated."""
        made = opened.desk.repository.calibration(opened.labeller) if opened.labeller is not None else None
        return list(made.knots) if made is not None else False

    def _handed_in(self, reader: EpisodeReader, opened: Opened, given_up: bool) -> Json:
        """A blind track ends; its calls are its person's labels from now on, unless it was given up."""
        if not given_up and not opened.review.tree.segments:
            raise ReviewError("There is no call yet. Nothing was handed in; make calls of the steps first.")
        opened.desk.do(opened.review, "hand_in", {"given_up": given_up}, opened.person.name)
        return {"state": self._board(reader, _begun(self._opened(reader, opened.person, "shown"))), "label_set": None}

    @staticmethod
    def _frozen(desk: ReviewDesk, review: ReviewState, person: Person) -> LabelSet:
        if review.sides is None:
            return desk.freeze_decided(review.track, person.name)
        golden = [(one.episode, GOLD) for one in desk.tracks.all() if one.kind == "gold" and one.settled]
        return desk.freeze(golden, person.name)

    def _recording(self, reader: EpisodeReader, tree: LabelTree) -> _Recording:
        """The recording's part, made once: a sealed log does not change."""
        key = (reader.episode.id, tree.derivation)
        found = self._recordings.get(key)
        if found is None or [step["uid"] for step in found.steps] != list(tree.uids):
            by_uid = {step.uid: step for step in reader.steps(tree.derivation)}
            steps = [step_facts(by_uid[uid]) for uid in tree.uids]
            found = _Recording(episode_facts(reader.episode), steps, sorted(flagged(reader)))
            self._recordings[key] = found
            while len(self._recordings) > REMEMBERED:
                self._recordings.popitem(last=False)
        return found


def person_called(name: str) -> Person:
    """The person of that name."""
    return Person(name, track_of(name))


def _begun(opened: Opened, run: str | None = None) -> Opened:
    """The same track, begun where it was only looked at, with the label run `run` if that is one of its runs."""
    if opened.blind or opened.review.sides is not None:
        return opened
    seen = next((one for one in opened.runs if one.id == run), opened.runs[-1])
    return replace(opened, review=opened.desk.begin(seen, opened.person.track, opened.person.name))


def _kind_of(track: str | None) -> Wanted:
    return "gold" if track == GOLD else "shown"


def _undecided(review: ReviewState) -> str:
    open_ = [key for key, choice in review.labels.choices.items() if not choice]
    if review.pending:
        return f"{len(review.pending)} calls are not decided yet. Accept or reject them first."
    return f"{len(open_)} differences are not settled yet. Choose a side in each first."


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
    changed = [key for key, now in after.by_id.items() if before.by_id.get(key) is not now]
    new = [key for key in changed if key not in before.by_id]
    named = [segment] if isinstance(segment, str) and segment in after.by_id else []
    return next(iter([*new, *named, *changed]), None)

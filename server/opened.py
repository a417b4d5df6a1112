"""A track that somebody has opened, as values for the Label board: its calls, whose it is, and what stands beside it.

While a track is labelled blind nothing stands beside it: no run, no other person's labels, no count of either.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from labeling.desk import ReviewDesk
from labeling.differences import Difference, differences, same
from labeling.doubt import Doubt, Doubter
from labeling.errors import UnknownLabel
from labeling.model import LabelRun, LabelTree
from labeling.review import ReviewState
from labeling.tracks import BLIND, Track
from server.board import Json, Lane, calls, facts, lanes, together
from server.waiting import Person

DoubterOf = Callable[[ReviewDesk, Mapping[str, Sequence[Difference]], str | None], Doubter]


@dataclass(frozen=True)
class Opened:
    """One person's track of a demonstration, with everything beside it."""

    desk: ReviewDesk
    runs: tuple[LabelRun, ...]
    review: ReviewState
    person: Person

    @property
    def blind(self) -> bool:
        """Whether no proposal may be shown."""
        return self.review.blind and not self.review.closed

    @property
    def labeller(self) -> str | None:
        """Who proposed what the track began with."""
        return next((run.labeller for run in self.runs if run.id == self.review.run), None)


def labels(opened: Opened, doubter: DoubterOf) -> Json:
    """What is said about the steps, by this track and beside it."""
    review, beside = opened.review, _beside(opened)
    found = [differences(review.tree, lane.tree) for lane in beside]
    names = (lane.name for lane in beside)
    doubts = doubter(opened.desk, dict(zip(names, found, strict=True)), opened.labeller).all(review.tree)
    return {
        **facts(review, doubts),
        **_standing(opened),
        "segments": calls(review.tree, doubts),
        "lanes": lanes(review.tree, beside, found),
        "gold": _gold(opened, beside),
    }


def remarks(opened: Opened) -> Json:
    """What labellers noted of single steps, by uid; nothing when blind."""
    if opened.blind:
        return {}
    found = opened.desk.repository.remarks(opened.review.tree.episode)
    return {one.step: f"{one.role.replace('_', '-')}: {one.why}" for one in found}


def changes(before: Opened, after: Opened, doubter: DoubterOf) -> Json:
    """What a gesture changed: the calls alone where only decisions did, else everything said about the steps."""
    old, new = before.review.tree, after.review.tree
    changed = [key for key, now in new.by_id.items() if old.by_id.get(key) is not now]
    if after.review.sides is None and len(old.segments) == len(new.segments) and _decisions(old, new, changed):
        doubts = {segment.id: Doubt(0.0) for segment in after.review.pending}
        return {**facts(after.review, doubts), **_ending(after), "segments": calls(new, {}, changed)}
    gone = [key for key in old.by_id if key not in new.by_id]
    return {**labels(after, doubter), "gone": gone}


def _standing(opened: Opened) -> Json:
    """Whose track it is, of which kind, and who else has one."""
    review = opened.review
    kind = "gold" if review.sides is not None else "blind" if review.blind else "shown"
    sides = review.sides and [review.sides.left.track, review.sides.right.track]
    return {
        "track": {"name": review.track, "kind": kind, "sides": sides, "run": None if opened.blind else review.run},
        "adopted": None if opened.blind or sides else opened.labeller,
        "others": [] if opened.blind else _others(opened),
        **_ending(opened),
    }


def _ending(opened: Opened) -> Json:
    """Whether all is decided, and whether the newest label set holds it."""
    decided = opened.review.decided
    return {"decided": decided, "finished": decided and _is_frozen(opened.desk, opened.review)}


def _others(opened: Opened) -> list[Json]:
    """The other tracks of the demonstration; of blind ones those that were handed in."""
    found = opened.desk.tracks.all(opened.review.episode)
    beside = (one for one in found if one.name != opened.review.track and (one.kind != "blind" or one.settled))
    return [_track(one, opened.person) for one in beside]


def _track(one: Track, person: Person) -> Json:
    told = {name: getattr(one, name) for name in ("name", "actor", "kind", "settled")}
    return {**told, "mine": _is_of(one, person)}


def _beside(opened: Opened) -> tuple[Lane, ...]:
    """Other labels of the same steps: the newest run of each labeller, finished tracks of others; none when blind.

    Of a gold track the two it was made of, unless they are over another reading of the recording.
    """
    desk, review = opened.desk, opened.review
    if opened.blind:
        return ()
    if review.sides is not None:
        left, right = desk.sides(review)
        if left.uids != review.tree.uids:
            return ()
        names = review.sides.left.track, review.sides.right.track
        return Lane(f"track:{names[0]}", names[0], "left", left), Lane(f"track:{names[1]}", names[1], "right", right)
    found = {run.labeller: Lane(f"run:{run.id}", run.labeller, "run", desk.current(run)) for run in opened.runs}
    for track in desk.tracks.all(review.episode):
        if track.settled and not _is_of(track, opened.person):
            found[track.name] = Lane(f"track:{track.name}", track.name, "track", track.tree)
    return _merged(lane for lane in found.values() if lane.tree.uids == review.tree.uids)


def _merged(found: Iterable[Lane]) -> tuple[Lane, ...]:
    """Those who say the same stand in one lane."""
    by_calls: dict[tuple[Hashable, ...], Lane] = {}
    for lane in found:
        key = tuple(same(segment) for segment in lane.tree.segments)
        before = by_calls.get(key)
        by_calls[key] = lane if before is None else replace(before, name=f"{before.name}, {lane.name}")
    return tuple(by_calls.values())


def _gold(opened: Opened, beside: Sequence[Lane]) -> list[Json] | None:
    if opened.review.sides is None:
        return None
    if not beside:
        return []
    left, right = beside
    return together(opened.review.tree, left, right, opened.review.labels.choices)


def _is_of(track: Track, person: Person) -> bool:
    return track.name in (person.track, f"{BLIND}{person.track}")


def _is_frozen(desk: ReviewDesk, review: ReviewState) -> bool:
    """Whether the newest label set holds the track as it stands."""
    try:
        return review.tree in desk.repository.newest_set().trees
    except UnknownLabel:
        return False


def _decisions(old: LabelTree, new: LabelTree, changed: Sequence[str]) -> bool:
    """Whether the calls changed in nothing but that somebody stands behind them now."""
    for key in changed:
        before = old.by_id.get(key)
        if before is None or new.by_id[key] != before.model_copy(update={"state": "accepted"}):
            return False
    return True

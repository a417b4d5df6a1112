"""Which proposed calls people found right: the reviews that a labeller's confidence can be held against.

Only calls that somebody decided on one by one count, and blind labels, which judge every proposed call. What was
accepted in bulk, or by the machine, says nothing of the single call and is left out (docs/calibration.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from labeling.calibration import Judged
from labeling.model import LabelRun, LabelTree, ReviewEvent, Segment
from labeling.tracks import Track

Claim = tuple[int, int, str, tuple[tuple[str, str], ...]]


def claim(tree: LabelTree, segment: Segment) -> Claim:
    """What a call claims: first and last position, policy and arguments. Equal claims are the same call."""
    return (*tree.span(segment.id), segment.policy, tuple((arg.name, arg.value) for arg in segment.args))


def claims(tree: LabelTree) -> set[Claim]:
    """What all calls of a tree claim."""
    return {claim(tree, segment) for segment in tree.segments}


def standing(events: Iterable[ReviewEvent]) -> tuple[ReviewEvent, ...]:
    """The events that were not taken back, without the undos and redos themselves."""
    every = tuple(events)
    gone: set[str] = set()
    for event in every:
        if event.op == "undo":
            gone.add(str(event.payload.get("gesture")))
        elif event.op == "redo":
            gone.discard(str(event.payload.get("gesture")))
    return tuple(one for one in every if one.op not in ("undo", "redo") and one.gesture not in gone)


def judged_blind(run: LabelRun, tracks: Sequence[Track]) -> tuple[Judged, ...]:
    """Every proposed call against blind labels of the same steps: right if each of these people made the same call."""
    made = [claims(track.tree) for track in tracks if track.tree.uids == run.tree.uids]
    if not made:
        return ()
    return tuple(
        Judged(
            episode=run.episode,
            segment=segment.id,
            confidence=segment.confidence,
            right=all(claim(run.tree, segment) in theirs for theirs in made),
            blind=True,
        )
        for segment in run.tree.segments
        if segment.confidence is not None
    )


def judged_shown(run: LabelRun, track: Track, events: Sequence[ReviewEvent]) -> tuple[Judged, ...]:
    """The calls of the run a track began with that its person accepted one by one, or changed or rejected."""
    if track.tree.uids != run.tree.uids or track.state.run != run.id:
        return ()
    looked = {str(event.payload["segment"]) for event in _since_adopted(events) if event.op == "accept"}
    found = []
    for segment in run.tree.segments:
        right = _found_right(run.tree, segment, track, looked)
        if right is not None and segment.confidence is not None:
            found.append(Judged(episode=run.episode, segment=segment.id, confidence=segment.confidence, right=right))
    return tuple(found)


def _found_right(proposed: LabelTree, segment: Segment, track: Track, looked: set[str]) -> bool | None:
    """Whether the person took the call as it was; None where nobody looked at it alone."""
    now = track.tree.by_id.get(segment.id)
    if now is None or claim(track.tree, now) != claim(proposed, segment):
        return False
    if now.state == "edited":
        return True
    return True if now.state == "accepted" and segment.id in looked else None


def _since_adopted(events: Sequence[ReviewEvent]) -> tuple[ReviewEvent, ...]:
    kept = standing(events)
    begun = max((place for place, event in enumerate(kept) if event.op == "adopt"), default=-1)
    return kept[begun + 1 :]

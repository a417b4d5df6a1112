"""Which proposed calls people found right: the reviews that a labeller's confidence can be held against.

Only calls that somebody decided on one by one count, and blind labels, which judge every proposed call. What was
accepted in bulk, or by the machine, says nothing of the single call and is left out (docs/calibration.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from labeling.calibration import Judged
from labeling.model import LabelTree, ReviewEvent, Segment
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


def judged_blind(proposed: LabelTree, tracks: Sequence[Track]) -> tuple[Judged, ...]:
    """Every proposed call against blind labels of the same steps: right if each of these people made the same call."""
    made = [claims(track.tree) for track in tracks if track.tree.uids == proposed.uids]
    if not made:
        return ()
    return tuple(
        Judged(
            episode=proposed.episode,
            segment=segment.id,
            confidence=segment.confidence,
            right=all(claim(proposed, segment) in theirs for theirs in made),
            blind=True,
        )
        for segment in proposed.segments
        if segment.confidence is not None
    )


def judged_shown(proposed: LabelTree, track: Track, events: Sequence[ReviewEvent]) -> tuple[Judged, ...]:
    """The calls a track began with that its person accepted one by one, or changed or rejected.

    `proposed` is the run it adopted, in the names of now. Nothing where it began with somebody's own labels.
    """
    since = _since_adopted(events)
    if track.tree.uids != proposed.uids or not since or since[0].payload.keys() & _OWN_BEGINNING:
        return ()
    looked = looked_at(since)
    found = []
    for segment in proposed.segments:
        right = found_right(proposed, segment, track.tree, looked)
        if right is not None and segment.confidence is not None:
            one = Judged(episode=proposed.episode, segment=segment.id, confidence=segment.confidence, right=right)
            found.append(one)
    return tuple(found)


def looked_at(events: Iterable[ReviewEvent]) -> frozenset[str]:
    """Ids of the calls that were accepted one by one."""
    return frozenset(str(event.payload["segment"]) for event in events if event.op == "accept")


def found_right(proposed: LabelTree, segment: Segment, tree: LabelTree, looked: frozenset[str]) -> bool | None:
    """Whether the person took the call as it was; None where nobody looked at it alone."""
    now = tree.by_id.get(segment.id)
    if now is None or claim(tree, now) != claim(proposed, segment):
        return False
    if now.state == "edited":
        return True
    return True if now.state == "accepted" and segment.id in looked else None


_OWN_BEGINNING = frozenset({"track", "sides"})
"""What an `adopt` says that began with labels people had made."""


def _since_adopted(events: Sequence[ReviewEvent]) -> tuple[ReviewEvent, ...]:
    """The standing events from the last adoption on."""
    kept = standing(events)
    begun = max((place for place, event in enumerate(kept) if event.op == "adopt"), default=len(kept))
    return kept[begun:]

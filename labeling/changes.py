"""What review gestures do to labels: pure functions from labels and payload to labels.

A gesture that does not fit raises ReviewError and changes nothing; whatever comes out is a valid tree. Patches say
which segments, notes and rejections to set back; undo is made of them (labeling/review.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from labeling import events as ev
from labeling.errors import ReviewError, TreeError
from labeling.model import LabelTree, Op, Segment
from labeling.tree import children, make_tree, with_changed, with_segments

T = TypeVar("T")


@dataclass(frozen=True)
class Labels:
    """The labels of a track: the tree of calls, remarks by step uid, rejected calls by id.

    `choices` has, in a gold track, each difference of its sides and what was chosen; '' while it is open.
    """

    tree: LabelTree
    notes: Mapping[str, str] = field(default_factory=dict)
    rejected: Mapping[str, Segment] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)

    def segment(self, segment_id: str) -> Segment:
        """One call. Raises ReviewError when it is not there (any more)."""
        found = self.tree.by_id.get(segment_id)
        if found is None:
            raise ReviewError(
                f"The call {segment_id} is not there any more. Nothing was changed; load the labels again."
            )
        return found

    def place(self, uid: str) -> int:
        """Position of a step. Raises ReviewError."""
        if uid not in self.tree.position:
            raise ReviewError(f"The step {uid} is not in this episode. Nothing was changed.")
        return self.tree.position[uid]


def apply(labels: Labels, op: Op, payload: dict[str, Any]) -> Labels:
    """The labels after a gesture (undo and redo aside). Raises ReviewError."""
    value = ev.read_payload(op, payload)
    try:
        return _HANDLERS[op](labels, value)
    except TreeError as error:
        raise ReviewError(f"That would leave no tree of calls: {error} Nothing was changed.") from error


def difference(now: Labels, wanted: Labels) -> dict[str, Any]:
    """The patch that leads from `now` to `wanted`; None stands for taking away."""
    choices = _changed(now.choices, wanted.choices)
    return {
        "segments": _dumped(_changed(now.tree.by_id, wanted.tree.by_id)),
        "notes": _changed(now.notes, wanted.notes),
        "rejected": _dumped(_changed(now.rejected, wanted.rejected)),
        **({"choices": choices} if choices else {}),
    }


def patched(labels: Labels, patch: Mapping[str, Any]) -> Labels:
    """The labels with a patch applied."""
    return Labels(
        _patched_tree(labels.tree, _loaded(patch["segments"])),
        _merged(labels.notes, patch["notes"]),
        _merged(labels.rejected, _loaded(patch["rejected"])),
        _merged(labels.choices, patch.get("choices", {})),
    )


def _patched_tree(tree: LabelTree, patch: Mapping[str, Segment | None]) -> LabelTree:
    if None in patch.values():
        return with_segments(tree, _merged(tree.by_id, patch).values())
    return with_changed(tree, (segment for segment in patch.values() if segment is not None))


def _adopt(labels: Labels, p: ev.Adopt) -> Labels:
    choices = labels.choices if p.sides is None else dict.fromkeys(p.sides.open, "")
    if p.derivation is None:
        return Labels(with_segments(labels.tree, p.segments), labels.notes, {}, choices)
    choices = {key: choice or "own" for key, choice in choices.items()}
    tree = make_tree(labels.tree.episode, p.derivation, p.uids, p.segments)
    return Labels(tree, {uid: text for uid, text in labels.notes.items() if uid in tree.position}, {}, choices)


def _accept(labels: Labels, p: ev.OneSegment) -> Labels:
    return _with(labels, labels.segment(p.segment).model_copy(update={"state": "accepted"}))


def _accept_many(labels: Labels, p: ev.AcceptMany) -> Labels:
    return _with(labels, *(labels.segment(key).model_copy(update={"state": "accepted"}) for key in p.segments))


def _auto_accept(labels: Labels, p: ev.AutoAccept) -> Labels:
    """Only what is still pending: a person's decision, or an audit that waits for one, is never overruled."""
    known = {"auto_accepted": p.segments, "audit": p.audit}
    chosen = [(labels.segment(key), state) for state, keys in known.items() for key in keys]
    if any(segment.state != "pending" for segment, _ in chosen):
        raise ReviewError("Not all of these calls wait for a decision any more. Nothing was changed.")
    return _with(labels, *(segment.model_copy(update={"state": state}) for segment, state in chosen))


def _relabel(labels: Labels, p: ev.Relabel) -> Labels:
    return _edited(labels, labels.segment(p.segment), policy=p.policy, args=p.args)


def _set_args(labels: Labels, p: ev.SetArgs) -> Labels:
    return _edited(labels, labels.segment(p.segment), args=p.args)


def _set_returns(labels: Labels, p: ev.SetReturns) -> Labels:
    return _edited(labels, labels.segment(p.segment), returns=p.returns)


def _note(labels: Labels, p: ev.Note) -> Labels:
    labels.place(p.step)
    kept = {uid: text for uid, text in labels.notes.items() if uid != p.step}
    return replace(labels, notes={**kept, p.step: p.text} if p.text.strip() else kept)


def _take(labels: Labels, p: ev.Take) -> Labels:
    """Other calls in the place of some; the calls around and inside them come along with their new parents."""
    for key in p.without:
        labels.segment(key)
    if p.settles is not None and p.settles not in labels.choices:
        raise ReviewError("There is no such difference to settle. Nothing was changed; load the labels again.")
    kept = {key: segment for key, segment in labels.tree.by_id.items() if key not in p.without}
    kept |= {segment.id: segment for segment in p.segments}
    choices = labels.choices if p.settles is None else {**labels.choices, p.settles: p.choice or "own"}
    return replace(labels, tree=with_segments(labels.tree, kept.values()), choices=choices)


def _restore(labels: Labels, p: ev.Restore) -> Labels:
    return patched(labels, p.patch)


def _hand_in(labels: Labels, _p: ev.HandIn) -> Labels:
    return labels


def _unwrap(labels: Labels, p: ev.OneSegment) -> Labels:
    """Take the call away; its children and own steps become its parent's."""
    gone = labels.segment(p.segment)
    lifted = (c.model_copy(update={"parent": gone.parent}) for c in children(labels.tree, gone.id))
    return _with(labels, *lifted, without=gone.id)


def _reject(labels: Labels, p: ev.OneSegment) -> Labels:
    gone = labels.segment(p.segment).model_copy(update={"state": "rejected"})
    return replace(_unwrap(labels, p), rejected={**labels.rejected, gone.id: gone})


def _split(labels: Labels, p: ev.Split) -> Labels:
    whole, tree = labels.segment(p.segment), labels.tree
    low, high = tree.span(whole.id)
    at = labels.place(p.at)
    if not low < at <= high:
        raise ReviewError(f"‘{whole.call}’ can only be split at one of its later steps. Nothing was changed.")
    _check_unused(labels, p.new)
    inner = children(tree, whole.id)
    _check_uncut(tree, inner, at)
    first = whole.model_copy(update={"last": tree.uids[at - 1], "returns": None, "state": "edited"})
    second = whole.model_copy(update={"id": p.new, "first": p.at, "state": "edited"})
    moved = (c.model_copy(update={"parent": p.new}) for c in inner if tree.span(c.id)[0] >= at)
    return _with(labels, first, second, *moved)


def _merge(labels: Labels, p: ev.OneSegment) -> Labels:
    """Join a call with the next one of the same parent; own steps between them come in."""
    first = labels.segment(p.segment)
    siblings = children(labels.tree, first.parent)
    place = [s.id for s in siblings].index(first.id)
    if place + 1 == len(siblings):
        raise ReviewError(f"No call follows ‘{first.call}’ to merge it with. Nothing was changed.")
    second = siblings[place + 1]
    returns = second.returns if second.returns is not None else first.returns
    joined = first.model_copy(update={"last": second.last, "returns": returns, "state": "edited"})
    moved = (c.model_copy(update={"parent": first.id}) for c in children(labels.tree, second.id))
    return _with(labels, joined, *moved, without=second.id)


def _wrap(labels: Labels, p: ev.Wrap) -> Labels:
    low, high = labels.place(p.first), labels.place(p.last)
    if p.parent is not None:
        labels.segment(p.parent)
    _check_unused(labels, p.new)
    inside = []
    for child in children(labels.tree, p.parent):
        begin, end = labels.tree.span(child.id)
        if begin > high or end < low:
            continue
        if begin < low or end > high:
            raise ReviewError(
                f"The range cuts through ‘{child.call}’. Nothing was changed; widen it or split that call."
            )
        inside.append(child.model_copy(update={"parent": p.new}))
    new = Segment(
        id=p.new, first=p.first, last=p.last, policy=p.policy, args=p.args, parent=p.parent, state="edited"
    )  # fmt: skip
    return _with(labels, new, *inside)


def _move(labels: Labels, p: ev.MoveBoundary) -> Labels:
    segment, tree = labels.segment(p.segment), labels.tree
    low, high = tree.span(segment.id)
    to = labels.place(p.to)
    low, high = (to, high) if p.edge == "start" else (low, to)
    outer = tree.span(segment.parent)
    if low > high or low < outer[0] or high > outer[1]:
        raise ReviewError(
            f"‘{segment.call}’ has to keep a step of its own and stay inside its parent. Nothing was changed."
        )
    changed = [segment.model_copy(update={"first": tree.uids[low], "last": tree.uids[high], "state": "edited"})]
    changed += _let_go(tree, segment, low, high)
    for other in children(tree, segment.parent):
        if other.id != segment.id and _overlap(tree.span(other.id), (low, high)):
            changed += _gives_way(tree, other, segment, (low, high))
    return _with(labels, *changed)


def _let_go(tree: LabelTree, segment: Segment, low: int, high: int) -> Iterable[Segment]:
    """Children of a call that lie outside its new bounds; they become its parent's."""
    for child in children(tree, segment.id):
        begin, end = tree.span(child.id)
        if begin > high or end < low:
            yield child.model_copy(update={"parent": segment.parent})
        elif begin < low or end > high:
            raise ReviewError(
                f"The boundary would cut through ‘{child.call}’. Nothing was changed; move that call first."
            )


def _gives_way(tree: LabelTree, other: Segment, taker: Segment, span: tuple[int, int]) -> Iterable[Segment]:
    """A neighbour that loses steps, and those of its children that go over with them."""
    begin, end = tree.span(other.id)
    keep = (begin, span[0] - 1) if begin < span[0] else (span[1] + 1, end)
    if keep[0] > keep[1]:
        raise ReviewError(f"That would leave nothing of ‘{other.call}’. Nothing was changed; merge the two instead.")
    yield other.model_copy(update={"first": tree.uids[keep[0]], "last": tree.uids[keep[1]], "state": "edited"})
    for child in children(tree, other.id):
        inner = tree.span(child.id)
        if not _overlap(inner, keep):
            yield child.model_copy(update={"parent": taker.id})
        elif inner[0] < keep[0] or inner[1] > keep[1]:
            raise ReviewError(
                f"The boundary would cut through ‘{child.call}’. Nothing was changed; move that call first."
            )


def _migrate(labels: Labels, p: ev.Migrate) -> Labels:
    return _with(labels, *p.segments)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _check_uncut(tree: LabelTree, inner: Iterable[Segment], at: int) -> None:
    for child in inner:
        begin, end = tree.span(child.id)
        if begin < at <= end:
            raise ReviewError(f"The cut would go through ‘{child.call}’. Nothing was changed; split that call first.")


def _check_unused(labels: Labels, segment_id: str) -> None:
    if segment_id in labels.tree.by_id or segment_id in labels.rejected:
        raise ReviewError(f"The id {segment_id} is taken. Nothing was changed; load the labels again.")


def _edited(labels: Labels, segment: Segment, **changes: Any) -> Labels:
    return _with(labels, segment.model_copy(update={**changes, "state": "edited"}))


def _with(labels: Labels, *segments: Segment, without: str | None = None) -> Labels:
    if without is None:
        return replace(labels, tree=with_changed(labels.tree, segments))
    kept = {key: segment for key, segment in labels.tree.by_id.items() if key != without}
    kept |= {segment.id: segment for segment in segments}
    return replace(labels, tree=with_segments(labels.tree, kept.values()))


def _dumped(segments: Mapping[str, Segment | None]) -> dict[str, dict[str, Any] | None]:
    return {key: None if s is None else s.model_dump(mode="json") for key, s in segments.items()}


def _loaded(bodies: Mapping[str, Any]) -> dict[str, Segment | None]:
    return {key: None if body is None else Segment.model_validate(body) for key, body in bodies.items()}


def _changed(now: Mapping[str, T], wanted: Mapping[str, T]) -> dict[str, T | None]:
    keys = sorted({*now, *wanted}) if now is not wanted else ()
    pairs = ((key, now.get(key), wanted.get(key)) for key in keys)
    return {key: other for key, one, other in pairs if one is not other and one != other}


def _merged(now: Mapping[str, T], patch: Mapping[str, T | None]) -> dict[str, T]:
    both = {**now, **patch}
    return {key: value for key, value in both.items() if value is not None}


_HANDLERS: dict[Op, Callable[[Labels, Any], Labels]] = {
    "adopt": _adopt,
    "accept": _accept,
    "accept_all": _accept_many,
    "auto_accept": _auto_accept,
    "bulk_accept": _accept_many,
    "relabel": _relabel,
    "set_args": _set_args,
    "set_returns": _set_returns,
    "note": _note,
    "unwrap": _unwrap,
    "reject": _reject,
    "split": _split,
    "merge": _merge,
    "wrap": _wrap,
    "move_boundary": _move,
    "take": _take,
    "restore": _restore,
    "hand_in": _hand_in,
    "migrate": _migrate,
}

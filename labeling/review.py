"""Review as append-only events: a track's labels are what its events make of an adopted label run, nothing else.

`project` recomputes them; `make_event` turns a gesture into the event that would be stored, or refuses it. Storing, and
losing a race for the next number, is labeling/repository.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from labeling.changes import Labels, apply, difference, patched
from labeling.errors import ReviewError
from labeling.events import PAYLOADS, Migrate, Sides
from labeling.migrating import moved_patch
from labeling.model import SETTLED, Argument, LabelTree, Op, ReviewEvent, Segment, State
from labeling.tree import check_arguments, make_tree
from policies.library import PolicySet
from policies.model import Policy

Patch = Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    """A gesture that can be taken back (or repeated): its id, what it was, and the patches that do so, in order."""

    gesture: str
    op: Op
    patches: tuple[Patch, ...]


@dataclass(frozen=True)
class ReviewState:
    """A track after its events: the labels, the number of the last event, and what can be undone and redone.

    `blind` was begun without a proposal, and is `closed` once handed in (or `given_up`); `sides` are a gold track's.
    """

    episode: str
    track: str
    labels: Labels
    number: int = 0
    run: str | None = None
    blind: bool = False
    closed: bool = False
    given_up: bool = False
    sides: Sides | None = None
    undo: tuple[Done, ...] = ()
    redo: tuple[Done, ...] = ()
    _opened: bool = field(default=False, repr=False)

    @property
    def tree(self) -> LabelTree:
        """The calls as they stand."""
        return self.labels.tree

    @property
    def states(self) -> dict[str, State]:
        """State of every call by id, the rejected ones included."""
        return {key: s.state for key, s in {**self.labels.rejected, **self.tree.by_id}.items()}

    @property
    def pending(self) -> tuple[Segment, ...]:
        """Calls nobody has decided on yet."""
        return tuple(segment for segment in self.tree.segments if segment.state not in SETTLED)

    @property
    def decided(self) -> bool:
        """Whether nothing waits for a person; some of it may have been accepted automatically."""
        return self._opened and not self.pending and all(self.labels.choices.values())


def blank(tree: LabelTree, track: str = "") -> ReviewState:
    """A track before its first event, over the steps of a tree."""
    return ReviewState(tree.episode, track, Labels(make_tree(tree.episode, tree.derivation, tree.uids, ())))


def project(base: LabelTree, events: Iterable[ReviewEvent]) -> ReviewState:
    """The track that the events make; `base` gives episode, derivation and steps (its segments are not used).

    Raises ReviewError naming the event that does not fit.
    """
    state = blank(base)
    for event in events:
        with _fitting(event):
            state = follow(state, event)
    return state


def from_elsewhere(base: LabelTree, events: Sequence[ReviewEvent]) -> ReviewState:
    """The track of another workspace, of which every gesture can be taken back. Raises ReviewError."""
    state = project(base, events)
    labels = state.labels
    for done in reversed(state.undo):
        with _fitting(events[-1]):
            for patch in reversed(done.patches):
                labels = patched(labels, patch)
    return state


@contextmanager
def _fitting(event: ReviewEvent) -> Iterator[None]:
    """What a change holds may come from elsewhere. Raises ReviewError where no gesture is like it."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise ReviewError(f"Change {event.base + 1} of the track is like no gesture and cannot be read.") from error


def follow(state: ReviewState, event: ReviewEvent) -> ReviewState:
    """The track after one more event. Raises ReviewError."""
    number = event.number or event.base + 1
    if event.base != state.number:
        raise ReviewError(f"Change {number} builds on change {event.base}, but the track is at {state.number}.")
    if state.closed and event.op != "migrate" and event.payload.get("derivation") is None:
        raise ReviewError("These labels were handed in and change no more. Nothing was changed.")
    if event.op in ("undo", "redo"):
        after = _taken_back(state, event)
    elif event.op == "migrate":
        after = _migrated(state, event)
    else:
        labels = apply(state.labels, event.op, event.payload)
        after = replace(state, labels=labels, undo=_remembered(state, event), redo=())
    if event.op == "adopt":
        after = _adopted(after, event.payload)
    if event.op == "hand_in":
        after = _closed(after, given_up=bool(event.payload.get("given_up")))
    return replace(after, number=number, track=event.track or state.track, _opened=True)


def make_event(
    state: ReviewState,
    op: Op,
    payload: Mapping[str, Any],
    *,
    actor: str,
    at: float,
    policies: PolicySet,
    gesture: str | None = None,
) -> ReviewEvent:
    """The event of a gesture, not stored yet; what the payload leaves out is filled in. Raises ReviewError.

    `payload` needs only what a person chose: `relabel` keeps fitting arguments, `wrap` finds the parent, `bulk_accept`
    finds its calls by `above`, `undo` and `redo` take the last gesture. Raises UnknownPolicy and TreeError too.
    """
    if op not in PAYLOADS:
        raise ReviewError(f"There is no gesture {op!r}. Nothing was changed.")
    event_id = f"{state.episode}:{state.track}:{state.number + 1}"
    full = _completed(state, op, dict(payload), policies)
    event = ReviewEvent(
        number=0,
        id=event_id,
        episode=state.episode,
        track=state.track,
        actor=actor,
        at=at,
        base=state.number,
        gesture=gesture or event_id,
        op=op,
        payload=full,
        inverse={},
    )
    after = follow(state, event)
    return event.model_copy(update={"inverse": difference(after.labels, state.labels)})


def carried_args(segment: Segment, policy: Policy) -> tuple[Argument, ...]:
    """A call's arguments for another policy: those of the same name, empty where there was none."""
    known = {argument.name: argument for argument in segment.args}
    return tuple(known.get(p.name, Argument(name=p.name, value="", source="person")) for p in policy.required)


def parent_of_range(tree: LabelTree, first: str, last: str) -> str | None:
    """The innermost call that has steps besides `first`..`last`; None is the root."""
    low, high = tree.position[first], tree.position[last]
    found = None
    for segment in tree.segments:
        begin, end = tree.span(segment.id)
        if begin <= low and high <= end and (begin, end) != (low, high):
            found = segment.id
    return found


def _adopted(state: ReviewState, payload: Mapping[str, Any]) -> ReviewState:
    sides = payload.get("sides")
    return replace(
        state,
        run=payload["run"],
        blind=state.blind or bool(payload.get("blind")),
        sides=state.sides if sides is None else Sides.model_validate(sides),
    )


def _closed(state: ReviewState, *, given_up: bool) -> ReviewState:
    if not state.blind or not state.decided:
        raise ReviewError("Only a blind track whose calls are all decided is handed in. Nothing was changed.")
    return replace(state, closed=True, given_up=given_up, undo=(), redo=())


def _taken_back(state: ReviewState, event: ReviewEvent) -> ReviewState:
    stack, other = (state.undo, state.redo) if event.op == "undo" else (state.redo, state.undo)
    if not stack:
        raise ReviewError(f"There is nothing to {event.op}.")
    top = stack[-1]
    if event.payload.get("gesture") != top.gesture:
        raise ReviewError(f"Only the last gesture can be taken back; it is now {top.gesture}. Nothing was changed.")
    labels = state.labels
    for patch in reversed(top.patches):
        labels = patched(labels, patch)
    done = Done(top.gesture, top.op, (event.inverse or difference(labels, state.labels),))
    stacks = (stack[:-1], (*other, done))
    undo, redo = stacks if event.op == "undo" else stacks[::-1]
    return replace(state, labels=labels, undo=undo, redo=redo)


def _migrated(state: ReviewState, event: ReviewEvent) -> ReviewState:
    """The track in other words; what can be undone or done again is in those words too."""
    moves = Migrate.model_validate(event.payload).moves

    def there(stack: tuple[Done, ...]) -> tuple[Done, ...]:
        return tuple(
            replace(
                done, patches=tuple(moved_patch(patch, moves, event.episode, event.track) for patch in done.patches)
            )
            for done in stack
        )

    labels = apply(state.labels, event.op, event.payload)
    return replace(state, labels=labels, undo=there(state.undo), redo=there(state.redo))


def _remembered(state: ReviewState, event: ReviewEvent) -> tuple[Done, ...]:
    """The gestures that can be undone after the event; where a track began, or went over to new steps, is not."""
    if event.op == "adopt" and (not state._opened or event.payload.get("derivation") is not None):
        return ()
    top = state.undo[-1] if state.undo else None
    if top is not None and top.gesture == event.gesture:
        return (*state.undo[:-1], Done(top.gesture, top.op, (*top.patches, event.inverse)))
    return (*state.undo, Done(event.gesture, event.op, (event.inverse,)))


def _completed(state: ReviewState, op: Op, payload: dict[str, Any], policies: PolicySet) -> dict[str, Any]:
    """The payload with what the gesture implies, its policy by its own name, its arguments checked."""
    if op in ("undo", "redo"):
        return _last_gesture(state, op) | payload
    if op in ("split", "wrap"):
        payload.setdefault("new", f"e{state.number + 1}")
    if op in ("bulk_accept", "accept_all"):
        payload.setdefault("segments", _acceptable(state, payload.get("above"), policies))
    if op == "accept" and "segment" in payload:
        _check_known(state, str(payload["segment"]), policies)
    if op in ("relabel", "wrap", "set_args"):
        payload |= _call_of(state, op, payload, policies)
    if op == "wrap" and "parent" not in payload:
        payload["parent"] = _range_parent(state, payload)
    return payload


def _last_gesture(state: ReviewState, op: Op) -> dict[str, Any]:
    stack = state.undo if op == "undo" else state.redo
    return {"gesture": stack[-1].gesture} if stack else {}


def _check_known(state: ReviewState, segment_id: str, policies: PolicySet) -> None:
    segment = state.labels.segment(segment_id)
    if not policies.knows(segment.policy):
        raise ReviewError(
            f"‘{segment.policy}’ is not a policy (yet). Nothing was changed; name the call by one that there is, or "
            "reject it."
        )


def _acceptable(state: ReviewState, above: float | None, policies: PolicySet) -> list[str]:
    """Ids of the pending calls of known policies at least that sure. Raises ReviewError when there is none."""
    known = [s for s in state.pending if policies.knows(s.policy)]
    sure = [s.id for s in known if above is None or (s.state != "audit" and (s.confidence or 0.0) >= above)]
    if not sure:
        reason = "is pending" if above is None else f"with a confidence of {above:.2f} or more is pending"
        raise ReviewError(f"No call {reason}. Nothing was changed.")
    return sure


def _call_of(state: ReviewState, op: Op, payload: dict[str, Any], policies: PolicySet) -> dict[str, Any]:
    """Policy and arguments of the call that a gesture makes, both checked."""
    known = None if op == "wrap" else state.labels.segment(str(payload.get("segment")))
    name = payload.get("policy") if op != "set_args" else known and known.policy
    if not isinstance(name, str):
        raise ReviewError(f"The gesture {op!r} names no policy. Nothing was changed.")
    policy = policies.resolve(name)
    about = known or Segment(id="new", first="", last="", policy=policy.name)
    args = payload.get("args")
    found = carried_args(about, policy) if args is None else _arguments(args)
    check_arguments(about.model_copy(update={"policy": policy.name, "args": found}), policy)
    called = {"args": [argument.model_dump(mode="json") for argument in found]}
    return called if op == "set_args" else {**called, "policy": policy.name}


def _arguments(given: Any) -> tuple[Argument, ...]:
    """Arguments as a list of them, or as a person's values by name. Raises ReviewError."""
    if isinstance(given, Mapping):
        given = [{"name": name, "value": value, "source": "person"} for name, value in given.items()]
    try:
        return tuple(Argument.model_validate(argument) for argument in given)
    except (TypeError, ValidationError) as error:
        raise ReviewError(f"These are no arguments of a call: {given!r}. Nothing was changed.") from error


def _range_parent(state: ReviewState, payload: dict[str, Any]) -> str | None:
    first, last = str(payload.get("first")), str(payload.get("last"))
    state.labels.place(first)
    state.labels.place(last)
    return parent_of_range(state.tree, first, last)

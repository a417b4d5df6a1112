"""Changing the workspace's policies: what a change would do to labels, doing it, taking it back.

A change is first kept in the library, then every track follows by an appended event; if the process dies between, the
tracks that are missing follow with the next change (`catch_up`). Label sets, prompt sets and label runs stay as they
are and keep resolving.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from labeling.errors import Conflict
from labeling.migrating import migration, migration_back, moved
from labeling.model import Segment
from labeling.tracks import Track
from policies.errors import PolicyRefused
from policies.exchange import imported
from policies.keeping import LibraryEvent
from policies.library import PolicySet
from policies.moves import Move, names_of
from policies.operations import Change, Import, Operation
from policies.planning import planned
from policies.state import Entry, Library
from store.errors import NotFound
from traces.actions import VERBS
from wiring import POLICY_SET, Parts

FOLLOWED = "policies_followed"
"""The setting that holds the number of the last change all tracks have followed."""

TRIES = 20


@dataclass(frozen=True)
class CallChange:
    """One call before and after; `waits` says that a person has to look at it, since a value is missing."""

    episode: str
    track: str
    step: str
    before: str
    after: str
    waits: bool


@dataclass(frozen=True)
class Preview:
    """What a change planned on change number `base` would do; sets as (id, how many calls or examples of it)."""

    base: int
    change: Change
    calls: tuple[CallChange, ...]
    using: int
    label_sets: tuple[tuple[str, int], ...]
    prompt_sets: tuple[tuple[str, int], ...]

    @property
    def tracks(self) -> int:
        """How many tracks follow."""
        return len({(call.episode, call.track) for call in self.calls})


@dataclass(frozen=True)
class Made:
    """A change that was made: what it was, how many calls of how many tracks followed, which tracks could not yet."""

    event: LibraryEvent
    calls: int
    tracks: int
    waiting: tuple[str, ...] = ()


def preview(parts: Parts, operation: Operation) -> Preview:
    """What an operation would do; nothing is changed. Raises PolicyError."""
    now = parts.library.now
    change = planned(operation, now)
    _check_actions(change)
    return _preview(parts, change, now)


def preview_undo(parts: Parts, number: int) -> Preview:
    """What taking a change back would do. Raises PolicyRefused."""
    now = parts.library.now
    change = parts.library.undoing(number)
    change.applied(now)
    return _preview(parts, change, now)


def make(parts: Parts, operation: Operation, actor: str, base: int | None = None) -> Made:
    """Make a change that was looked at on change number `base` (None: on the newest). Raises PolicyError."""
    now = parts.library.now
    change = planned(operation, now)
    _check_actions(change)
    event = parts.library.append(change, actor, now.number if base is None else base)
    return _followed(parts, event)


def undo(parts: Parts, number: int, actor: str, base: int | None = None) -> Made:
    """Take a change back. Raises PolicyRefused when later ones build on it, or labels use what it brought."""
    now = parts.library.now
    change = parts.library.undoing(number)
    _check_unused(parts, change, now)
    event = parts.library.append(change, actor, now.number if base is None else base, undoes=number)
    return _followed(parts, event)


def read_import(parts: Parts, data: bytes, policy_set: str | None) -> Import:
    """What a YAML file asks for; `policy_set` is where policies go when the file names no set. Raises PolicyError."""
    return imported(data, parts.library.now, policy_set)


def catch_up(parts: Parts) -> Made | None:
    """Let tracks follow changes they have not followed, as after a process that died; None when all have."""
    events = parts.library.history()
    done = _followed_to(parts)
    missing = [event for event in events if event.number > done]
    if not missing:
        return None
    calls = tracks = 0
    waiting: list[str] = []
    for track in parts.tracks.all():
        for event in missing:
            if event.moves or event.undoes:
                try:
                    followed = _follow(parts, track, event)
                except Conflict:
                    waiting.append(f"{track.name} of {track.episode}")
                    continue
                calls, tracks = calls + followed, tracks + bool(followed)
    if not waiting:
        parts.workspace.put("setting", FOLLOWED, {"number": missing[-1].number})
    return Made(missing[-1], calls, tracks, tuple(waiting))


def calls_of(parts: Parts, entry: Entry) -> Iterator[tuple[Track, Segment]]:
    """Every call of a policy in every track."""
    for track, policies in tracks_with_policies(parts):
        if entry.id in policies.ids:
            names = {name.lower() for name in names_of(entry.policy)}
            yield from ((track, segment) for segment in track.tree.segments if segment.policy.lower() in names)


def tracks_with_policies(parts: Parts) -> Iterator[tuple[Track, PolicySet]]:
    """Every track that can be read, with the policy set it is reviewed with."""
    for track in parts.tracks.all():
        yield track, parts.policies(policy_set_of(parts, track))


def policy_set_of(parts: Parts, track: Track) -> str:
    """The set a track's calls are named from: that of the label run it began with."""
    known = {run.id: run.policy_set for run in parts.labels.runs(track.episode)}
    return known.get(track.state.run or "", POLICY_SET)


def _followed(parts: Parts, event: LibraryEvent) -> Made:
    made = catch_up(parts)
    return Made(event, made.calls, made.tracks, made.waiting) if made else Made(event, 0, 0)


def _followed_to(parts: Parts) -> int:
    try:
        return int(parts.workspace.get("setting", FOLLOWED)["number"])
    except NotFound:
        return 0


def _follow(parts: Parts, track: Track, event: LibraryEvent) -> int:
    """Let one track follow one change; how many calls did. Raises Conflict when somebody reviews all the while."""
    desk = parts.desk(policy_set_of(parts, track))
    for attempt in range(TRIES):
        state = desk.open(track.episode, track.name)
        payload = _payload(parts, desk.policies, event, state.labels, track)
        if payload is None:
            return 0
        try:
            desk.do(state, "migrate", payload, event.actor, _gesture(event))
            return len(payload["segments"])
        except Conflict:
            if attempt == TRIES - 1:
                raise
    return 0


def _payload(
    parts: Parts, policies: PolicySet, event: LibraryEvent, labels: Any, track: Track
) -> dict[str, Any] | None:
    """The payload of the event a track needs; None for none, or when it has it."""
    events = parts.labels.events(track.episode, track.name)
    migrated = {one.gesture: one for one in events if one.op == "migrate"}
    if _gesture(event) in migrated:
        return None
    undone = next((one for one in parts.library.history() if one.number == event.undoes), None)
    if undone is not None and _gesture(undone) in migrated:
        return migration_back(labels, event.moved, migrated[_gesture(undone)], policies)
    return migration(labels, event.moved, policies, track.episode, track.name)


def _gesture(event: LibraryEvent) -> str:
    """What a track's event for a change is called; a track that came from another workspace has others."""
    return f"policies:{event.number}:{round(event.at * 1000)}"


def _preview(parts: Parts, change: Change, now: Library) -> Preview:
    about = now.entries.get(change.about)
    names = {name.lower() for name in names_of(about.policy)} if about else set()
    return Preview(
        base=now.number,
        change=change,
        calls=tuple(_call_changes(parts, change.moves)),
        using=sum(1 for _ in calls_of(parts, about)) if about else 0,
        label_sets=tuple(_label_sets(parts, names)),
        prompt_sets=tuple(_prompt_sets(parts, names)),
    )


def _call_changes(parts: Parts, moves: Iterable[Move]) -> Iterator[CallChange]:
    for track, policies in tracks_with_policies(parts):
        mine = [move for move in moves if move.about in policies.ids]
        for segment in track.tree.segments if mine and not track.hidden else ():
            after = moved(segment, mine, track.episode, track.name)
            if after != segment:
                waits = after.state == "pending" != segment.state
                yield CallChange(track.episode, track.name, segment.first, segment.call, after.call, waits)


def _label_sets(parts: Parts, names: set[str]) -> Iterator[tuple[str, int]]:
    for found in parts.labels.label_sets():
        count = sum(segment.policy.lower() in names for tree in found.trees for segment in tree.segments)
        if count:
            yield found.id, count


def _prompt_sets(parts: Parts, names: set[str]) -> Iterator[tuple[str, int]]:
    for found in parts.labels.prompt_sets():
        count = sum(bool({one.policy, one.action.partition(" ")[0]} & names) for one in found.examples)
        if count:
            yield found.id, count


def _check_unused(parts: Parts, change: Change, now: Library) -> None:
    """Whether no label anywhere would be left without its policy. Raises PolicyRefused naming the first that would."""
    after = change.applied(now)
    back = {name.lower() for move in change.moves for name in move.names}
    for where, policy_set, segments in _every_label(parts):
        if policy_set not in after.sets:
            raise PolicyRefused(
                f"{where} was made with the set {policy_set}, which this would take away. Nothing was changed."
            )
        before = parts.policies(policy_set)
        then = after.set(policy_set, before.moved)
        for segment in segments:
            name = segment.policy
            if before.knows(name) and not then.knows(name) and name.lower() not in back:
                raise PolicyRefused(
                    f"{where} calls {name}, which would be gone. Nothing was changed; "
                    "rename, merge or retire that policy instead."
                )


def _every_label(parts: Parts) -> Iterator[tuple[str, str, Iterable[Segment]]]:
    for track in parts.tracks.all():
        yield f"The track of {track.name} for {track.episode}", policy_set_of(parts, track), track.tree.segments
    for label_set in parts.labels.label_sets():
        segments = (segment for tree in label_set.trees for segment in tree.segments)
        yield f"The label set {label_set.id}", label_set.policy_set, segments
    for episode in parts.demonstrations(limit=1_000_000):
        for run in parts.labels.runs(episode):
            yield f"A proposal of {run.labeller} for {episode}", run.policy_set, run.tree.segments


def _check_actions(change: Change) -> None:
    """Whether policies name page actions that there are. Raises PolicyRefused."""
    for entry in change.entries.values():
        if entry is None:
            continue
        unknown = [name for name in entry.policy.actions if name not in VERBS]
        if unknown:
            raise PolicyRefused(
                f"{entry.policy.name} names {', '.join(unknown)}, which is no page action. Nothing was changed; "
                f"there are {', '.join(VERBS)}."
            )
        if set(names_of(entry.policy)) & VERBS.keys():
            raise PolicyRefused(
                f"A policy cannot be called as a page action is ({entry.policy.name}). Nothing was changed."
            )

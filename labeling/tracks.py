"""The tracks of demonstrations: whose labels they are, whether they were made blind, and how they stand.

A track is projected from its events once and followed from there; what is remembered is checked against the stored
events each time. Agreement between people reads `blind` tracks only: those were made without seeing a proposal.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from labeling.errors import LabelError, ReviewError, UnknownLabel
from labeling.history import Entry, history
from labeling.migrating import since
from labeling.model import LabelTree, ReviewEvent
from labeling.repository import LabelRepository
from labeling.review import ReviewState, follow, project

BLIND = "blind:"
GOLD = "gold"
"""The one track of a demonstration that holds what two others were brought together to."""

Kind = Literal["shown", "blind", "gold"]


@dataclass(frozen=True)
class Track:
    """One track as it stands. `actor` began it, `actors` are all who changed it; times in seconds since the epoch."""

    state: ReviewState
    last: ReviewEvent
    actor: str
    actors: tuple[str, ...]
    began: float

    @property
    def episode(self) -> str:
        """The demonstration it labels."""
        return self.state.episode

    @property
    def name(self) -> str:
        """Its name in label references: `track:<name>`."""
        return self.state.track

    @property
    def kind(self) -> Kind:
        """Made without seeing a proposal, by bringing two tracks together, or the usual way."""
        return "gold" if self.state.sides is not None else "blind" if self.state.blind else "shown"

    @property
    def tree(self) -> LabelTree:
        """Its calls."""
        return self.state.tree

    @property
    def settled(self) -> bool:
        """Whether somebody stands behind all of it; a blind track has to be handed in for that."""
        blind = self.state.closed and not self.state.given_up
        return blind if self.state.blind else self.state.decided

    @property
    def hidden(self) -> bool:
        """Whether only its own person may see its calls: a blind track until it is handed in."""
        return self.state.blind and not self.settled

    def shown(self) -> LabelTree:
        """Its calls, as anybody may see them. Raises ReviewError while they are hidden."""
        if self.hidden:
            raise ReviewError(
                f"The blind labels of {self.actor} are not handed in, so nobody else may see them. "
                "Nothing was changed; wait until they are."
            )
        return self.tree


class Tracks:
    """Reads tracks of a repository and remembers the `size` used last. Safe to use from several threads."""

    def __init__(self, repository: LabelRepository, size: int = 1024) -> None:
        self._repository = repository
        self._size = size
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], Track] = OrderedDict()
        self._heads: dict[tuple[str, str], tuple[int, float]] = {}

    def get(self, episode: str, name: str) -> Track:
        """One track. Raises UnknownLabel when it was never begun, ReviewError when an event of it does not fit."""
        with self._lock:
            known = self._known.get((episode, name))
        found = self._continued(known) or self._from_zero(episode, name)
        self._keep(found)
        return found

    def all(self, episode: str | None = None) -> tuple[Track, ...]:
        """Every track there is, or of one demonstration; what cannot be read is left out."""
        found = []
        for key, head in self._repository.heads(episode).items():
            known = self._known.get(key) if self._heads.get(key) == head else None
            try:
                found.append(known or self.get(*key))
            except LabelError:
                continue
            self._heads[key] = head
        return tuple(found)

    def at(self, episode: str, name: str, number: int) -> ReviewState:
        """A track as it stood after change `number`, in the policies' names of now. Raises UnknownLabel."""
        known = self.get(episode, name)
        if known.state.number == number:
            return known.state
        every = self._repository.events(episode, name)
        events = [event for event in every if event.number <= number]
        if not events or events[-1].number != number:
            raise UnknownLabel(f"The labels of {name} have no change {number}. Nothing was changed.")
        then = self._projected(events)
        return replace(then, labels=since(then.labels, every[len(events) :]))

    def history(self, episode: str, name: str, labeller: Callable[[str], str]) -> tuple[Entry, ...]:
        """Every change of a track in words, oldest first; `labeller` names that of a label run."""
        events = self._repository.events(episode, name)
        return history(self._repository.run(events[0].payload["run"]).tree, events, labeller) if events else ()

    def follow(self, state: ReviewState, event: ReviewEvent) -> ReviewState:
        """The state after a stored event; remembered, so that the next gesture begins there."""
        after = follow(state, event)
        with self._lock:
            known = self._known.get((event.episode, event.track))
        if known is not None and known.state is state:
            self._keep(_with(known, after, event))
        return after

    def _continued(self, known: Track | None) -> Track | None:
        """What is remembered, with the events since; None when the stored events are others."""
        if known is None:
            return None
        stored = self._repository.events(known.episode, known.name, known.last.number - 1)
        if not stored or (stored[0].gesture, stored[0].at) != (known.last.gesture, known.last.at):
            return None
        for event in stored[1:]:
            known = _with(known, follow(known.state, event), event)
        return known

    def _from_zero(self, episode: str, name: str) -> Track:
        events = self._repository.events(episode, name)
        if not events:
            raise UnknownLabel(
                f"{name} has not begun to review episode {episode}. Label it first: the rules propose its calls."
            )
        state = self._projected(events)
        actors = tuple(dict.fromkeys(event.actor for event in events))
        return Track(state, events[-1], events[0].actor, actors, events[0].at)

    def _projected(self, events: Sequence[ReviewEvent]) -> ReviewState:
        return project(self._repository.run(events[0].payload["run"]).tree, events)

    def _keep(self, track: Track) -> None:
        with self._lock:
            key = (track.episode, track.name)
            known = self._known.get(key)
            if known is None or known.state.number <= track.state.number or known.began != track.began:
                self._known[key] = track
            self._known.move_to_end(key)
            while len(self._known) > self._size:
                self._known.popitem(last=False)


def tracks(repository: LabelRepository, episode: str | None = None) -> tuple[Track, ...]:
    """Every track of a repository, or of one demonstration: actor, kind and tree of each."""
    return Tracks(repository).all(episode)


def waiting(found: Iterable[Track], episodes: Iterable[str]) -> list[str]:
    """Of the demonstrations those to review: nobody has decided every call of one, blind tracks aside."""
    done = {track.episode for track in found if track.kind != "blind" and track.settled}
    return [episode for episode in episodes if episode not in done]


def preferred(found: Iterable[Track]) -> Track | None:
    """Of one demonstration's tracks the one that counts: settled gold, else settled, else begun; never a blind one."""
    shown = [track for track in found if track.kind != "blind"]
    return max(shown, key=lambda one: (one.settled and one.kind == "gold", one.settled, one.last.at), default=None)


def _with(track: Track, state: ReviewState, event: ReviewEvent) -> Track:
    actors = track.actors if event.actor in track.actors else (*track.actors, event.actor)
    return Track(state, event, track.actor, actors, track.began)

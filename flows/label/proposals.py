"""Deciding on policies that labellers proposed: every occurrence in a workspace, and one decision for all alike.

A decision is a review gesture in each demonstration's track of the person who decides: `relabel` where the proposal
becomes a policy that is there or is made, `reject` where it does not. It can be taken back.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from flows.label import policies
from labeling.errors import LabelError, UnknownLabel
from labeling.model import LabelRun, LabelTree
from labeling.proposals import Cluster, Occurrence, arguments, clusters, is_proposed, occurrence
from labeling.review import ReviewState
from policies.errors import PolicyError, PolicyRefused
from policies.model import Policy
from policies.operations import Create
from server.people import track_of
from store.errors import StoreError
from traces.errors import TraceError
from wiring import Parts

GESTURE = "proposal"


@dataclass(frozen=True)
class Decided:
    """What a decision did: its gesture, what became of the calls, and what could not be decided and why."""

    gesture: str
    said: str
    calls: int
    left_out: tuple[str, ...] = ()
    wanting: int = 0


@dataclass(frozen=True)
class Earlier:
    """A decision that can be taken back: its gesture, what it was, and the demonstrations it is the last gesture of."""

    gesture: str
    said: str
    episodes: tuple[str, ...]


def proposals(parts: Parts, person: str) -> tuple[Cluster, ...]:
    """The open proposals for a person: in the person's own labels, and in the newest run where there are none yet."""
    found: list[Occurrence] = []
    for episode in parts.demonstrations(limit=1_000_000):
        try:
            found += _of_episode(parts, episode, track_of(person))
        except (LabelError, StoreError, TraceError):
            continue
    return clusters(found)


def find(parts: Parts, person: str, key: str) -> Cluster:
    """One open proposal by its key or one of its names. Raises PolicyRefused."""
    found = proposals(parts, person)
    chosen = [one for one in found if key == one.key] or [one for one in found if key in one.names]
    if not chosen:
        raise PolicyRefused(
            f"There is no open proposal {key!r} (any more). Nothing was changed; look at the proposals again."
        )
    return chosen[0]


def map_to(parts: Parts, cluster: Cluster, policy: str, person: str) -> Decided:
    """Every occurrence becomes a call of a policy that is there. Raises UnknownPolicy."""
    name = parts.policies(cluster.occurrences[0].policy_set).resolve(policy).name
    return _decide(parts, cluster, name, person, _gesture(f"{cluster.name} is {name}"))


def create(parts: Parts, cluster: Cluster, home: str, policy: Policy, person: str, base: int | None = None) -> Decided:
    """A new policy is made, and every occurrence becomes a call of it. Raises PolicyError."""
    made = policies.make(parts, Create(home=home, policy=policy), person, base)
    gesture = _gesture(f"{cluster.name} is the new {policy.name}", made.event.number)
    return _decide(parts, cluster, policy.name, person, gesture)


def reject(parts: Parts, cluster: Cluster, person: str) -> Decided:
    """No occurrence is a call; their steps and children are their callers'."""
    return _decide(parts, cluster, None, person, _gesture(f"{cluster.name} is no policy"))


def earlier(parts: Parts, person: str) -> tuple[Earlier, ...]:
    """The person's decisions that can still be taken back somewhere."""
    found: dict[str, list[str]] = defaultdict(list)
    for track in parts.tracks.all():
        top = track.state.undo[-1].gesture if track.state.undo else ""
        if track.name == track_of(person) and top.startswith(f"{GESTURE}:"):
            found[top].append(track.episode)
    return tuple(Earlier(gesture, gesture.split(":")[1], tuple(episodes)) for gesture, episodes in found.items())


def undo(parts: Parts, gesture: str, person: str) -> Decided:
    """Take a decision back wherever nothing came after it; a policy made for it goes too, if nothing else uses it."""
    done = next((one for one in earlier(parts, person) if one.gesture == gesture), None)
    if done is None:
        raise PolicyRefused("That decision cannot be taken back: other changes came after it. Nothing was changed.")
    for episode in done.episodes:
        desk = parts.desk(_set_of(parts, episode, track_of(person)))
        desk.do(desk.open(episode, track_of(person)), "undo", {"gesture": gesture}, person)
    left_out: tuple[str, ...] = ()
    number = int(gesture.split(":")[2])
    if number:
        try:
            policies.undo(parts, number, person)
        except PolicyError as error:
            left_out = (str(error),)
    return Decided(gesture, f"taken back: {done.said}", len(done.episodes), left_out)


def _of_episode(parts: Parts, episode: str, track: str) -> Iterator[Occurrence]:
    runs = parts.labels.runs(episode)
    if not runs:
        return
    run, tree, where = _labels(parts, episode, track, runs)
    found = [segment for segment in tree.segments if is_proposed(segment)]
    if not found:
        return
    with parts.episode(episode) as reader:
        actions = {step.uid: step.action for step in reader.steps(tree.derivation)}
        objective = reader.episode.objective
    for segment in found:
        yield occurrence(
            tree,
            segment,
            actions,
            parts.policies(run.policy_set),
            episode=episode,
            policy_set=run.policy_set,
            run=run.id,
            track=where,
            objective=objective,
        )


def _labels(
    parts: Parts, episode: str, track: str, runs: tuple[LabelRun, ...]
) -> tuple[LabelRun, LabelTree, str | None]:
    """Whose labels count: the person's own, else the newest proposal."""
    try:
        state = parts.desk(runs[-1].policy_set).open(episode, track)
    except UnknownLabel:
        return runs[-1], parts.desk(runs[-1].policy_set).current(runs[-1]), None
    adopted = next((run for run in runs if run.id == state.run), runs[-1])
    return adopted, state.tree, track


def _decide(parts: Parts, cluster: Cluster, policy: str | None, person: str, gesture: str) -> Decided:
    calls = wanting = 0
    left_out: list[str] = []
    for place, one in enumerate(cluster.occurrences):
        try:
            missing = _decide_one(parts, cluster, place, policy, person, gesture)
        except (LabelError, PolicyError, StoreError) as error:
            left_out.append(f"{one.episode}: {error}")
            continue
        calls, wanting = calls + 1, wanting + missing
    return Decided(gesture, gesture.split(":")[1], calls, tuple(left_out), wanting)


def _decide_one(parts: Parts, cluster: Cluster, place: int, policy: str | None, person: str, gesture: str) -> bool:
    """Decide one occurrence; whether an argument is still missing. Raises LabelError or PolicyError."""
    one = cluster.occurrences[place]
    state = _begun(parts, one, person)
    if policy is None:
        parts.desk(one.policy_set).do(state, "reject", {"segment": one.segment.id}, person, gesture)
        return False
    desk = parts.desk(one.policy_set)
    form = desk.policies.resolve(policy)
    given = arguments(cluster, place, form)
    last = max((at for at, p in enumerate(form.parameters, 1) if p.required or p.name in given), default=0)
    args = [_argument(one, p.name, given.get(p.name, "")) for p in form.parameters[:last]]
    desk.do(state, "relabel", {"segment": one.segment.id, "policy": form.name, "args": args}, person, gesture)
    return any(not argument["value"] for argument in args)


def _argument(one: Occurrence, name: str, value: str) -> dict[str, str | None]:
    known = next((a for a in one.segment.args if a.name == name and a.value == value), None)
    if known is not None:
        return {"name": name, "value": value, "source": known.source, "step": known.step}
    return {"name": name, "value": value, "source": "inferred", "step": None}


def _begun(parts: Parts, one: Occurrence, person: str) -> ReviewState:
    """The person's track of the demonstration, begun with the run the proposal is of if there is none yet."""
    desk = parts.desk(one.policy_set)
    state = desk.begin(parts.labels.run(one.run), track_of(person), person)
    found = state.tree.by_id.get(one.segment.id)
    if found is None or found.policy != one.segment.policy:
        raise UnknownLabel("The proposed call is another one by now. Nothing was changed; look at it on Label.")
    return state


def _set_of(parts: Parts, episode: str, track: str) -> str:
    return policies.policy_set_of(parts, parts.tracks.get(episode, track))


def _gesture(said: str, created: int = 0) -> str:
    """The id of a decision's gestures: what it is, and the change of the library that made its policy (0: none)."""
    return f"{GESTURE}:{said.replace(':', ' ')}:{created}:{secrets.token_hex(4)}"

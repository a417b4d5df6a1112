"""Automatic acceptance: off until somebody states an error rate, one undoable gesture, audited, off again by itself.

It takes calls of one labeller at or above a raw confidence that its reviews have shown to keep the rate
(analysis/accepting.py), never a call of a track that somebody labels blind. docs/calibration.md says what it promises.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from analysis.accepting import Audit, Tried, audit, drawn, threshold, verdict
from flows.label.labels import EVERY
from labeling.errors import Conflict, NothingAccepted, ReviewError, UnknownLabel
from labeling.judging import found_right, looked_at, standing
from labeling.label_sets import content_id
from labeling.model import LabelRun, ReviewEvent, Segment
from labeling.review import ReviewState
from labeling.tracks import BLIND, waiting
from server.people import track_of
from store.errors import NotFound
from traces.model import Frozen
from wiring import Parts

AUTO = "auto"
"""The actor of what was accepted without a look."""
RATE = 0.05
_SETTING = "auto_accept:"
Sample = frozenset[tuple[str, str]]
"""The (episode, segment) drawn for an audit."""


class Setting(Frozen):
    """How automatic acceptance of a labeller stands; `why` says what switched it off, '' if it never was on."""

    labeller: str
    on: bool = False
    rate: float = RATE
    above: float = 1.0
    calibration: str = ""
    since: float = 0.0
    why: str = ""


class Decision(Frozen):
    """One automatic acceptance: its rule, the seed of its audit sample, and (episode, track) it was applied to."""

    id: str
    labeller: str
    rate: float
    above: float
    calibration: str
    seed: str
    at: float
    actor: str
    accepted: int
    audited: int
    tracks: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Standing:
    """The setting, what an audit of everything it accepted has found, and how often people changed what it took."""

    setting: Setting
    audit: Audit
    accepted: int
    changed: int


@dataclass(frozen=True)
class _Waiting:
    """A track (begun or not) and those of its calls that would be accepted."""

    run: LabelRun
    state: ReviewState | None
    calls: tuple[Segment, ...]


def setting(parts: Parts, labeller: str) -> Setting:
    """How it stands for a labeller; off where nothing readable is kept."""
    try:
        return Setting.model_validate(parts.workspace.get("setting", _SETTING + labeller))
    except (NotFound, ValidationError):
        return Setting(labeller=labeller)


def offered(parts: Parts, labeller: str, rate: float) -> Tried | None:
    """The threshold that its newest calibration's reviews allow for a rate; None where there is none."""
    made = parts.labels.calibration(labeller)
    return None if made is None else threshold(made.judged, rate)


def switch_on(parts: Parts, labeller: str, rate: float) -> Setting:
    """Allow it at a stated error rate. Raises NothingAccepted uncalibrated, ReviewError without a threshold."""
    made = parts.labels.calibration(labeller)
    if made is None:
        raise NothingAccepted(
            f"The confidence of {labeller!r} is not calibrated. Nothing was changed. Calibrate it first: Agreement, "
            "Confidence, or `agreement calibrate --labeller`."
        )
    found = threshold(made.judged, rate)
    if found is None:
        raise ReviewError(
            f"No confidence of {labeller!r} keeps an error of {rate:.0%} or less surely: its {made.n} reviews are too "
            "few or too often wrong. Nothing was changed. State a higher rate, or review more and calibrate again."
        )
    return _keep(
        parts, Setting(labeller=labeller, on=True, rate=rate, above=found.above, calibration=made.id, since=time.time())
    )  # fmt: skip


def switch_off(parts: Parts, labeller: str, why: str = "switched off by a person") -> Setting:
    """Accept nothing more; what was accepted stays, and can be taken back."""
    return _keep(parts, setting(parts, labeller).model_copy(update={"on": False, "why": why}))


def apply(parts: Parts, labeller: str, author: str) -> Decision:
    """Accept what waits in a person's tracks, as one gesture of each, an audit drawn from all of it.

    Raises ReviewError while it is off (or switches itself off now), NothingAccepted when nothing waits that is so sure.
    """
    now = check(parts, labeller).setting
    if not now.on:
        raise ReviewError(f"Automatic acceptance of {labeller!r} is off ({now.why or 'never switched on'}). "
                          "Nothing was changed.")  # fmt: skip
    waits = list(_waiting(parts, now, author))
    calls = [(one.run.episode, segment.id) for one in waits for segment in one.calls]
    if not calls:
        raise NothingAccepted(
            f"No call of {labeller!r} that waits is at least {now.above:.2f} sure. Nothing was changed. "
            "Record more demonstrations, or label those there are."
        )
    seed = content_id("seed", [now.calibration, sorted(calls)])
    sample = drawn(calls, seed)
    planned = _decision(now, waits, sample, seed, author)
    _store(parts, planned)  # first, so that no call is accepted that the audit does not know of
    done = [one for one in waits if _accept(parts, one, planned.id, now.above, author, sample)]
    return _store(parts, planned.model_copy(update=_counts(done, sample, author)))


def take_back(parts: Parts, decision_id: str, author: str) -> tuple[int, int]:
    """Undo an acceptance wherever it is still the last change: (demonstrations taken back, those changed since)."""
    decision = next((one for one in decisions(parts) if one.id == decision_id), None)
    if decision is None:
        raise UnknownLabel(f"There is no automatic acceptance {decision_id!r}. Nothing was changed.")
    back = sum(_undone(parts, episode, track, decision_id, author) for episode, track in decision.tracks)
    return back, len(decision.tracks) - back


def decisions(parts: Parts, labeller: str | None = None) -> tuple[Decision, ...]:
    """Every acceptance, or those of a labeller, oldest first."""
    equal = {} if labeller is None else {"labeller": labeller}
    return tuple(Decision.model_validate(body) for body in parts.workspace.rows("auto_acceptance", **equal))


def check(parts: Parts, labeller: str) -> Standing:
    """How it stands now; switches itself off where the audit has broken the stated rate."""
    now = setting(parts, labeller)
    found = [
        one for decision in decisions(parts, labeller) if decision.at >= now.since for one in _outcomes(parts, decision)
    ]
    audited = [(one.episode, one.right) for one in found if one.audited and one.right is not None]
    told = audit(sum(one.audited for one in found), audited)
    if now.on and verdict(told, now.rate) == "broken":
        now = switch_off(
            parts, labeller,
            f"the audit found {told.wrong} of {told.looked_at} wrong, surely more than {told.low:.0%}; "
            f"{now.rate:.0%} was stated",
        )  # fmt: skip
    taken = [one for one in found if not one.audited]
    return Standing(now, told, len(taken), sum(one.right is False for one in taken))


def facts(told: Standing) -> dict[str, Any]:
    """As JSON."""
    found = told.audit
    return {
        **told.setting.model_dump(mode="json"),
        "accepted": told.accepted,
        "changed_since": told.changed,
        "audit": {"drawn": found.drawn, "looked_at": found.looked_at, "wrong": found.wrong,
                  "low": round(found.low, 4), "high": round(found.high, 4),
                  "verdict": verdict(found, told.setting.rate)},
    }  # fmt: skip


def said(told: dict[str, Any]) -> str:
    """For a terminal."""
    found = told["audit"]
    state = f"on at {told['above']:.2f} for {told['rate']:.0%}" if told["on"] else f"off ({told['why'] or 'never on'})"
    return (
        f"{told['labeller']}: {state}; {told['accepted']} accepted, {told['changed_since']} of them changed since; "
        f"audit: {found['wrong']} of {found['looked_at']} wrong ({found['low']:.1%} to {found['high']:.1%}), "
        f"{found['drawn']} drawn"
    )


@dataclass(frozen=True)
class _Outcome:
    episode: str
    audited: bool
    right: bool | None


def _outcomes(parts: Parts, decision: Decision) -> Iterator[_Outcome]:
    """What became of each call of an acceptance that was not taken back."""
    for episode, track in decision.tracks:
        events = parts.labels.events(episode, track)
        kept = standing(events)
        made = next((event for event in kept if event.gesture == decision.id), None)
        if made is not None:
            yield from _of_track(parts, episode, track, made, kept)


def _of_track(
    parts: Parts, episode: str, track: str, made: ReviewEvent, kept: tuple[ReviewEvent, ...]
) -> Iterator[_Outcome]:
    then, now = parts.tracks.at(episode, track, made.number), parts.tracks.get(episode, track)
    looked = looked_at(event for event in kept if event.number > made.number)
    for audited, keys in ((False, made.payload["segments"]), (True, made.payload["audit"])):
        for key in keys:
            segment = then.tree.by_id[key]
            yield _Outcome(episode, audited, found_right(then.tree, segment, now.tree, looked))


def _waiting(parts: Parts, now: Setting, author: str) -> Iterator[_Waiting]:
    """What would be accepted, by demonstration; a person's unfinished blind track keeps its demonstration out."""
    track, found = track_of(author), parts.tracks.all()
    begun = {(one.episode, one.name) for one in found}
    blind = {one.episode for one in found if one.name == f"{BLIND}{track}" and not one.state.closed}
    for episode in waiting(found, parts.demonstrations(limit=EVERY)):
        runs = parts.labels.runs(episode)
        if episode in blind or not runs or runs[-1].labeller != now.labeller:
            continue
        desk = parts.desk(runs[-1].policy_set)
        state = desk.open(episode, track) if (episode, track) in begun else None
        tree = desk.current(runs[-1]) if state is None else state.tree
        calls = tuple(
            one
            for one in tree.segments
            if one.state == "pending" and (one.confidence or 0.0) >= now.above and desk.policies.knows(one.policy)
        )
        if calls and (state is None or state.run == runs[-1].id):
            yield _Waiting(runs[-1], state, calls)


def _accept(parts: Parts, one: _Waiting, decision: str, above: float, author: str, sample: Sample) -> bool:
    """Store the gesture; False where somebody was faster."""
    keys = [segment.id for segment in one.calls]
    to_audit = [key for key in keys if (one.run.episode, key) in sample]
    payload = {"segments": [key for key in keys if key not in to_audit], "audit": to_audit, "above": above,
               "decision": decision}  # fmt: skip
    try:
        desk = parts.desk(one.run.policy_set)
        state = one.state or desk.begin(one.run, track_of(author), author)
        desk.do(state, "auto_accept", payload, AUTO, decision)
    except (Conflict, ReviewError):
        return False
    return True


def _undone(parts: Parts, episode: str, track: str, decision: str, author: str) -> bool:
    """Take the gesture back where it is the last change; False where it is not, or the track is gone."""
    desk = parts.desk()
    try:
        state = desk.open(episode, track)
        if not state.undo or state.undo[-1].gesture != decision:
            return False
        desk.do(state, "undo", {}, author)
    except (Conflict, UnknownLabel):
        return False
    return True


def _decision(now: Setting, waits: Sequence[_Waiting], sample: Sample, seed: str, author: str) -> Decision:
    at = time.time()
    return Decision(
        id=content_id("auto", [seed, author, at]), labeller=now.labeller, rate=now.rate, above=now.above,
        calibration=now.calibration, seed=seed, at=at, actor=author, **_counts(waits, sample, author),
    )  # fmt: skip


def _counts(done: Sequence[_Waiting], sample: Sample, author: str) -> dict[str, Any]:
    """What an acceptance of these tracks comes to."""
    taken = {(one.run.episode, segment.id) for one in done for segment in one.calls}
    tracks = tuple((one.run.episode, track_of(author)) for one in done)
    return {"accepted": len(taken - sample), "audited": len(taken & sample), "tracks": tracks}


def _store(parts: Parts, decision: Decision) -> Decision:
    body = decision.model_dump(mode="json")
    parts.workspace.put("auto_acceptance", decision.id, body, labeller=decision.labeller)
    return decision


def _keep(parts: Parts, made: Setting) -> Setting:
    parts.workspace.put("setting", _SETTING + made.labeller, made.model_dump(mode="json"))
    return made

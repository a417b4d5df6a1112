"""What was found of episodes: shown with what people say of it, looked for anew, and how often detectors are right."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from analysis.signals.finding import Finding, verdicts
from analysis.signals.model import Blamed
from analysis.signals.precision import Confirmed, precision
from analysis.signals.registry import DETECTORS, VERSION
from flows.progress import Report, Stop, each, never, silent
from flows.understand import opinions
from server.signals import Sayable
from store.errors import StoreError
from traces.annotations import LONGEST_TAG, is_tag, standing, tags
from traces.catalogue import INTERRUPTED
from traces.errors import TraceError
from traces.model import Annotation
from wiring import Parts

SAID = get_args(Sayable)
EVERY = 25
"""Episodes between two lines of progress."""
ANEW = "signals_anew"
"""The setting that stands while all episodes are being looked at anew."""


class SignalDesk:
    """What the endpoints ask: an episode's signals, and to note what a person says. Raises the parts' failures."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def state(self, episode_id: str) -> dict[str, Any]:
        """What was found and said; see `shown`."""
        return shown(self._parts, episode_id)

    def say(self, episode_id: str, author: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Note it and give the new state."""
        say(self._parts, episode_id, author, given)
        return shown(self._parts, episode_id)


def shown(parts: Parts, episode_id: str) -> dict[str, Any]:
    """What was found of an episode, and what people said of it. docs/formats/signals.md lists the fields.

    An episode that is no agent's, or still runs, has `looked` false and no signals. Raises NotFound.
    """
    finding = parts.findings.of(episode_id)
    said = parts.episodes.annotations.of(episode_id)
    return {
        "episode": episode_id,
        "version": VERSION,
        "looked": finding is not None,
        **_found(finding, said),
        "precision": told_precision(parts),
        "rules": {one.id: {"name": one.name, "points_to": one.points_to, "rule": one.told} for one in DETECTORS},
        "blames": list(get_args(Blamed)),
        "judge": next((opinions.kept(one) for one in reversed(said) if one.kind == "judge"), None),
        "annotations": [one.model_dump(mode="json") for one in standing(said) if one.kind not in ("replay", "judge")],
        "tags": list(tags(said)),
    }


def say(parts: Parts, episode_id: str, author: str, given: Mapping[str, Any]) -> Annotation:
    """Append what somebody says of an episode: `kind` (SAID), `text`, `value`, `step`, `frame`, `until`.

    Raises NotFound, or StoreError where it names what is not there.
    """
    wrong = _wrong(parts, episode_id, given)
    if wrong:
        raise StoreError(f"{wrong} Nothing was changed.")
    names = ("kind", "text", "value", "step", "frame", "until")
    told = {name: given[name] for name in names if given.get(name) is not None}
    one = Annotation(id=f"a-{secrets.token_hex(8)}", episode=episode_id, author=author, at=time.time(), **told)
    parts.annotate(one)
    return one


def told_precision(parts: Parts) -> dict[str, dict[str, Any]]:
    """Of each detector that anybody said something of: confirmed, denied, the share and its 95 % interval."""
    known = precision(parts.episodes.annotations.of_kind("signal"))
    names = {one.id: one.name for one in DETECTORS}
    return {name: {"name": names[name], **_share(one)} for name, one in known.items() if one.share is not None}


def recompute(
    parts: Parts,
    episodes: Sequence[str] = (),
    *,
    every: bool = False,
    report: Report = silent,
    stop: Stop = never,
) -> dict[str, Any]:
    """Look for signals anew where they are missing or of older rules; in all agents' episodes, or those named.

    With `every` also where they are of these rules. What is looked at is kept at once, so that the next start goes on,
    also with `every`: what was found before is forgotten when it begins, and not again until it has been through.
    `{"version", "looked", "kept", "left_out": [{"episode", "reason"}], "stopped", "seconds"}`. Raises NotFound.
    """
    began = time.monotonic()
    asked = [parts.episodes.path(one).stem for one in episodes] if episodes else _agents(parts)
    if every and not episodes and not parts.workspace.keys("setting", key=ANEW):
        parts.workspace.put("setting", ANEW, {})
        parts.workspace.clear("finding")
    fresh = set() if every and episodes else set(parts.workspace.keys("finding", version=VERSION))
    due = [one for one in asked if one not in fresh]
    left_out: list[dict[str, str]] = []
    looked = 0
    for episode_id in each(due, report, stop, every=EVERY):
        reason = _looked(parts, episode_id)
        if reason:
            left_out.append({"episode": episode_id, "reason": reason})
        else:
            looked += 1
    stopped = looked + len(left_out) < len(due)
    if not episodes and not stopped:
        parts.workspace.remove("setting", ANEW)
    return {
        "version": VERSION,
        "looked": looked,
        "kept": len(asked) - len(due),
        "left_out": left_out,
        "stopped": stopped,
        "seconds": round(time.monotonic() - began, 1),
    }


def said_of(state: Mapping[str, Any]) -> str:
    """An episode's signals for a person."""
    if not state["looked"]:
        return f"Episode {state['episode']} is no agent's run that has ended: nothing is looked for in it."
    lines = [_line(one) for one in state["signals"]] or ["Nothing looks wrong."]
    began, blamed = state["beginning"], state["blame"]
    if began:
        lines.append(f"Failure begins at step {began['seq'] + 1} ({began['step']}): {began['said']}")
    if blamed:
        sure = "" if blamed["sure"] else " (not sure)"
        lines.append(f"Blame: {blamed['blamed']}, in {blamed['policy']}, says the {blamed['by']}{sure}.")
    if state["judge"]:
        lines.append(f"Opinion of the model {state['judge']['model']}, a suggestion:\n{opinions.said(state['judge'])}")
    return "\n".join(lines)


def said_precision(table: Mapping[str, Mapping[str, Any]]) -> str:
    """How often detectors are right, for a person."""
    lines = [
        f"{name:<4} {row['confirmed']} of {row['confirmed'] + row['denied']} right "
        f"({row['low']:.2f}–{row['high']:.2f})  {row['name']}"
        for name, row in table.items()
    ]
    return "\n".join(lines) or "Nobody has confirmed or denied a signal yet: the Decision of a step on Replay does."


def _found(finding: Finding | None, said: Sequence[Annotation]) -> dict[str, Any]:
    if finding is None:
        return {"signals": [], "beginning": None, "blame": None}
    verdict = verdicts(said)
    return {
        "signals": [
            {**one.model_dump(mode="json"), "key": one.key, "confirmed": verdict.get(one.key)}
            for one in finding.signals
        ],
        "beginning": finding.beginning.model_dump(mode="json") if finding.beginning else None,
        "blame": finding.blame.model_dump(mode="json") if finding.blame else None,
    }


def _wrong(parts: Parts, episode_id: str, given: Mapping[str, Any]) -> str | None:
    """Why something cannot be said of an episode; None if it can."""
    kind, text, value = given["kind"], given.get("text") or "", given.get("value")
    if kind not in SAID:
        return f"Nobody can say {kind!r} of an episode; it takes {', '.join(SAID)}."
    if kind in ("tag", "remove_tag") and not is_tag(text):
        return f"A tag is 1 to {LONGEST_TAG} letters without a comma."
    if kind == "note" and not text.strip():
        return "A note needs a text."
    if kind == "reward" and (value is None or not 0 <= value <= 1):
        return "A reward is a number from 0 to 1."
    if kind == "blame" and text not in get_args(Blamed):
        return f"{text!r} cannot be blamed; it takes {', '.join(get_args(Blamed))}."
    if kind in ("signal", "mistake") and value not in (None, 0, 1):
        return "It is confirmed (1), denied (0), or taken back (no value)."
    return _missing(parts, episode_id, given)


def _missing(parts: Parts, episode_id: str, given: Mapping[str, Any]) -> str | None:
    """What is named and not there: a signal, a step, a call."""
    step, frame = given.get("step"), given.get("frame")
    if given["kind"] == "signal":
        finding = parts.findings.of(episode_id)
        if finding is None or given.get("text") not in {one.key for one in finding.signals}:
            return f"Episode {episode_id} has no signal {given.get('text')!r} any more: look at it again."
    if given["kind"] == "mistake" and step is None:
        return "A mistake is a step; name it."
    if given["kind"] == "remove_note":
        notes = standing(parts.episodes.annotations.of(episode_id))
        if not any(one.kind == "note" and one.id == given.get("text") for one in notes):
            return f"Episode {episode_id} has no note {given.get('text')!r} any more."
    if step is None and frame is None:
        parts.episodes.path(episode_id)
        return None
    with parts.episode(episode_id) as reader:
        for uid in filter(None, (step, given.get("until"))):
            reader.step(uid)
    if frame is not None and frame not in {one.id for one in parts.frames(episode_id)}:
        return f"Episode {episode_id} has no call {frame!r}."
    return None


def _agents(parts: Parts) -> list[str]:
    """Ids of all that have ended, the newest first."""
    rows = parts.episodes.catalogue.columns("id", "actor", "status")[::-1]
    return [row["id"] for row in rows if row["actor"] == "agent" and row["status"] not in ("running", INTERRUPTED)]


def _looked(parts: Parts, episode_id: str) -> str | None:
    """Look at one and set its row; why it could not be, None if it was."""
    try:
        if parts.findings.anew(episode_id) is None:
            return "It is no agent's run that has ended."
        parts.episodes.register_file(parts.episodes.path(episode_id))
    except (StoreError, TraceError) as error:
        return str(error)
    return None


def _share(one: Confirmed) -> dict[str, Any]:
    low, high = one.interval
    return {
        "confirmed": one.confirmed,
        "denied": one.denied,
        "share": one.share,
        "low": round(low, 4),
        "high": round(high, 4),
    }


def _line(one: Mapping[str, Any]) -> str:
    where = f"step {one['first'] + 1}" if one["first"] == one["last"] else f"steps {one['first'] + 1}–{one['last'] + 1}"
    word = {True: ", confirmed", False: ", denied", None: ""}[one["confirmed"]]
    return f"{one['detector']} {one['name']} ({where}{word}): {one['said']}"

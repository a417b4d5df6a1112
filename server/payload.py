"""What the replay component is sent: the skeleton of an episode, and one step with everything one reads about it.

Values only, ready for JSON; docs/formats/skeleton.md describes both. Recorded HTML is never part of them.
"""

from __future__ import annotations

import json
import time
from typing import Any

from traces.catalogue import INTERRUPTED
from traces.frames import lone_root
from traces.model import Box, Frame, LlmCall
from traces.reader import EpisodeReader
from traces.searching import search
from traces.sentences import ending
from traces.skeleton import build_skeleton

Json = dict[str, Any]
MOST_FOUND = 5000
"""Steps a search tells of."""


def skeleton(reader: EpisodeReader, frames: tuple[Frame, ...] | None, label_ref: str | None) -> Json:
    """The skeleton with the given frames (of a label), or with the episode's own; never without a root."""
    body = reader.skeleton() if frames is None else _laid_over(reader, frames)
    if not body["frames"]:
        body["frames"] = [_root(body).model_dump(mode="json")]
    if reader.interrupted:
        body["episode"] = {**body["episode"], "status": INTERRUPTED}
    return {**body, "label_ref": label_ref, "sealed": reader.sealed, **_ended(reader)}


def stored_skeleton(reader: EpisodeReader) -> bytes | None:
    """What `skeleton` gives of an ended episode, as JSON without reading it: a long one has many megabytes.

    None where something has to be added to it.
    """
    text = reader.sealed_skeleton()
    if text is None or '"frames":[]' in text:
        return None
    added = {"label_ref": None, "sealed": True, **_ended(reader)}
    return f"{text[:-1]},{json.dumps(added, ensure_ascii=False)[1:]}".encode("utf-8", "replace")


def tail(reader: EpisodeReader, since: int) -> Json:
    """The steps from a position on and how the episode stands: `running`, `interrupted`, or `sealed`.

    `silent` is for how many seconds nothing was written.
    """
    body, gone = reader.tail(since), reader.interrupted
    if gone:
        body["episode"] = {**body["episode"], "status": INTERRUPTED}
    silent = max(0.0, round(time.time() - reader.written, 1))
    return {**body, "sealed": reader.sealed, **_ended(reader), "silent": silent}


def _ended(reader: EpisodeReader) -> Json:
    """Why it ended, in words, and what the evaluator said of it."""
    return {"ending": ending(reader.episode.end_reason), "verdict": reader.verdict}


def step(reader: EpisodeReader, uid: str) -> Json:
    """One step: its record, both observations, its model call with the texts of the prompt parts, and the reply."""
    found = reader.step(uid)
    before, after = found.observation_before, found.observation_after
    call = None if found.call is None else reader.call(found.call)
    return {
        "step": found.model_dump(mode="json"),
        "before": _observation(reader, before),
        "after": _observation(reader, after) if after != before else None,
        "same": after is not None and after == before,
        "call": None if call is None else _call(reader, call),
    }


def found(reader: EpisodeReader, words: str) -> Json:
    """The steps that hold the words, in order: `{"words", "steps": [{"uid", "found": [{"in", "text"}]}], "more"}`.

    `more` says that there are further ones than the MOST_FOUND told.
    """
    steps: dict[str, list[Json]] = {}
    for hit in search(reader, words):
        if len(steps) == MOST_FOUND and hit.uid not in steps:
            return {"words": words, "steps": _told(steps), "more": True}
        steps.setdefault(hit.uid, []).append({"in": hit.where, "text": hit.text})
    return {"words": words, "steps": _told(steps), "more": False}


def _told(steps: dict[str, list[Json]]) -> list[Json]:
    return [{"uid": uid, "found": hits} for uid, hits in steps.items()]


def _laid_over(reader: EpisodeReader, frames: tuple[Frame, ...]) -> Json:
    """The skeleton with a label's calls; what the steps say of a run's own calls no longer counts."""
    steps = [found.model_copy(update={"frame": None}) for found in reader.steps()]
    return build_skeleton(reader.episode, steps, frames, reader.calls(), reader.addresses())


def _root(body: Json) -> Frame:
    """The planner over all steps of an episode nobody has labelled."""
    numbers = body["steps"]["seq"]
    first, last = (numbers[0], numbers[-1]) if numbers else (None, None)
    return lone_root(body["episode"]["objective"], first, last)


def _observation(reader: EpisodeReader, key: str | None) -> Json | None:
    if key is None:
        return None
    seen = reader.observation(key)
    boxes = {name: _rounded(box) for name, box in seen.boxes.items()}
    return {"url": seen.url, "title": seen.title, "text": seen.text, "boxes": boxes}


def _rounded(box: Box) -> list[int]:
    return [round(box.x), round(box.y), round(box.width), round(box.height)]


def _call(reader: EpisodeReader, call: LlmCall) -> Json:
    parts = [{**part.model_dump(mode="json"), "text": reader.text(part.hash)} for part in call.parts]
    return {**call.model_dump(mode="json"), "parts": parts, "reply": reader.reply(call)}

"""Search inside one episode: the steps whose action, reason, reply or page holds some words, as they were stored.

Texts are compared without regard to case; the words have to stand together, as they were typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from store.errors import StoreError
from traces.model import Step
from traces.reader import EpisodeReader
from traces.sentences import sentence

AROUND = 60
"""Letters shown before and after what was found."""


@dataclass(frozen=True)
class Hit:
    """A step that holds the words; `where` is action, reason, error, reply or page, `text` what stands around them."""

    uid: str
    where: str
    text: str


def search(reader: EpisodeReader, words: str) -> Iterator[Hit]:
    """The hits in the order of steps, at most one of each kind a step. Nothing for empty words.

    A page is read once however many steps saw it; one that is not kept holds nothing.
    """
    if not words.strip():
        return
    form = re.compile(re.escape(words.strip()), re.IGNORECASE)
    calls = {call.number: call for call in reader.calls()}

    @lru_cache(maxsize=50_000)
    def on_page(key: str) -> str | None:
        try:
            return _around(form, reader.observation(key).text)
        except StoreError:
            return None

    for step in reader.steps():
        call = calls.get(step.call) if step.call is not None else None
        for where, text in _texts(step, (call and reader.reply(call)) or ""):
            found = _around(form, text)
            if found is not None:
                yield Hit(step.uid, where, found)
        seen = on_page(step.observation_before) if step.observation_before else None
        if seen is not None:
            yield Hit(step.uid, "page", seen)


def _texts(step: Step, reply: str) -> Iterator[tuple[str, str]]:
    target = f" {step.target.role} {step.target.name}" if step.target else ""
    yield "action", f"{step.action}{target} {sentence(step)}"
    yield "reason", step.reason or ""
    yield "error", step.error or ""
    yield "reply", reply


def _around(form: re.Pattern[str], text: str) -> str | None:
    """The first match with what stands around it on its line, None without one."""
    match = form.search(text)
    if match is None:
        return None
    begin = max(text.rfind("\n", 0, match.start()) + 1, match.start() - AROUND)
    end = text.find("\n", match.end())
    return text[begin : min(len(text) if end < 0 else end, match.end() + AROUND)].strip()

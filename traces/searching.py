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
KNOWN = 5_000
"""Pages whose words are not looked for again."""


@dataclass(frozen=True)
class Hit:
    """A step that holds the words; `where` is action, reason, error, reply or page, `text` what stands around them."""

    uid: str
    where: str
    text: str


def search(reader: EpisodeReader, words: str) -> Iterator[Hit]:
    """The hits in the order of steps, at most one of each kind a step. Nothing for empty words.

    A page that many steps saw is read once; one that is not kept holds nothing. Steps are read a few at a time, so
    that memory does not grow with the episode.
    """
    if not words.strip():
        return
    form = re.compile(re.escape(words.strip()), re.IGNORECASE)

    @lru_cache(maxsize=KNOWN)
    def on_page(key: str) -> str | None:
        try:
            return _around(form, reader.page_text(key))
        except StoreError:
            return None

    for step, call in reader.each_step():
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

"""What the parts of one recording share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from browser.recorder.events import Gate, Note, Refused
from browser.recorder.eyes import Eyes
from browser.recorder.hands import Hands
from browser.recorder.journal import Journal
from browser.recorder.options import Clock, RecordingOptions
from browser.recorder.secrets import Vault
from browser.tabs import Tabs

ANSWER = "The answer is {}."


@dataclass
class Desk:
    """The tools of a recording; `tell` sends a message to every view. While `paused` nothing is looked at or logged."""

    options: RecordingOptions
    clock: Clock
    tabs: Tabs
    eyes: Eyes
    hands: Hands
    journal: Journal
    vault: Vault
    tell: Callable[[dict[str, Any]], None]
    paused: bool = False

    def refuse(self, what: str) -> int | None:
        """Say that something was not done; returns the entry's number."""
        return None if self.paused else self.journal.add(Refused(what=what))

    def note(self, text: str, gate: Gate) -> int:
        """Enter a remark, without secrets; returns the event's number."""
        return self.journal.add(Note(gate=gate, text=self.vault.blank(text), dispatched_at=self.clock()))

    def answered(self, answer: str) -> int:
        """The answer as a note on the last page that was kept: for a recording in which nothing else was done."""
        return self.note(ANSWER.format(answer), self.eyes.stand_in())

"""The two values every practice site hands out: what is asked (`Scenario`) and how far it got (`Evaluation`).

Frozen and plain, so that a site's process and its caller can share them. Leaves how a site judges
to the site, and how a process is started to `practice.server`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Scenario:
    """One task on a freshly reset site; `today` is the only date the site knows."""

    objective: str
    start_url: str
    scenario: str
    seed: int
    today: date


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`percent` is 0..100; `reasons` says in words what is missing or was changed without being asked."""

    complete: bool
    percent: int
    reasons: tuple[str, ...]


class PracticeError(Exception):
    """A practice site could not be started, reached or reset; the message says what to do next."""

"""What an environment hands to an agent or a recorder: values only, so that `browser` and `agent` can share them.

The Protocol that uses them is `agent.environment.Environment`; its implementations live in `browser`.
"""

from __future__ import annotations

from dataclasses import dataclass

from traces.model import Observation, Target


@dataclass(frozen=True)
class View:
    """A page as seen: the observation and, where pictures are kept, a PNG of the viewport."""

    observation: Observation
    picture: bytes | None = None


@dataclass(frozen=True)
class EnvironmentStart:
    """The beginning of an episode: what is asked, the first page, and the size that boxes are in (CSS pixels).

    `terms` say by what rules it is played, where there is more than one way (untimed, BrowserGym's seeds).
    """

    objective: str
    view: View
    viewport: tuple[int, int] = (1280, 720)
    terms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Effect:
    """What an action did. `changed` holds any of url, title, text, tabs; `done` says the environment ended itself.

    `passing` says of an error that it is the environment's own and may not come again, such as a time-out; `pointer`
    that the picture is another one only because of where the mouse is now: pressing the button had no part in it.
    """

    view: View
    error: str | None = None
    changed: tuple[str, ...] = ()
    target: Target | None = None
    done: bool = False
    reward: float | None = None
    passing: bool = False
    pointer: bool = False


@dataclass(frozen=True)
class Outcome:
    """The evaluator's word at the end; `reward` is 0 to 1 (MiniWoB++ raw reward may be −1), `detail` says why."""

    success: bool
    reward: float
    detail: str = ""

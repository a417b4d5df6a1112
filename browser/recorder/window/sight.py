"""Gates of a window: the look a message brings with it, made whole with frames of other origins and a picture.

The look was made in the page before its own handlers ran. What it cannot hold is taken from before it: other origins'
frames as they were last seen, the picture from the newest frame that was drawn no later than the event.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from playwright.async_api import Page
from pydantic import ValidationError

from browser.composing import Capture
from browser.observe import Observer
from browser.recorder.desk import Desk
from browser.recorder.events import Focus, Gate
from browser.recorder.eyes import Look, focus_of
from browser.recorder.window.film import Film, Shot
from browser.recorder.window.heard import Looked
from traces.model import Observation, Target

Point = tuple[float, float] | None


@dataclass(frozen=True)
class Where:
    """A tab as it was when its message came: it may be closed when the message is read."""

    page: Page
    observer: Observer
    tab: int
    tabs: int


@dataclass(frozen=True)
class _Pictured:
    data: bytes | None
    same: bool


class Sight:
    """Looks that came with messages, as gates."""

    def __init__(self, desk: Desk, film: Film) -> None:
        self._desk = desk
        self._film = film

    def where(self, page: Page) -> Where | None:
        """The tab now; None if it is closed."""
        tabs = self._desk.tabs
        observer = tabs.observer_of(page)
        return Where(page, observer, tabs.pages.index(page), len(tabs.pages)) if observer else None

    async def gate(self, where: Where, said: Looked, point: Point = None) -> Gate:
        """The page before the event; the last look, marked late, where the message brought none that can be read."""
        shot = self._film.before(where.page, said.at)
        look = self._look(where, said, point, shot)
        if look is None:
            return self._desk.eyes.stand_in(point, late=True)
        kept = await self._desk.eyes.keep(look)
        began = float((said.seen or {}).get("began", said.done))
        waited = round(max(0.0, said.done - began), 1)
        number = shot.number if shot else None
        return Gate(**dict(kept), target=look.hit, frame=number, exact=look.exact and said.first, waited=waited)

    def moment(self, wall: float) -> float:
        """A time the page gave, in ms of the recording: not before its start, not after now."""
        clock = self._desk.clock
        return round(max(0.0, clock() - max(0.0, time.time() * 1000 - wall)), 1)

    def _look(self, where: Where, said: Looked, point: Point, shot: Shot | None) -> Look | None:
        raw = said.seen
        if raw is None:
            return None
        try:
            at = self.moment(min(float(raw["began"]), said.done))
            capture = where.observer.with_answer(said.prefix, raw, point, at)
            return self._looked(where, capture, raw.get("kind"), shot) if capture else None
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError, ValidationError):
            return None  # not what our script says: the renderer is somebody else's

    def _looked(self, where: Where, capture: Capture, kind: object, shot: Shot | None) -> Look:
        vault = self._desk.vault
        clean, hidden = vault.observation(capture.observation)
        picture = self._picture(where.page, capture.mutations, shot)
        return Look(
            observation=clean,
            hidden=hidden,
            hit=vault.target(capture.hit),
            focus=_focus(clean, vault.target(capture.focused), kind),
            html=None,
            picture=picture.data,
            mutations=(capture.mutations,) * (2 if picture.same else 1),
            at=capture.at,
            page=where.page,
            tab=where.tab,
            tabs=where.tabs,
            visual=shot.jpeg if shot else None,
        )

    def _picture(self, page: Page, mutations: int, shot: Shot | None) -> _Pictured:
        """What the person saw, and whether the page's counter was the same then as at the event."""
        last = self._desk.eyes.last
        unchanged = last is not None and last.page is page and last.mutations[-1:] == (mutations,)
        if last is not None and unchanged and last.picture is not None:
            nothing_new = shot is None or shot.jpeg is last.visual or shot.arrived <= last.at
            return _Pictured(last.picture if nothing_new or shot is None else shot.jpeg, True)
        return _Pictured(shot.jpeg if shot else None, False)


def _focus(seen: Observation, target: Target | None, kind: object) -> Focus | None:
    return focus_of(seen, target, kind if isinstance(kind, dict) else {}) if target else None

"""Whether a demonstration's steps can be done again: each on a fresh page, by the selectors it was recorded with.

Selectors are tried in order; which element one fits, and whether that may be the one, is asked of the page
(browser/injected/6b-find.js). Nothing is recorded, and the steps stay as they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from playwright.async_api import Error as PlaywrightError

from browser.acting import SCREEN, SCROLLS, WEB, Settle, act
from browser.errors import BrowserError, first_line
from browser.tabs import Tabs
from browser.targets import Found
from traces.actions import TARGETED, Action, parse_action
from traces.errors import ActionError
from traces.model import Frozen, Observation, Selector, Step, Target

WAIT_S = 2.0
Wheel = tuple[float, float]
STOPPED = "the page's dialog is open and the step does not answer it"


class Replayed(Frozen):
    """What became of a step: `by` is the kind of the selector that found its element, `why` what was in the way.

    `renamed` is what the element is called now, where that is not what it was called.
    """

    uid: str
    replayable: bool
    by: str | None = None
    selector: str | None = None
    renamed: str | None = None
    why: str = ""


async def replay(
    tabs: Tabs,
    steps: Sequence[Step],
    *,
    settle: Settle = WEB,
    drops: Mapping[str, Target] | None = None,
    wheels: Mapping[str, Wheel] | None = None,
    value: Callable[[str], str | None] = lambda text: text,
    done: Callable[[Replayed], None] = lambda one: None,
) -> tuple[Replayed, ...]:
    """Do the steps in order on the loaded page, each whatever became of those before.

    `drops` are the targets that drags ended on and `wheels` how far the wheel was turned (CSS pixels), by uid; `value`
    gives the text to type for a recorded one, None where it was withheld. `done` is told of each; what it raises ends
    the replay.
    """
    hand = _Hand(tabs, settle, drops or {}, wheels or {}, value)
    out = []
    for step in steps:
        out.append(await hand.do(step))
        done(out[-1])
    return tuple(out)


class _Hand:
    def __init__(
        self,
        tabs: Tabs,
        settle: Settle,
        drops: Mapping[str, Target],
        wheels: Mapping[str, Wheel],
        value: Callable[[str], str | None],
    ) -> None:
        self._tabs, self._settle, self._drops, self._wheels, self._value = tabs, settle, drops, wheels, value
        self._last = Observation(url="about:blank", title="", text="")
        self._why = ""

    async def do(self, step: Step) -> Replayed:
        """One step; what goes wrong on the page is its answer."""
        try:
            action = parse_action(step.action)
            return await self._done(step, action)
        except (ActionError, BrowserError) as error:
            return Replayed(uid=step.uid, replayable=False, why=str(error))
        except PlaywrightError as error:
            return Replayed(uid=step.uid, replayable=False, why=first_line(error))

    async def _done(self, step: Step, action: Action) -> Replayed:
        if step.kind == "note":
            return Replayed(uid=step.uid, replayable=True)
        found: tuple[Selector, Target] | None = None
        scrolls = action.name == "scroll" and step.target is not None
        if action.name in TARGETED or scrolls:
            if self._tabs.dialog is not None:
                return Replayed(uid=step.uid, replayable=False, why=STOPPED)
            found = await self._found(step.target, pressed=action.name not in ("upload", "scroll"))
            if found is None:
                return Replayed(uid=step.uid, replayable=False, why=self._why)
        if found is not None and not scrolls:
            filled = await self._filled(step, action, found[1])
            if isinstance(filled, str):
                return Replayed(uid=step.uid, replayable=False, why=filled)
            action = filled
        if action.name == "scroll":
            return await self._scrolled(step, action, found)
        result = await act(self._tabs, action, self._last, self._settle)
        why = result.error or ""
        if found is None or step.target is None:
            return Replayed(uid=step.uid, replayable=not why, why=why)
        selector, now = found
        renamed = now.name if now.name != step.target.name else None
        return Replayed(
            uid=step.uid, replayable=not why, by=selector.kind, selector=selector.value, renamed=renamed, why=why
        )

    async def _filled(self, step: Step, action: Action, target: Target) -> Action | str:
        """The action with the ids of this page; the reason where it cannot be made."""
        rest = action.args[1:]
        if action.name == "drag":
            onto = await self._found(self._drops.get(step.uid))
            if onto is None:
                return "where it was dragged to was not found"
            rest = (onto[1].id or "",)
        if action.name == "type":
            text = self._value(rest[0])
            if text is None:
                return "its value was withheld"
            rest = (text, *rest[1:])
        return Action(action.name, (target.id or "", *rest))

    async def _scrolled(self, step: Step, action: Action, found: tuple[Selector, Target] | None) -> Replayed:
        """Turn the wheel over the box that was scrolled, or over the page, as far as it was turned."""
        size = self._tabs.page.viewport_size or {"width": 1280, "height": 720}
        x, y = found[1].point or (0.0, 0.0) if found else (size["width"] / 2, size["height"] / 2)
        way = SCROLLS.get(action.args[0], (0, 1))
        dx, dy = self._wheels.get(step.uid) or (way[0] * size["width"] * SCREEN, way[1] * size["height"] * SCREEN)
        await self._tabs.page.mouse.move(x, y)
        await self._tabs.unless_dialog(self._tabs.page.mouse.wheel(dx, dy))
        if self._tabs.dialog is None:
            await self._tabs.observer.quiet(self._settle.still_ms, self._settle.limit_ms)
        by = found[0] if found else None
        return Replayed(uid=step.uid, replayable=True, by=by and by.kind, selector=by and by.value)

    async def _found(self, target: Target | None, pressed: bool = True) -> tuple[Selector, Target] | None:
        """The element the target is now, with the selector that led to it; waits up to 2 s, and says why not."""
        end = asyncio.get_running_loop().time() + WAIT_S
        self._why = "no selector of its element is known"
        while target is not None and target.selectors:
            if any(not host.open for host in target.shadow):
                await self._tabs.observer.observe()  # closed roots are known from looking
            found = await self._tabs.observer.find(target)
            now = await self._reached(found, pressed)
            if now is not None and found.at is not None:
                return target.selectors[found.at], now
            if asyncio.get_running_loop().time() > end:
                return None
            await asyncio.sleep(0.1)
        return None

    async def _reached(self, found: Found, pressed: bool) -> Target | None:
        """The element brought into view, as the page then shows it; None if it cannot be pressed (any more)."""
        self._why = found.why
        place = await self._tabs.observer.locate(found.id) if found.id else None
        if found.id is None or place is None:
            return None
        point = (place.x, place.y)
        capture = await self._tabs.observer.observe(point)
        if pressed and place.covered:
            self._why = f"it is covered{_by(capture.hit)}"
            return None
        boxes = {**capture.observation.boxes, found.id: place.box}
        self._last = capture.observation.model_copy(update={"boxes": boxes})
        return Target(id=found.id, role=found.role, name=found.name, box=place.box, point=point)


def _by(hit: Target | None) -> str:
    return f" by ‘{hit.name[:60]}’" if hit is not None and hit.name else " by something else"

"""Whether a demonstration's steps can be done again: each on a fresh page, by the selectors it was recorded with.

Selectors are tried in order; only one that fits a single visible element of the recorded role is accepted. Nothing is
recorded, and the steps stay as they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame, FrameLocator, Locator, Page

from browser.acting import WEB, Settle, act
from browser.errors import BrowserError, first_line
from browser.tabs import Tabs
from traces.actions import TARGETED, Action, parse_action
from traces.errors import ActionError
from traces.model import Frozen, Observation, Selector, Step, Target

WAIT_S = 2.0
MOST = 5
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
    value: Callable[[str], str | None] = lambda text: text,
) -> tuple[Replayed, ...]:
    """Do the steps in order on the loaded page, each whatever became of those before.

    `drops` are the targets that drags ended on by uid; `value` gives the text to type for a recorded one, None where
    it was withheld.
    """
    hand = _Hand(tabs, settle, drops or {}, value)
    return tuple([await hand.do(step) for step in steps])


class _Hand:
    def __init__(
        self, tabs: Tabs, settle: Settle, drops: Mapping[str, Target], value: Callable[[str], str | None]
    ) -> None:
        self._tabs, self._settle, self._drops, self._value = tabs, settle, drops, value
        self._last = Observation(url="about:blank", title="", text="")

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
        if action.name in TARGETED:
            if self._tabs.dialog is not None:
                return Replayed(uid=step.uid, replayable=False, why=STOPPED)
            found = await self._found(step.target)
            if found is None:
                return Replayed(uid=step.uid, replayable=False, why=_missing(step.target))
            filled = await self._filled(step, action, found[1])
            if isinstance(filled, str):
                return Replayed(uid=step.uid, replayable=False, why=filled)
            action = filled
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

    async def _found(self, target: Target | None) -> tuple[Selector, Target] | None:
        """The first selector that fits one visible element of the role, with that element; waits up to 2 s."""
        end = asyncio.get_running_loop().time() + WAIT_S
        while target is not None:
            for selector in target.selectors:
                now = await self._fits(selector, target)
                if now is not None:
                    return selector, now
            if asyncio.get_running_loop().time() > end:
                return None
            await asyncio.sleep(0.1)
        return None

    async def _fits(self, selector: Selector, target: Target) -> Target | None:
        """The element it fits, as the page now shows it; None unless it is the only one and of the same role."""
        shown = await _shown(self._tabs.page, selector, target)
        if len(shown) != 1:
            return None
        await shown[0].scroll_into_view_if_needed(timeout=WAIT_S * 1000)
        box = await shown[0].bounding_box()
        if box is None:
            return None
        point = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        capture = await self._tabs.observer.observe(point)
        self._last = capture.observation
        hit = capture.hit
        return hit if hit is not None and hit.id is not None and hit.role == target.role else None


async def _shown(page: Page, selector: Selector, target: Target) -> list[Locator]:
    """The elements it fits that can be seen, the first few; none where it is no selector."""
    where: Page | Frame | FrameLocator = page
    for frame in target.frames:
        where = where.frame_locator(frame)
    try:
        locator = where.locator(selector.value)
        found = [locator.nth(index) for index in range(min(await locator.count(), MOST))]
        return [one for one in found if await one.is_visible()]
    except PlaywrightError:
        return []


def _missing(target: Target | None) -> str:
    if target is None or not target.selectors:
        return "no selector of its element is known"
    return "no selector fits one visible element of its role"

"""Where something is that a script names: by a selector, by a point, or by an id of the present observation.

Nothing is recorded. What is outside the view comes with the turn of the wheel that would bring it in.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from playwright.async_api import ElementHandle, Locator, Page
from playwright.async_api import Error as PlaywrightError

from browser.errors import BrowserError, first_line
from browser.observe import Observer, View
from browser.recorder.messages import Locate
from browser.tabs import Tabs

WAIT_MS = 5000
MOST = 5
"""Of elements that one of several selectors fits, so many are looked at."""

Place = str | tuple[float, float] | Mapping[Any, str] | Mapping[Any, list[str]]
FRAMES = re.compile(r"\s+>>>\s+")

_PLACE = """(el) => {
  const scrolls = (node) => {
    const s = getComputedStyle(node);
    return (/auto|scroll/.test(s.overflowY) && node.scrollHeight > node.clientHeight)
      || (/auto|scroll/.test(s.overflowX) && node.scrollWidth > node.clientWidth);
  };
  const beyond = (x, y, v) => {
    const across = x < v.left || x > v.right, down = y < v.top || y > v.bottom;
    if (!across && !down) return null;
    return {dx: across ? x - (v.left + v.right) / 2 : 0, dy: down ? y - (v.top + v.bottom) / 2 : 0};
  };
  const box = el.getBoundingClientRect();
  const first = Array.from(el.getClientRects()).find((r) => r.width && r.height) ?? box;
  const x = first.left + first.width / 2, y = first.top + first.height / 2;
  let wheel = null;
  const root = el.ownerDocument.documentElement, body = el.ownerDocument.body;
  for (let node = el.parentElement; node && !wheel; node = node.parentElement) {
    if (node === root || node === body || !scrolls(node)) continue;
    const view = node.getBoundingClientRect(), need = beyond(x, y, view);
    if (need) wheel = {x: (view.left + view.right) / 2, y: (view.top + view.bottom) / 2, ...need};
  }
  const view = {left: 0, top: 0, right: innerWidth, bottom: innerHeight};
  if (!wheel) {
    const need = beyond(x, y, view);
    if (need) wheel = {x: innerWidth / 2, y: innerHeight / 2, ...need};
  }
  let active = el.ownerDocument.activeElement;
  while (active && active.shadowRoot && active.shadowRoot.activeElement) active = active.shadowRoot.activeElement;
  const control = el.tagName === 'LABEL' ? el.control : el;
  const input = control && control.tagName === 'INPUT' ? control.type : '';
  const valued = /^(date|time|month|week|datetime-local|color|range)$/.test(input);
  const listed = input && control.list ? 'list' : 'other';
  const kind = el.tagName === 'SELECT' ? 'select' : input === 'file' ? 'file' : valued ? 'value' : listed;
  const aria = {true: true, false: false, mixed: false}[(control ?? el).getAttribute('aria-checked')] ?? null;
  const checked = input === 'checkbox' || input === 'radio' ? control.checked : aria;
  const filled = Boolean(control && (control.isContentEditable ? control.textContent : control.value));
  const focused = active === control && el.ownerDocument.hasFocus();
  return {x, y, wheel, focused, kind, checked, filled};
}"""


_CONTENT = """(el) => {
  const box = el.getBoundingClientRect(), style = getComputedStyle(el);
  const sx = el.offsetWidth ? box.width / el.offsetWidth : 1, sy = el.offsetHeight ? box.height / el.offsetHeight : 1;
  const x = box.left + (el.clientLeft + parseFloat(style.paddingLeft)) * sx;
  const y = box.top + (el.clientTop + parseFloat(style.paddingTop)) * sy;
  return {x, y, sx, sy};
}"""
"""Where a frame's content begins in the viewport of the page around it, and how it is scaled."""


class Finder:
    """Finds things on the tab in front."""

    def __init__(self, tabs: Tabs) -> None:
        self._tabs = tabs

    async def locate(self, request: Locate) -> dict[str, Any]:
        """The `located` message; waits up to 5 s for a selector's element to be visible."""
        try:
            found = await self._found(request.at)
        except (BrowserError, PlaywrightError) as error:
            found = {"found": False, "message": first_line(error)}
        empty = {"found": True, "x": 0, "y": 0, "in_view": True, "focused": False, "kind": "other", "scroll": None}
        field = {"checked": None, "filled": False, "message": None}
        return {"type": "located", "n": request.n, **empty, **field, **found}

    async def _found(self, at: Place) -> dict[str, Any]:
        if isinstance(at, tuple):
            return {"x": at[0], "y": at[1]}
        if isinstance(at, str):
            return await self._by_selector(self._tabs.page, _locator(self._tabs.page, at).first, at)
        match at:
            case {"any": list(selectors)}:
                return await self._by_any(self._tabs.page, selectors)
            case {"id": str(element)}:
                return await self._by_id(element)
            case _:
                return {"found": False, "message": "no element was named"}

    async def _by_any(self, page: Page, selectors: list[str]) -> dict[str, Any]:
        """The first selector that fits one element that can be seen; if none does, the first that fits several."""
        end = asyncio.get_running_loop().time() + WAIT_MS / 1000
        while True:
            several: tuple[str, Locator] | None = None
            for selector in selectors:
                shown = await _shown(page, selector)
                if len(shown) == 1:
                    return await self._by_selector(page, shown[0], selector)
                several = several or (selector, shown[0]) if shown else several
            if several is not None:
                return await self._by_selector(page, several[1], several[0])
            if asyncio.get_running_loop().time() > end:
                return {"found": False, "message": f"{selectors[0] if selectors else ''}: not found within 5 s"}
            await asyncio.sleep(0.1)

    async def _by_id(self, element: str) -> dict[str, Any]:
        observer: Observer = self._tabs.observer
        place = await observer.locate(element, scroll=False)
        if place is None:
            return {"found": False, "message": f"there is no element [{element}] on the page"}
        wheel = await observer.ask("wheelTo", element)
        kind = await observer.ask("kindOf", element) or {}
        focused = await observer.focus_id() == element
        other = "value" if kind.get("native") else "other"
        name = "select" if kind.get("select") == element else "file" if kind.get("type") == "file" else other
        return {"x": place.x, "y": place.y, "in_view": wheel is None, "scroll": wheel, "focused": focused, "kind": name}

    async def _by_selector(self, page: Page, locator: Locator, selector: str) -> dict[str, Any]:
        try:
            await locator.wait_for(state="visible", timeout=WAIT_MS)
        except PlaywrightError as error:
            reason = "not found within 5 s" if "Timeout" in str(error) else first_line(error)
            return {"found": False, "message": f"{selector}: {reason}"}
        element = await locator.element_handle(timeout=WAIT_MS)
        place, view = await element.evaluate(_PLACE), await _view_of(element)
        x, y = view.outward(place["x"], place["y"])
        wheel = _turned(place["wheel"], view) if place["wheel"] else self._outside(page, x, y)
        return {
            "x": x,
            "y": y,
            "in_view": wheel is None,
            "scroll": wheel,
            "focused": place["focused"],
            "kind": place["kind"],
            "checked": place["checked"],
            "filled": place["filled"],
        }

    def _outside(self, page: Page, x: float, y: float) -> dict[str, float] | None:
        """The turn needed where a frame itself lies outside the top view."""
        size = page.viewport_size or {"width": 1280, "height": 720}
        width, height = size["width"], size["height"]
        dx = 0.0 if 0 <= x <= width else x - width / 2
        dy = 0.0 if 0 <= y <= height else y - height / 2
        return {"x": width / 2, "y": height / 2, "dx": dx, "dy": dy} if dx or dy else None


async def _view_of(element: ElementHandle) -> View:
    """Where the viewport of the element's own frame lies in the top viewport."""
    view, frame = View(), await element.owner_frame()
    while frame is not None and frame.parent_frame is not None:
        outer = View(**await (await frame.frame_element()).evaluate(_CONTENT))
        x, y = outer.outward(view.x, view.y)
        view = View(x, y, outer.sx * view.sx, outer.sy * view.sy)
        frame = frame.parent_frame
    return view


def _turned(wheel: dict[str, float], view: View) -> dict[str, float]:
    x, y = view.outward(wheel["x"], wheel["y"])
    return {"x": x, "y": y, "dx": wheel["dx"] * view.sx, "dy": wheel["dy"] * view.sy}


async def _shown(page: Page, selector: str) -> list[Locator]:
    """The elements it fits that can be seen, the first few; none where it is no selector at all."""
    try:
        locator = _locator(page, selector)
        found = [locator.nth(index) for index in range(min(await locator.count(), MOST))]
        return [one for one in found if await one.is_visible()]
    except PlaywrightError:
        return []


def _locator(page: Page, selector: str) -> Locator:
    *frames, last = FRAMES.split(selector.strip())
    if not frames:
        return page.locator(last)
    inside = page.frame_locator(frames[0])
    for frame in frames[1:]:
        inside = inside.frame_locator(frame)
    return inside.locator(last)

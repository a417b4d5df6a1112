"""Seeing a page: its observation text with a box per element, the element under a point, and when it is quiet.

One evaluation in our isolated world reads the main document, its open shadow roots and its frames of the same origin at
one instant; frames of other origins add their lines by their own. The text's grammar is docs/formats/observation.md.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from browser.composing import Capture, Raw, composed
from browser.errors import BrowserTimeout
from browser.roots import hand_over
from browser.targets import Found, wanted
from browser.traffic import Traffic
from browser.worlds import ANSWER_S, Ways, World, Worlds
from traces.model import Box, Target

CAP = 1500
POLL_S = 0.02
LOOK_S = 15.0
"""A recorder's look at fifty thousand elements takes seconds on a slow machine; its gate has a limit of its own."""
ROOTS_DEEP = 5
"""So many closed shadow roots inside each other are opened in one look."""
FRAME_S = 0.5
"""How long a frame of another origin is waited for when it is asked whether it has changed."""


@dataclass(frozen=True)
class Place:
    """Where to press an element, in CSS pixels of the top viewport: `clear` says that the point is on it.

    `covered`: a press there would meet something else that it is no part of.
    """

    x: float
    y: float
    clear: bool
    box: Box
    covered: bool = False


@dataclass(frozen=True)
class View:
    """Where a frame's viewport lies in the top viewport, and how it is scaled."""

    x: float = 0.0
    y: float = 0.0
    sx: float = 1.0
    sy: float = 1.0

    def outward(self, x: float, y: float) -> tuple[float, float]:
        """A point of the frame's viewport in the top viewport."""
        return self.x + x * self.sx, self.y + y * self.sy

    def inward(self, x: float, y: float) -> tuple[float, float]:
        """A point of the top viewport in the frame's."""
        return (x - self.x) / self.sx, (y - self.y) / self.sy


@dataclass(frozen=True)
class _Spot:
    """A world with the prefix its ids carry and its place in the top viewport."""

    world: World
    prefix: str = ""
    view: View = View()

    def local(self, element: str) -> str:
        return element.removeprefix(self.prefix)


class Observer:
    """Looks at one page. Create it on the browser's thread; `ignore` are CSS selectors of parts left out."""

    def __init__(self, page: Page, ignore: Sequence[str] = (), ways: Ways | None = None) -> None:
        self.page = page
        self._ignore = list(ignore)
        self._worlds = Worlds(page, ways)
        self._spots: list[_Spot] = []
        self._raws: dict[str, Raw] = {}
        self._traffic = Traffic(page)

    @property
    def crashed(self) -> bool:
        """Whether the page's renderer has died; then every call raises PageCrashed."""
        return self._worlds.crashed

    async def observe(
        self,
        point: tuple[float, float] | None = None,
        secrets: Sequence[str] = (),
        html: bool = False,
        wheel: tuple[float, float] | None = None,
    ) -> Capture:
        """The page now; `point` in CSS pixels of the viewport, `secrets` are CSS selectors of fields to withhold.

        With `wheel` (CSS pixels to the right and down) the hit is the box that such a turn at the point would scroll.
        Raises PageCrashed, PageClosed or BrowserTimeout.
        """
        options: dict[str, Any] = {"ignore": self._ignore, "secrets": list(secrets), "cap": CAP, "html": html}
        if wheel is not None:
            options["wheel"] = list(wheel)
        patience = LOOK_S if html or point is not None else ANSWER_S
        capture: Capture = await self._worlds.bounded(self._capture(options, point), patience)
        return replace(capture, observation=self._traffic.explained(capture.observation))

    async def begin_anew(self) -> None:
        """Number elements from 1 again and let go of focus and selection: another episode begins in this document."""
        await self._worlds.bounded((await self._worlds.main()).call("beginAnew"))
        self._spots, self._raws = [], {}

    async def mutations(self) -> int:
        """How often the page has changed since its document began."""
        total: int = await self._worlds.bounded(self._mutations())
        return total

    async def standing(self) -> tuple[int, ...]:
        """The same counter, and sums over fields, focus and scrolling, which may change without it."""
        told: tuple[int, ...] = await self._worlds.bounded(self._standing())
        return told

    async def quiet(self, still_ms: float = 300, limit_ms: float = 3000, least_ms: float = 0) -> bool:
        """Wait until nothing changed and nothing was being loaded for `still_ms`; False if `limit_ms` passed first.

        A page on its way to another is waited for beyond the limit, up to 15 s. `least_ms` is waited in any case, for
        suggestions come a while after typing, and what changes before them may be the field that was left.
        """
        began = still = time.monotonic()
        last = await self._stir()
        while (now := time.monotonic()) < began + limit_ms / 1000 or self._traffic.leaving():
            count, busy = await self._stir()
            if count != last[0] or busy:
                still, last = now, (count, busy)
            left = max(began + least_ms / 1000, still + still_ms / 1000) - now
            if left <= 0:
                return True
            await asyncio.sleep(min(POLL_S, still_ms / 3000, left))
        return False

    async def until(self, tasks: set[asyncio.Future[Any]], seconds: float) -> None:
        """Wait for the first of the tasks. Raises PageCrashed if the page dies first, BrowserTimeout after that."""
        await self._worlds.until(tasks, seconds)

    async def picture(self) -> bytes:
        """A PNG of the viewport now."""
        world = await self._worlds.main()
        options = {"format": "png", "optimizeForSpeed": True}
        shot = await self._worlds.bounded(world.session.send("Page.captureScreenshot", options))
        return base64.b64decode(shot["data"])

    async def compose(self, text: str) -> None:
        """Put text in as an input method does: the page hears of its composition, and then of its end."""
        world = await self._worlds.main()
        end = len(text.encode("utf-16-le")) // 2
        composing = {"text": text, "selectionStart": end, "selectionEnd": end}
        await world.session.send("Input.imeSetComposition", composing)
        await world.session.send("Input.insertText", {"text": text})

    async def history(self) -> tuple[int, int]:
        """Where the tab stands in its history, and how many entries that has."""
        world = await self._worlds.main()
        told = await self._worlds.bounded(world.session.send("Page.getNavigationHistory"))
        return told["currentIndex"], len(told["entries"])

    async def locate(self, element: str, scroll: bool = True) -> Place | None:
        """Bring an element of the last observation into view and find where to press it; None if it is gone."""
        spot = await self._spot_of(element)
        found = await self.ask("place", element, scroll=scroll)
        if found is None:
            return None
        x, y = spot.view.outward(found["x"], found["y"])
        left, top, width, height = found["box"]
        at = spot.view.outward(left, top)
        box = Box(x=at[0], y=at[1], width=width * spot.view.sx, height=height * spot.view.sy)
        return Place(x, y, found["clear"], box, found.get("covered", False))

    async def ask(self, function: str, element: str, **more: Any) -> Any:
        """What a function of browser/injected/8-acts.js says of an element of the last observation."""
        spot = await self._spot_of(element)
        given = {"id": spot.local(element), "prefix": spot.prefix, **more}
        return await self._worlds.bounded(spot.world.call(function, given))

    async def focus_id(self) -> str:
        """The id of the element keys go to; one that ends in `-`, or '', is a document as a whole."""
        found: str = await self.ask("focusNow", "")
        while (inner := next((spot for spot in self._spots if spot.prefix and spot.prefix == found), None)) is not None:
            more = await self._worlds.bounded(inner.world.call("focusNow", {}))
            if not more:
                break
            found += more
        return found

    async def cursor(self, x: float, y: float) -> str:
        """The CSS cursor at a point of the viewport; in frames of other origins as the last look found them."""
        spot = _Spot(await self._worlds.main())
        while True:
            inner = spot.view.inward(x, y)
            told = await self._worlds.bounded(spot.world.call("cursorAt", {"x": inner[0], "y": inner[1]}))
            frame = told["frame"]
            within = [other for other in self._spots if other is not spot and other.world.frame == frame]
            if frame is None or not within:
                shape: str = told["shape"]
                return shape
            spot = within[0]

    async def find(self, target: Target) -> Found:
        """Which element a kept target is now; its id can be used until the page is looked at again."""
        asked = {"ignore": self._ignore, **wanted(target)}
        found: Found = await self._worlds.bounded(self._find(_Spot(await self._worlds.main()), asked))
        return found

    async def upload(self, element: str, files: Sequence[str]) -> None:
        """Give files (paths) to a file field, as choosing them in its dialog would."""
        spot = await self._spot_of(element)
        handle = await self._worlds.bounded(spot.world.handle(spot.local(element)))
        given = {"files": list(files), "objectId": handle}
        await self._worlds.bounded(spot.world.session.send("DOM.setFileInputFiles", given))

    def with_answer(self, prefix: str, raw: Raw, point: tuple[float, float] | None, at: float) -> Capture | None:
        """What the page shows if the world of that prefix says `raw` now; the others as they were last seen.

        None for a frame of another origin that was never looked at.
        """
        others = {name: {**one, "hit": None} for name, one in self._raws.items()}
        known = prefix == "" or prefix in others
        return composed({**others, prefix: raw}, point, at) if known else None

    async def _capture(self, options: dict[str, Any], point: tuple[float, float] | None) -> Capture:
        spots: list[_Spot] = []
        raws: dict[str, Raw] = {}
        await self._look(_Spot(await self._worlds.main()), options, point, spots, raws)
        at = time.monotonic() * 1000
        self._spots, self._raws = spots, raws
        return composed(raws, point, at)

    async def _look(
        self,
        spot: _Spot,
        options: dict[str, Any],
        point: tuple[float, float] | None,
        spots: list[_Spot],
        raws: dict[str, Raw],
    ) -> None:
        """Ask a world and those of other origins inside it; used worlds and answers are added to `spots` and `raws`."""
        more: dict[str, Any] = {"prefix": spot.prefix, "view": vars(spot.view)}
        if point is not None:
            more["point"] = spot.view.inward(*point)
        raw = await spot.world.call("observe", {**options, **more})
        for _ in range(ROOTS_DEEP):
            if not raw["suspects"] or not await hand_over(spot.world, options["html"]):
                break
            raw = await spot.world.call("observe", {**options, **more})
        spots.append(spot)
        raws[spot.prefix] = raw
        for frame in reversed(raw["foreign"]):
            inside = point if raw["hit"] and raw["hit"]["foreign"] == frame["prefix"] else None
            with contextlib.suppress(PlaywrightError, BrowserTimeout):  # it has just gone, or keeps going elsewhere
                inner_spot = await self._spot_in(spot, frame)
                if inner_spot is not None:
                    await self._look(inner_spot, {**options, "html": False}, inside, spots, raws)

    async def _find(self, spot: _Spot, asked: dict[str, Any]) -> Found:
        told = await spot.world.call("find", {**asked, "prefix": spot.prefix, "view": vars(spot.view)})
        if "foreign" not in told:
            return Found(
                told.get("at"), told.get("id"), told.get("role", ""), told.get("name", ""), told.get("why", "")
            )
        inner = await self._spot_in(spot, told["foreign"]) if told["foreign"] else None
        if inner is None:
            return Found(why="the frame it was in cannot be read")
        if all(known.prefix != inner.prefix for known in self._spots):
            self._spots.append(inner)
        return await self._find(inner, {**asked, "frames": told["left"], "sure": told["sure"]})

    async def _spot_in(self, spot: _Spot, frame: dict[str, Any]) -> _Spot | None:
        """The world of a frame of another origin; None while it is loading, or if it cannot be read."""
        number = frame["frame"]
        if number is None:
            element = spot.local(frame["id"])
            number = await self._worlds.frame_id(spot.world, element)
            if number is None:
                return None
            await spot.world.call("adopt", element, number)
        world = await self._worlds.of_frame(number, spot.world)
        return _Spot(world, f"{frame['prefix']}-", View(**frame["view"])) if world else None

    async def _spot_of(self, element: str) -> _Spot:
        inner = [spot for spot in self._spots if spot.prefix and element.startswith(spot.prefix)]
        return max(inner, key=lambda spot: len(spot.prefix)) if inner else _Spot(await self._worlds.main())

    async def _mutations(self) -> int:
        total: int = await (await self._worlds.main()).call("mutations")
        for spot in self._spots:
            if spot.prefix and await self._worlds.alive(spot.world):
                total += await spot.world.call("mutations")
        return total

    async def _standing(self) -> tuple[int, ...]:
        total, *sums = await (await self._worlds.main()).call("standing")
        for spot in self._spots:
            if spot.prefix and await self._worlds.alive(spot.world):
                more = await spot.world.call("standing")
                total, sums = total + more[0], [*sums, more[1]]
        return total, *sums

    async def _stir(self) -> tuple[int, bool]:
        state = await self._worlds.bounded(self._stirring())
        return state["mutations"], bool(state["animations"] or state["loading"] or self._traffic.busy())

    async def _stirring(self) -> dict[str, Any]:
        """What stirs in the page, changes and animations of frames of other origins included."""
        state: dict[str, Any] = await (await self._worlds.main()).call("stirring")
        for spot in self._spots:
            if spot.prefix:
                with contextlib.suppress(PlaywrightError, BrowserTimeout, TimeoutError):
                    inner = await asyncio.wait_for(spot.world.call("stirring"), FRAME_S)
                    state["mutations"] += inner["mutations"]
                    state["animations"] += inner["animations"]
        return state

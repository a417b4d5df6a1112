"""Looking at the page for a recording: the gate before an input, and the page once it is quiet.

What is seen is scrubbed of secrets before anything is kept, and kept through the writer. A gate waits for the page a
limited time; after that the last settled look stands in for it, marked late. Dispatching input is left to `hands`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from browser.acting import target_of
from browser.composing import with_dialog
from browser.errors import BrowserError
from browser.observe import Observer
from browser.recorder.echoes import BLANK
from browser.recorder.events import Change, Focus, Gate, Point, Settled
from browser.recorder.options import Clock, RecordingOptions
from browser.recorder.secrets import Vault, flag_words, slug
from browser.recorder.standing import Standing
from browser.recorder.styled import styled_boxes
from browser.tabs import Tabs
from store.likeness import alike
from store.masking import black_out
from traces.model import Box, Observation, Target
from traces.observation_text import parse_observation
from traces.writer import EpisodeWriter

TEXT_TYPES_NOT = frozenset(
    {"button", "checkbox", "radio", "submit", "reset", "file", "image", "hidden", "range", "color"}
)
ON_THE_WAY_MS = 100.0
"""A screencast frame that arrives so soon after a look may have been made before it."""


Spot = tuple[float, float] | None
"""A point, or a turn of the wheel, in CSS pixels."""

CUT = 2000
"""Characters of a field's value that its line shows at most."""


@dataclass(frozen=True)
class Look:
    """What was seen at one instant, without secrets.

    `visual` is the screencast frame that was newest then, None while another may be on its way. Equal pages make
    equal frames.
    """

    observation: Observation
    hidden: tuple[Box, ...]
    hit: Target | None
    focus: Focus | None
    html: str | None
    picture: bytes | None
    mutations: tuple[int, ...]
    at: float
    page: Any
    tab: int
    tabs: int
    visual: bytes | None

    @property
    def exact(self) -> bool:
        """Whether nothing changed between reading the tree and taking the picture."""
        return self.picture is not None and len(set(self.mutations)) == 1 and len(self.mutations) > 1


@dataclass(frozen=True)
class _Kept:
    look: Look
    point: Point


class Eyes:
    """The recording's looks, in order; `last` is the newest one kept. Use on the browser's thread."""

    def __init__(
        self,
        options: RecordingOptions,
        tabs: Tabs,
        writer: EpisodeWriter,
        vault: Vault,
        clock: Clock,
        frames: Callable[[], tuple[int | None, bytes | None, float]],
    ) -> None:
        self._options = options
        self._tabs = tabs
        self._writer = writer
        self._vault = vault
        self._clock = clock
        self._frames = frames
        self._last: _Kept | None = None
        self._standing: Standing | None = None

    @property
    def last(self) -> Look | None:
        """The newest look that was kept."""
        return self._last.look if self._last else None

    async def look(self, point: tuple[float, float] | None = None, html: bool = False) -> Look:
        """The page in front now. Raises BrowserError when it does not answer."""
        return await self._pictured(await self.glance(point, html), hurry=False)

    async def glance(self, point: Spot = None, html: bool = False, wheel: Spot = None) -> Look:
        """The same without a picture; with `wheel`, what such a turn at the point would scroll is hit."""
        page, observer = self._tabs.page, self._tabs.observer
        number, frame, _ = self._frames()
        capture = await observer.observe(point, self._options.secrets, html, wheel)
        clean, hidden = self._vault.observation(capture.observation)
        focused = self._vault.target(capture.focused)
        return Look(
            observation=clean,
            hidden=(*hidden, *await styled_boxes(observer, self._vault)),
            hit=self._vault.target(capture.hit),
            focus=self._placed(await _focus(observer, clean, focused, self._vault), clean, page) if focused else None,
            html=self._vault.blank(capture.html) if capture.html else None,
            picture=None,
            mutations=(capture.mutations,),
            at=self._clock.of(capture.at),
            page=page,
            tab=self._tabs.pages.index(page) if page in self._tabs.pages else 0,
            tabs=len(self._tabs.pages),
            visual=frame if number is not None else None,
        )

    def _placed(self, focus: Focus, seen: Observation, page: Any) -> Focus:
        """The focus, with the field it was put in the place of: what had the keyboard last and is there no more."""
        last = self.last
        before = last.focus if last is not None and last.page is page else None
        if last is None or before is None or _document(last.observation) != _document(seen):
            return focus
        if focus.id == before.id:
            return focus.model_copy(update={"instead": before.instead})
        if not focus.editable or _called(focus) != _called(before) or before.id in seen.boxes:
            return focus
        return focus.model_copy(update={"instead": before.instead or before.id})

    async def gate(self, point: Spot = None, frame: int | None = None, wheel: Spot = None) -> Gate:
        """The page before an input; late if it does not answer in time. Keeps what it saw."""
        began = self._clock()
        gate = await self._gated(point, frame, wheel)
        return gate.model_copy(update={"waited": round(self._clock() - began, 1)})

    async def _gated(self, point: Spot, frame: int | None, wheel: Spot) -> Gate:
        look = await self._in_time(point, wheel)
        if look is None:
            return self.stand_in(None if wheel else point, frame, late=True)
        stale = self._is_stale(look, point, frame)
        kept = await self.keep(look)
        return Gate(**dict(kept), target=look.hit, frame=frame, exact=look.exact, stale=stale)

    def stand_in(
        self,
        point: tuple[float, float] | None = None,
        frame: int | None = None,
        *,
        late: bool = False,
        held: bool = False,
    ) -> Gate:
        """A gate made of the last look, with the target its boxes give for the point."""
        if self._last is None:
            return Gate(frame=frame, late=late, held=held)
        target = under(self._last.look.observation, point) if point else None
        known = {**dict(self._last.point), "changed": ()}
        return Gate(**known, target=target, frame=frame, late=late, held=held)

    def dialog(self, kind: str, message: str) -> Gate:
        """A gate of the last look with the dialog that has opened since, as whoever acts on it sees it."""
        seen = with_dialog(self._last.look.observation if self._last else None, kind, message)
        stored = {"observation": self._writer.put_observation(seen, None), "url": seen.url}
        return self.stand_in(held=True).model_copy(update=stored)

    async def settled(self) -> Settled:
        """The page once it is quiet; keeps it. Raises BrowserError when it does not answer."""
        look = await self.look(html=True)
        kept = await self.keep(look)
        await self.remember(look, None)
        return Settled(**dict(kept))

    async def focus_id(self) -> str:
        """The id of the element keys go to."""
        return await self._tabs.observer.focus_id()

    async def _pictured(self, look: Look, *, hurry: bool = True) -> Look:
        """The look with a picture: one that is there already where nothing has changed since, else a new one.

        In a `hurry` a frame of the screencast will do.
        """
        if look.picture is not None:
            return look
        there = self._picture_there(look)
        if there is not None and (hurry or there is not look.visual):
            return replace(look, picture=there, mutations=look.mutations * 2)
        observer = self._tabs.observer
        picture = await observer.picture()
        taken = replace(look, picture=picture, mutations=(*look.mutations, await observer.mutations()))
        if taken.exact or not (look.hidden or self._vault.values()):
            return taken
        return replace(taken, hidden=(*look.hidden, *(await self.glance()).hidden))

    def _picture_there(self, look: Look) -> bytes | None:
        """The last look's picture if the page looks as it did then; the newest frame if only its looks changed since.

        The counter is the same now as it was at the last look, so it was the same when the frame between was made.
        """
        last, (_, newest, arrived) = self.last, self._frames()
        if last is None or last.picture is None or newest is None or look.visual is None:
            return None
        if last.page is not look.page or last.mutations[-1:] != look.mutations:
            return None
        if last.visual is not None and last.observation == look.observation:
            if last.visual == newest or alike(last.visual, newest):
                return last.picture
        elif last.visual == newest:
            return None
        return newest if look.visual is newest and arrived > last.at + ON_THE_WAY_MS else None

    async def remember(self, look: Look, point: Spot) -> None:
        """Keep a look just taken for a gate that comes soon."""
        number, frame, _ = self._frames()
        shown = frame if number is not None else None
        self._standing = await Standing.of(replace(look, visual=shown), point, shown, self._tabs.observer)

    async def _recent(self, point: Spot, wheel: Spot) -> Look:
        """The look remembered while it is as good as a new one, else a new one, without a picture."""
        known, (number, frame, _) = self._standing, self._frames()
        now = (point, frame, self._clock(), self._tabs.page, self._tabs.observer)
        if known is not None and wheel is None and number is not None and await known.still(*now):
            return known.look
        look = await self.glance(point, wheel=wheel)
        if await self._tabs.observer.mutations() == look.mutations[-1]:
            return look
        return await self.glance(point, wheel=wheel)  # the page went on by itself meanwhile: once more

    async def _in_time(self, point: Spot, wheel: Spot) -> Look | None:
        """A look within the gate's limit; without its own picture if only that is missing; None if there is none."""
        reading = asyncio.ensure_future(self._recent(point, wheel))
        began = asyncio.get_running_loop().time()
        look = await _result(reading, self._options.gate_ms / 1000)
        if look is None:
            return None
        left = self._options.gate_ms / 1000 - (asyncio.get_running_loop().time() - began)
        pictured = await _result(asyncio.ensure_future(self._pictured(look)), max(left, 0.001))
        return pictured or replace(look, picture=self._frames()[1], hidden=(*look.hidden, *self._hidden_before()))

    def _hidden_before(self) -> tuple[Box, ...]:
        """What was blacked in the last picture: a frame of the screencast may be from before the look."""
        return self.last.hidden if self.last else ()

    async def keep(self, look: Look) -> Point:
        """Store what was seen; it is the last look from now on."""
        if look.picture is None:
            picture = None
        elif self._last is not None and self._last.look.picture is look.picture:
            picture = self._last.point.picture
        else:
            picture = self._writer.put_picture(await _masked(look, self._tabs))
        point = Point(
            observation=self._stored(look),
            picture=picture,
            url=look.observation.url,
            tab=look.tab,
            observed_at=look.at,
            mutations=look.mutations,
            focused=look.focus,
            changed=self._changes(look, picture),
        )
        self._last = _Kept(look, point)
        return point

    def _stored(self, look: Look) -> str:
        """The observation's hash; one equal to the last needs no second hashing."""
        if self._last is not None and self._last.look.observation == look.observation:
            known = self._last.point.observation
            if known is not None:
                return known
        return self._writer.put_observation(look.observation, look.html)

    def _changes(self, look: Look, picture: str | None) -> tuple[Change, ...]:
        if self._last is None:
            return ()
        before, seen = self._last.look, look.observation
        last = before.observation
        differs: dict[Change, bool] = {
            "url": last.url != seen.url,
            "title": last.title != seen.title,
            "text": last.text != seen.text and without_focus(last.text) != without_focus(seen.text),
            "tabs": (before.tabs, before.tab) != (look.tabs, look.tab) or before.page is not look.page,
            "focus": (before.focus.id if before.focus else None) != (look.focus.id if look.focus else None),
            "picture": self._last.point.picture != picture,
        }
        return tuple(name for name, changed in differs.items() if changed)

    def _is_stale(self, look: Look, point: tuple[float, float] | None, frame: int | None) -> bool:
        """Whether the person's picture is older than the newest and something else was at the point then."""
        newest = self._frames()[0]  # None: there is one that the person's view has not drawn yet
        if point is None or frame is None or self.last is None or (newest is not None and frame >= newest):
            return False
        return _topmost(self.last.observation, point) != _topmost(look.observation, point)


def under(seen: Observation, point: tuple[float, float], reach: float = 0.0) -> Target | None:
    """The element whose box is the smallest that contains the point, or the closest within `reach` CSS pixels."""
    element = _topmost(seen, point, reach)
    target = target_of(seen, element) if element is not None else None
    return target.model_copy(update={"point": point}) if target else None


def _topmost(seen: Observation, point: tuple[float, float], reach: float = 0.0) -> str | None:
    near = [(_away(box, point), box.width * box.height, element) for element, box in seen.boxes.items()]
    away, _, element = min(near, default=(reach + 1, 0.0, None))
    return element if away <= reach else None


def _away(box: Box, point: tuple[float, float]) -> float:
    """How far a point is from a box."""
    across = max(box.x - point[0], 0.0, point[0] - box.x - box.width)
    down = max(box.y - point[1], 0.0, point[1] - box.y - box.height)
    return across + down


def without_focus(text: str) -> str:
    """The observation's text without the word `focused`."""
    return "\n".join(_without_focus(line) if " focused" in line else line for line in text.split("\n"))


def _without_focus(line: str) -> str:
    head, quote, tail = line.rpartition("'")
    words = [word for word in tail.split(" ") if word != "focused"]
    return head + quote + " ".join(words)


def line_of(text: str, element: str) -> str | None:
    """The line of an element."""
    match = re.search(rf"(?m)^ *(\[{re.escape(element)}\] .*)$", text)
    return match.group(1) if match else None


def _called(focus: Focus) -> tuple[str, str, str]:
    return focus.target.role, focus.target.name, focus.kind


def _document(seen: Observation) -> str:
    """The address without what a page changes of it by itself."""
    return re.split(r"[?#]", seen.url, maxsplit=1)[0]


async def _focus(observer: Observer, seen: Observation, target: Target, vault: Vault) -> Focus:
    if target.id is None:
        return Focus(target=target)
    focus = focus_of(seen, target, await observer.ask("kindOf", target.id) or {})
    if focus.value is None or len(focus.value) < CUT:
        return focus
    whole = await observer.ask("wholeValue", target.id)
    return focus.model_copy(update={"value": focus.value if whole is None else vault.blank(whole)})


def focus_of(seen: Observation, target: Target, kind: Mapping[str, Any]) -> Focus:
    """What has the keyboard, of its line in the observation and of the `kindOf` the page told."""
    if target.id is None:
        return Focus(target=target)
    line = line_of(seen.text, target.id) or ""
    node = parse_observation(line)[0] if line else None
    secret = "secret" in flag_words(line) or BLANK in ((node and node.value) or "")
    text_like = kind.get("tag") == "input" and kind.get("type") not in TEXT_TYPES_NOT
    multiline = kind.get("tag") == "textarea" or (
        bool(kind.get("editable")) and kind.get("tag") not in ("input", "textarea")
    )
    return Focus(
        target=target,
        kind=kind.get("type") or "",
        value=None if secret or node is None else node.value,
        editable=(text_like or multiline) and not kind.get("disabled") and not kind.get("readonly"),
        multiline=multiline,
        select=bool(kind.get("select")),
        secret=slug(target.name) if secret else None,
        unseen=bool(kind.get("unseen")),
    )


async def _masked(look: Look, tabs: Tabs) -> bytes:
    picture = look.picture or b""
    if not look.hidden:
        return picture
    boxes = [(box.x, box.y, box.width, box.height) for box in look.hidden]
    shown = look.page.viewport_size
    return await asyncio.to_thread(black_out, picture, boxes, shown["width"] if shown else None)


async def _result(task: asyncio.Future[Look], seconds: float) -> Look | None:
    """What the task gives within the time; None if it fails or takes longer (then it is left to end unseen)."""
    await asyncio.wait({task}, timeout=seconds)
    if not task.done():
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return None
    try:
        return task.result()
    except BrowserError:
        return None

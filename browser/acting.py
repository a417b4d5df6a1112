"""Carries out a page action on the tab in front by trusted input: mouse and keyboard, as a person would.

What no key can do (an option of a closed list, a date with a picker, a file) is set as Playwright would set it.
Afterwards it waits until the page is quiet. What cannot be done is the result's `error`, in words for an agent.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Error as PlaywrightError

from browser.errors import BrowserError, BrowserTimeout, PageCrashed, first_line
from browser.keys import Button, UnknownKey, button_and_modifiers, key_combination
from browser.observe import Observer, Place
from browser.tabs import Tabs
from browser.uploading import DraggedFiles, chosen
from traces.actions import TARGETED, VERBS, Action
from traces.model import Observation, Target
from traces.observation_text import parse_observation

LONG_TEXT = 200
SCREEN = 0.8
PRESSES = frozenset({"click", "dblclick", "rightclick"})
SCROLLS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}


@dataclass(frozen=True)
class Settle:
    """When a page counts as quiet after an action, in ms; `suggest_ms` waits for suggestions after typing."""

    still_ms: float
    limit_ms: float
    suggest_ms: float


MINIWOB = Settle(24, 1000, 450)
PRACTICE = Settle(150, 2000, 450)
WEB = Settle(300, 3000, 600)


@dataclass(frozen=True)
class ActResult:
    """What came of an action: `error` says why it could not be done; `target` is the element it was about.

    With `passing` nothing was touched, and what was in the way (a page that is being replaced) may be gone next time.
    `pointed` is a PNG of the viewport as the mouse was on the element and no button pressed yet, of a press alone.
    """

    error: str | None = None
    target: Target | None = None
    passing: bool = False
    pointed: bytes | None = None


class CannotAct(BrowserError):
    """The action cannot be done on this page; the text becomes the result's `error`."""


async def act(
    tabs: Tabs,
    action: Action,
    observation: Observation,
    settle: Settle = WEB,
    uploads: Path | None = None,
    pictures: bool = False,
) -> ActResult:
    """Do what the action says, with ids as the observation has them; never raises for what a page or an agent does.

    Files for `upload` are taken from the folder `uploads` only. With `pictures` a press tells how the page looked
    with the mouse on its element.
    """
    target = target_of(observation, action.element) if action.element else None
    hand = _Hand(tabs, action, observation, uploads, pictures)
    try:
        hand.check()
        await hand.verbs[action.name]()
        hand.done = True
        await _calm(tabs, settle, hand.suggests)
    except PageCrashed as error:
        return ActResult(str(error), target)
    except BrowserTimeout as error:
        return ActResult(_sentence(str(error)), target, hand.untouched)
    except BrowserError as error:
        return ActResult(_sentence(str(error)), target)
    except PlaywrightError as error:
        return ActResult(f"{action.name} failed: {first_line(error)}", target, hand.untouched)
    return ActResult(None, hand.pressed(target), pointed=hand.pointed)


def target_of(observation: Observation, element: str) -> Target | None:
    """The element of that id as the observation describes it, None if it has none."""
    box = observation.boxes.get(element)
    if box is None:
        return None
    for node in parse_observation(observation.text):
        if node.id == element:
            return Target(id=element, role=node.role, name=node.name, box=box)
    return None


async def _calm(tabs: Tabs, settle: Settle, suggests: bool) -> None:
    if tabs.dialog is not None or not tabs.pages:
        return
    least = settle.suggest_ms if suggests else 0
    try:
        await tabs.observer.quiet(settle.still_ms, settle.limit_ms, least)
        front = tabs.page
        await tabs.arrived()
        if tabs.page is not front:
            await tabs.observer.quiet(settle.still_ms, settle.limit_ms)
    except BrowserTimeout:
        if tabs.dialog is None:
            raise


class _Hand:
    """One action being done."""

    def __init__(
        self, tabs: Tabs, action: Action, observation: Observation, uploads: Path | None, pictures: bool
    ) -> None:
        self.tabs = tabs
        self.args = action.args
        self.name = action.name
        self.boxes = observation.boxes
        self.uploads = uploads
        self.pictures = pictures and self.name in PRESSES
        self.pointed: bytes | None = None
        self.suggests = self.done = False
        self.point: tuple[float, float] | None = None
        self.verbs: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "click": self.click,
            "dblclick": self.dblclick,
            "rightclick": self.rightclick,
            "type": self.type,
            "hover": self.hover,
            "scroll": self.scroll,
            "goto": self.goto,
            "go_back": self.go_back,
            "go_forward": self.go_forward,
            "reload": self.reload,
            "press": self.press,
            "select": self.select,
            "drag": self.drag,
            "upload": self.upload,
            "new_tab": self.new_tab,
            "tab_focus": self.tab_focus,
            "close_tab": self.close_tab,
            "dialog": self.dialog,
            "note": self.nothing,
            "stop": self.nothing,
        }

    def check(self) -> None:
        """What can be said before touching the page."""
        if self.name not in VERBS:
            raise CannotAct(f"{self.name} is a policy, not a page action")
        if self.tabs.dialog is not None and self.name not in ("dialog", "note", "stop"):
            raise CannotAct("a dialog is open: answer it with dialog [accept] or dialog [dismiss] first")
        named = self.args[: 2 if self.name == "drag" else 1] if self.name in TARGETED else ()
        for element in named:
            self._known(element)

    @property
    def untouched(self) -> bool:
        """Whether it was stopped while it looked for its element, before anything was pressed."""
        return self.name in TARGETED and self.point is None and not self.done

    def pressed(self, target: Target | None) -> Target | None:
        """The target with the point that was pressed."""
        return target.model_copy(update={"point": self.point}) if target and self.point else target

    async def click(self) -> None:
        kind = await self._kind(self.args[0])
        if kind["select"] and kind["label"] is not None:
            await self._choose(kind["select"], kind["label"])
            return
        try:
            button, held = button_and_modifiers(self.args[1] if len(self.args) > 1 else "")
        except UnknownKey as error:
            raise CannotAct(str(error)) from None
        await self._press_element(button, held)

    async def dblclick(self) -> None:
        await self._press_element(count=2)

    async def rightclick(self) -> None:
        await self._press_element("right")

    async def hover(self) -> None:
        place = await self._place(self.args[0])
        await self.tabs.unless_dialog(self.tabs.page.mouse.move(place.x, place.y, steps=3))

    async def type(self) -> None:
        element, text = self.args[0], self.args[1]
        kind = await self._kind(element)
        if kind["disabled"] or kind["readonly"]:
            raise CannotAct(f"[{element}] is {'disabled' if kind['disabled'] else 'read-only'}: it takes no text")
        if kind["select"]:
            await self._choose(kind["select"], text)
        elif kind["native"]:
            await self._set(element, text)
        else:
            await self._type_keys(element, text, kind)
        if len(self.args) > 2 and self.args[2].strip() not in ("", "0", "false"):
            await self._keys("Enter")
            self.suggests = False

    async def select(self) -> None:
        kind = await self._kind(self.args[0])
        if not kind["select"]:
            raise CannotAct(f"[{self.args[0]}] is no list of options; click it and then click the option")
        await self._choose(kind["select"], self.args[1])

    async def press(self) -> None:
        try:
            keys = [key_combination(part) for part in self.args[0].split()] or [key_combination(self.args[0])]
        except UnknownKey as error:
            raise CannotAct(str(error)) from None
        if len(self.args) > 1:
            self._known(self.args[1])
            if not await self._observed().ask("focusOn", self.args[1]):
                raise CannotAct(f"[{self.args[1]}] is no longer on the page")
        for key in keys:
            await self._keys(key)

    async def scroll(self) -> None:
        direction = self.args[0].strip().lower()
        if direction not in SCROLLS:
            raise CannotAct(f"scroll takes up, down, left or right, not {self.args[0]!r}")
        size = self.tabs.page.viewport_size or {"width": 1280, "height": 720}
        x, y, width, height = size["width"] / 2, size["height"] / 2, size["width"], size["height"]
        if len(self.args) > 1:
            self._known(self.args[1])
            place = await self._place(self.args[1])
            x, y, width, height = place.x, place.y, int(place.box.width), int(place.box.height)
        dx, dy = SCROLLS[direction]
        await self.tabs.page.mouse.move(x, y)
        await self.tabs.unless_dialog(self.tabs.page.mouse.wheel(dx * width * SCREEN, dy * height * SCREEN))

    async def drag(self) -> None:
        mouse = self.tabs.page.mouse
        start = await self._place(self.args[0])
        await mouse.move(start.x, start.y)
        await mouse.down()
        try:
            end = await self._observed().locate(self.args[1], scroll=False)
            if end is None:
                raise CannotAct(f"[{self.args[1]}] is no longer on the page")
            await mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, steps=5)
            await mouse.move(end.x, end.y, steps=5)
        finally:
            await self.tabs.unless_dialog(mouse.up())

    async def upload(self) -> None:
        if self.uploads is None:
            raise CannotAct("no files may be uploaded here: no folder was set for them")
        paths = [_file_in(self.uploads, name) for name in self.args[1].split("\n")]
        kind = await self._kind(self.args[0])
        if kind["type"] == "file":
            await self._observed().upload(self.args[0], [str(path) for path in paths])
        elif not await self._drop(paths) and not await chosen(self.tabs.page, self._press_element, paths):
            raise CannotAct(f"[{self.args[0]}] takes no files and asks for none")

    async def _drop(self, paths: list[Path]) -> bool:
        """Drop files on the element, if it takes them."""
        place = await self._place(self.args[0])
        async with DraggedFiles(self.tabs.page, (place.x, place.y), paths) as files:
            taken = await files.held(self._observed(), self.args[0])
            if taken:
                await self.tabs.unless_dialog(files.drop())
        return taken

    async def goto(self) -> None:
        await self.tabs.load(self.args[0])

    async def go_back(self) -> None:
        at, _ = await self._observed().history()
        if at == 0:
            raise CannotAct("there is no page to go back to")
        await self.tabs.unless_dialog(self.tabs.page.go_back(wait_until="commit"))

    async def go_forward(self) -> None:
        at, count = await self._observed().history()
        if at == count - 1:
            raise CannotAct("there is no page to go forward to")
        await self.tabs.unless_dialog(self.tabs.page.go_forward(wait_until="commit"))

    async def reload(self) -> None:
        await self.tabs.unless_dialog(self.tabs.page.reload(wait_until="commit"))

    async def new_tab(self) -> None:
        await self.tabs.open(self.args[0] if self.args else None)

    async def tab_focus(self) -> None:
        await self.tabs.focus(_number(self.args[0]))

    async def close_tab(self) -> None:
        if len(self.tabs.pages) < 2:
            raise CannotAct("this is the only tab; it stays open")
        await self.tabs.close(_number(self.args[0]) if self.args else None)

    async def dialog(self) -> None:
        answer = self.args[0].strip().lower()
        if answer not in ("accept", "dismiss"):
            raise CannotAct(f"dialog takes accept or dismiss, not {self.args[0]!r}")
        await self.tabs.answer(answer == "accept", self.args[1] if len(self.args) > 1 else None)

    async def nothing(self) -> None:
        """`note` and `stop` leave the page as it is."""

    def _known(self, element: str) -> None:
        if element not in self.boxes:
            raise CannotAct(f"there is no element [{element}] in the observation")

    def _observed(self) -> Observer:
        return self.tabs.observer

    async def _kind(self, element: str) -> dict[str, Any]:
        kind: dict[str, Any] | None = await self._observed().ask("kindOf", element)
        if kind is None:
            raise CannotAct(f"[{element}] is no longer on the page")
        return kind

    async def _place(self, element: str) -> Place:
        place = await self._observed().locate(element)
        if place is None:
            raise CannotAct(f"[{element}] is no longer on the page")
        self.point = (round(place.x, 1), round(place.y, 1))
        return place

    async def _press_element(self, button: Button = "left", keys: Sequence[str] = (), count: int = 1) -> None:
        place = await self._place(self.args[0])
        page = self.tabs.page
        if self.pictures:
            await self.tabs.unless_dialog(page.mouse.move(place.x, place.y))
            self.pointed = await self._looked()
        for key in keys:
            await page.keyboard.down(key)
        try:
            await self.tabs.unless_dialog(page.mouse.click(place.x, place.y, button=button, click_count=count))
        finally:
            for key in reversed(keys):
                await page.keyboard.up(key)

    async def _looked(self) -> bytes | None:
        """The picture now; None where a dialog covers the page or it does not answer."""
        if self.tabs.dialog is None:
            with contextlib.suppress(BrowserTimeout):
                return await self._observed().picture()
        return None

    async def _type_keys(self, element: str, text: str, kind: dict[str, Any]) -> None:
        await self._press_element()
        taken = await self._observed().ask("selectAll", element) if kind["editable"] else False
        if not taken and not await self._observed().ask("focusTaken", element):
            raise CannotAct(f"[{element}] takes no text")
        if kind["tag"] == "input":
            text = text.replace("\n", " ")
        keyboard = self.tabs.page.keyboard
        if not text:
            await self._keys("Delete")
        elif len(text) > LONG_TEXT:
            await self.tabs.unless_dialog(keyboard.insert_text(text))
        else:
            await self.tabs.unless_dialog(keyboard.type(text))
        self.suggests = bool(kind["suggests"])

    async def _keys(self, keys: str) -> None:
        await self.tabs.unless_dialog(self.tabs.page.keyboard.press(keys))

    async def _choose(self, element: str, option: str) -> None:
        problem = await self._observed().ask("choose", element, text=option)
        if problem:
            raise CannotAct(f"[{element}]: {problem}")

    async def _set(self, element: str, text: str) -> None:
        problem = await self._observed().ask("setValue", element, text=text)
        if problem:
            raise CannotAct(f"[{element}]: {problem}")


def _file_in(folder: Path, name: str) -> Path:
    """A file of the folder for uploads."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise CannotAct(f"there is no file {name!r} among those that may be uploaded")
    return path


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise CannotAct(f"{text!r} is not the number of a tab (counted from 0)") from None


def _sentence(text: str) -> str:
    return text.strip() or "the action failed"

"""The one ordered queue of a recording's input, and the page's time to become quiet between inputs.

Input goes on at once if more of it waits: then the next gate is the look after. Moves are coalesced to the newest.
While something waits for an answer, the queue stands still and new gestures are refused.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from playwright.async_api import Error as PlaywrightError

from browser.errors import BrowserError, BrowserGone, BrowserTimeout, PageClosed, PageCrashed, translated
from browser.recorder.desk import ANSWER, Desk
from browser.recorder.events import Mark
from browser.recorder.keyboard import KeyboardInput
from browser.recorder.marking import Marking
from browser.recorder.messages import (
    DropMessage,
    Gesture,
    KeyMessage,
    LetGo,
    MarkMessage,
    Missed,
    Mouse,
    NavMessage,
    NoteMessage,
    Pause,
    PickMessage,
    Point,
    Queued,
    Resize,
    TextMessage,
    Turn,
    problem,
)
from browser.recorder.navigation import KEPT, Navigation
from browser.recorder.normalise import NotRecorded
from browser.recorder.pointer import PointerInput
from browser.recorder.waking import changed
from browser.recorder.widgets import Widgets
from store.errors import StoreError
from traces.model import Step

REST_S = (0.15, 0.5)
"""When a pointer that came to rest is looked at: what it reveals may take its time."""
TRIES = 3
WAITING = "a dialog, list or chooser was open: answer it first"


class Pump:
    """Takes gestures in order to the page.

    `crashed` is called when the page or the browser has ended, `failed` when the episode can no longer be written,
    `pause` where a pause begins (true) or ends.
    """

    def __init__(
        self,
        desk: Desk,
        crashed: Callable[[BrowserError], None],
        failed: Callable[[StoreError], None],
        pause: Callable[[bool], Awaitable[None]],
    ) -> None:
        self._desk = desk
        self._pause = pause
        self._crashed = crashed
        self._failed = failed
        self._queue: deque[Queued] = deque()
        self._releasing: set[asyncio.Task[None]] = set()
        self._change = asyncio.Event()
        self._dirty = False
        self._rested = True
        self._awaiting: list[tuple[int, int | None]] = []
        self._newest: int | None = None
        self.down = False
        self.widgets = Widgets(desk, self.wake, self._before_question)
        self.keyboard = KeyboardInput(desk, self.widgets)
        self.pointer = PointerInput(desk, self.widgets)
        self.navigation = Navigation(desk)
        self.marking = Marking(desk)

    def feed(self, gesture: Gesture) -> None:
        """Put input at the end of the queue."""
        if self.widgets.waiting is not None and _begins(gesture):
            self._refuse(gesture, WAITING)
            return
        if _is_move(gesture) and self._queue and _is_move(self._queue[-1]):
            self._queue.pop()
        self._queue.append(gesture)
        self.wake()

    def expect(self, g: int | None, number: int | None) -> None:
        """Tell when the effect of the raw event of that number is over, if somebody asked for it."""
        self._dirty = True
        self._newest = number or self._newest
        if g is not None:
            self._awaiting.append((g, number))
        self.wake()

    def wake(self) -> None:
        """Something changed that the loop looks at."""
        self._change.set()

    async def run(self) -> None:
        """Until cancelled, or until nothing can be written any more."""
        try:
            while True:
                await self._turn()
        except StoreError as error:
            self._failed(error)

    def drop(self) -> None:
        """Nothing more is put into the page: what waits is entered as not recorded."""
        while self._queue:
            self._refuse(self._queue.popleft(), "the recording was stopped")

    async def settle(self) -> None:
        """Wait for quiet and look, without minding what waits in the queue (the recording ends)."""
        if not self.down:
            await self._safely(self._quiet())
        await self._look()

    async def answered(self, answer: str) -> None:
        """The answer as a note on the page it was given on; on the last one kept where none may or can be seen."""
        if self._desk.paused or self.down:
            self._desk.answered(answer)
        else:
            await self._safely(self._note(ANSWER.format(answer)))
        await self.settle()

    async def look_now(self) -> None:
        """The page after what came before, before nothing more may be seen; quiet is waited for unless input waits."""
        if self._dirty and self.widgets.waiting is None and not self.down:
            await self._settle()
            if self._dirty:
                await self._look()

    async def pause(self, message: Pause) -> None:
        """A pause begins or ends."""
        await self._pause(message.type == "pause")
        if message.g is not None:
            self._desk.tell({"type": "gesture", "g": message.g, "waiting": None, **self._became(None)})

    def abandon(self) -> None:
        """Whoever drove is gone: what they held is released, after what they did and before what others do.

        While the page waits for an answer the queue stands still, so that is done beside it.
        """
        if self.widgets.waiting is not None:
            task = asyncio.ensure_future(self._safely(self.let_go()))
            self._releasing.add(task)
            task.add_done_callback(self._releasing.discard)
        else:
            self._queue.append(LetGo())
            self.wake()

    async def let_go(self) -> None:
        """Release what the person held."""
        self.keyboard.end_now()
        self.pointer.released()
        await self._desk.hands.let_go()

    async def _turn(self) -> None:
        if self.widgets.waiting is not None:
            self._tell_waiting()
            await self._changed()
        elif self._queue:
            await self._handle(self._queue.popleft())
        elif self._dirty and not self._desk.hands.holding and not self.down:
            await self._settle()
        elif self.down and self._awaiting:
            await self._desk.journal.commit()
            self._answer_gestures()
        elif not self._rested and not self._desk.hands.holding:
            await self._rest()
        else:
            await self._changed()

    async def _changed(self, seconds: float | None = None) -> bool:
        """Wait for a change; False if none came in time."""
        return await changed(self._change, seconds)

    async def _handle(self, gesture: Queued) -> None:
        if self.down and not isinstance(gesture, NavMessage | MarkMessage | Pause | LetGo):
            self._refuse(gesture, "the page has crashed: reload it or open another address")
            return
        if not isinstance(gesture, KeyMessage | TextMessage | PickMessage) and not _is_move(gesture):
            await self.keyboard.end()
        if _begins(gesture):
            self.widgets.offers.withdraw("menu")
        await self._safely(self._answered(gesture))
        if _is_move(gesture):
            self._rested = False

    async def _answered(self, gesture: Queued) -> None:
        """Do it; if the page goes away under it, whoever asked is told all the same."""
        known = self._desk.journal.length
        try:
            await self._do(gesture)
        except (BrowserError, PlaywrightError):
            logged = self._desk.journal.length
            self.expect(gesture.g, logged if logged > known else self._newest)
            raise

    async def _do(self, gesture: Queued) -> None:
        match gesture:
            case Mouse(kind="move"):
                await self.pointer.move(gesture.x, gesture.y)
                return
            case MarkMessage():
                await self.marking.do(gesture)
                return
            case Pause():
                await self.pause(gesture)
                return
            case LetGo():
                await self.let_go()
                number = None
            case Mouse():
                number = await self.pointer.mouse(gesture)
            case Turn():
                number = await self.pointer.wheel(gesture)
            case Point():
                number = await self.pointer.hover(gesture)
            case KeyMessage():
                number = await self.keyboard.key(gesture)
            case TextMessage():
                number = await self.keyboard.text(gesture)
            case PickMessage():
                number = await self.keyboard.pick(gesture)
            case DropMessage():
                number = await self.widgets.files.drop(gesture)
            case NavMessage():
                number = await self.navigation.go(gesture)
                if self.down and not self._desk.tabs.observer.crashed:
                    self.down = False
                    await self.navigation.tell(again=True)
            case NoteMessage():
                number = await self._note(gesture.text)
            case Missed():
                number = self._desk.refuse(gesture.what)
            case Resize():
                await self._resized(gesture)
                number = None
        self.expect(gesture.g, number)

    async def _resized(self, message: Resize) -> None:
        """A mark of the log and no step: the page is seen in its new size by the next look."""
        if not self._desk.paused:
            self._desk.journal.add(Mark(what="resized", detail=f"{message.width} x {message.height}"))
        await self._desk.tabs.resize(message.width, message.height)
        self._desk.tell({"type": "viewport", "width": message.width, "height": message.height})

    async def _note(self, text: str) -> int | None:
        if self._desk.paused:
            return None
        return self._desk.note(text, await self._desk.eyes.gate())

    async def _settle(self) -> None:
        """Wait for quiet unless more input comes, look, and say what the gestures came to."""
        await self._safely(self.widgets.notice())
        if self._urgent():
            return
        quiet = asyncio.ensure_future(self._safely(self._quiet()))
        try:
            while not quiet.done():
                self._change.clear()
                if self._urgent():
                    return
                await self._pass_moves()
                change = asyncio.ensure_future(self._change.wait())
                await asyncio.wait({quiet, change}, return_when=asyncio.FIRST_COMPLETED)
                change.cancel()
        finally:
            quiet.cancel()
        if not self._urgent():
            await self._look()

    def _urgent(self) -> bool:
        return self.widgets.waiting is not None or any(not _is_move(gesture) for gesture in self._queue)

    async def _pass_moves(self) -> None:
        while self._queue and _is_move(self._queue[0]):
            await self._handle(self._queue.popleft())

    async def _quiet(self) -> None:
        """Until the tab in front is quiet; a page that does not answer is asked again a few times."""
        await self._desk.tabs.landed(self._desk.options.load_ms / 1000)
        for _ in range(TRIES):
            front = self._desk.tabs.page
            try:
                await self._desk.tabs.observer.quiet(self._desk.options.still_ms, self._desk.options.limit_ms)
            except (BrowserTimeout, PageClosed):
                continue
            await self._desk.tabs.arrived()
            if front is self._desk.tabs.page:
                return

    async def _look(self) -> None:
        await self.keyboard.end()
        if not self._desk.paused and not self.down:
            await self._safely(self._looked())
        self._dirty = False
        await self._desk.journal.commit()
        self.marking.tell()
        await self._safely(self.navigation.tell())
        await self._safely(self.widgets.offers.suggest())
        self._answer_gestures()

    async def _looked(self) -> None:
        self._desk.journal.add(await self._desk.eyes.settled())

    async def _rest(self) -> None:
        for seconds in REST_S:
            if await self._changed(seconds):
                return
            self._rested = True
            if not self.down:
                await self._safely(self._rested_on())

    async def _rested_on(self) -> None:
        await self.keyboard.end()
        if await self.pointer.rest():
            await self._desk.journal.commit()

    def _answer_gestures(self) -> None:
        """Say what became of the gestures that asked, once it is in the file."""
        awaiting, self._awaiting = self._awaiting, []
        answers = [{"type": "gesture", "g": g, "waiting": None, **self._became(number)} for g, number in awaiting]
        if answers:
            self._desk.journal.then(lambda: self._tell_each(answers))

    def _tell_each(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            self._desk.tell(message)

    def _tell_waiting(self) -> None:
        """The gestures that asked have opened a question: that ends them for now, also where a button is still down."""
        question = self.widgets.waiting
        ending = [(gesture.g, self._newest) for gesture in self._queue if gesture.g is not None]
        self._queue = deque(gesture.model_copy(update={"g": None}) for gesture in self._queue)
        awaiting, self._awaiting = [*self._awaiting, *ending], []
        for g, number in awaiting:
            became = self._became(number)
            waiting = {"waiting": question.widget, "id": question.id} if question else {"waiting": None}
            self._desk.tell({"type": "gesture", "g": g, **became, **waiting})

    def _became(self, number: int | None) -> dict[str, Any]:
        found = self._desk.journal.holder(number) if number is not None else None
        if isinstance(found, Step):
            return {"uid": found.uid, "not_recorded": None, "late": bool(found.proof and found.proof.late)}
        return {"uid": None, "not_recorded": found.what if isinstance(found, NotRecorded) else None, "late": False}

    def _refuse(self, gesture: Queued, what: str) -> None:
        if isinstance(gesture, MarkMessage):
            self.marking.refuse(gesture, f"{what[0].upper()}{what[1:]}.")
        if isinstance(gesture, MarkMessage | Pause | LetGo):
            return
        if _begins(gesture):
            self.keyboard.end_now()
            told = gesture.what if isinstance(gesture, Missed) else f"{_named(gesture)}: {what}"
            self._newest = self._desk.refuse(told)
        if gesture.g is not None:
            self._desk.tell({"type": "gesture", "g": gesture.g, "waiting": None, **self._became(self._newest)})

    def _before_question(self) -> None:
        self.keyboard.end_now()

    async def _safely(self, doing: Coroutine[Any, Any, object]) -> None:
        """Do it; what the browser meets is told, and the recording goes on."""
        try:
            await doing
        except (PageCrashed, BrowserGone) as error:
            self._crashed(error)
        except PageClosed:
            return  # a tab closed under the input; the next one is in front
        except BrowserError as error:
            self._desk.tell(problem(str(error), KEPT, "Go on, or stop to keep what there is."))
        except PlaywrightError as error:
            ours = translated(error)
            if isinstance(ours, PageCrashed | BrowserGone):
                self._crashed(ours)


def _is_move(gesture: Queued) -> bool:
    return isinstance(gesture, Mouse) and gesture.kind == "move"


def _begins(gesture: Queued) -> bool:
    """Whether the message begins a gesture, as against ending one or moving."""
    return not (isinstance(gesture, Mouse | KeyMessage) and gesture.kind != "down")


def _named(gesture: Queued) -> str:
    match gesture:
        case Mouse():
            return "press"
        case Turn():
            return "wheel"
        case NavMessage():
            return gesture.action.replace("_", " ")
        case Point():
            return "hover"
        case NoteMessage():
            return "note"
        case DropMessage():
            return "drop"
        case Resize():
            return "resize"
        case _:
            return "typing"

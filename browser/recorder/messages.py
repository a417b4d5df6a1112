"""What a view may say to a recording (docs/formats/live-protocol.md), checked on the way in.

Unknown fields are ignored, unknown types and wrong values are refused with one sentence. What the messages do is left
to `recording`.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from browser.errors import BrowserError
from browser.recorder.events import Button, Modifier, NavAction

Coordinate = Annotated[float, Field(ge=-100_000, le=100_000, allow_inf_nan=False)]
MAX_MESSAGE = 16 * 1024 * 1024
"""Characters of one message: an upload of 10 MB in base64, and room."""


class BadMessage(BrowserError):
    """A message that is not of the protocol."""


class Message(BaseModel):
    """A message of a view. `g` is the view's own number for a gesture whose end it wants to hear of."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    g: int | None = None


class Ack(Message):
    """A picture was drawn."""

    type: Literal["ack"]
    seq: int


class Mouse(Message):
    """A pointer button or a move, in CSS pixels; `frame` is the picture the person saw."""

    type: Literal["mouse"]
    kind: Literal["down", "up", "move"]
    x: Coordinate
    y: Coordinate
    button: Button = "left"
    modifiers: tuple[Modifier, ...] = ()
    click_count: int = Field(1, ge=1, le=10)
    frame: int | None = None


class Turn(Message):
    """The wheel, in CSS pixels."""

    type: Literal["wheel"]
    x: Coordinate
    y: Coordinate
    dx: Coordinate = 0
    dy: Coordinate = 0
    frame: int | None = None


class KeyMessage(Message):
    """A key going down or up: `KeyboardEvent.key`."""

    type: Literal["key"]
    kind: Literal["down", "up"]
    key: str = Field(min_length=1, max_length=40)
    code: str = Field("", max_length=40)
    modifiers: tuple[Modifier, ...] = ()
    frame: int | None = None


class TextMessage(Message):
    """Text that no key makes; `paste` offers it to the page as a paste first, `composed` as an input method does."""

    type: Literal["text"]
    text: str = Field(max_length=1_000_000)
    paste: bool = False
    composed: bool = False
    frame: int | None = None


class PickMessage(Message):
    """A suggestion under the field was chosen: it takes the place of what the field holds."""

    type: Literal["pick"]
    id: str
    value: str = Field(max_length=10_000)
    frame: int | None = None


class DropMessage(Message):
    """Files of the person's own machine, dropped on the page."""

    type: Literal["drop"]
    x: Coordinate
    y: Coordinate
    files: list[str] | list[dict[str, str]]
    frame: int | None = None


class Point(Message):
    """An intended hover."""

    type: Literal["hover"]
    x: Coordinate
    y: Coordinate
    frame: int | None = None


class NavMessage(Message):
    """The navigation bar or the tab strip."""

    type: Literal["nav"]
    action: NavAction
    text: str | None = Field(None, max_length=8192)


class Resize(Message):
    """Another size of the page's viewport, in CSS pixels."""

    type: Literal["resize"]
    width: int = Field(ge=320, le=3840)
    height: int = Field(ge=240, le=2160)


class AnswerMessage(Message):
    """The answer to a dialog, list or chooser of that id."""

    type: Literal["answer"]
    id: str
    value: bool | str | list[int] | list[str] | list[dict[str, str]] | None = None


class NoteMessage(Message):
    """A remark of the person's."""

    type: Literal["note"]
    text: str = Field(min_length=1, max_length=10_000)


class Missed(Message):
    """Something a script asked for that could not be done."""

    type: Literal["missed"]
    what: str = Field(max_length=1000)


class Pause(Message):
    """From here on nothing is recorded, or everything is again."""

    type: Literal["pause", "resume"]


class MarkMessage(Message):
    """What a person says of the recording: `text` is what an ended call returns, `uid` the step called a mistake.

    A call begins (`boundary`) or ends; the last step is taken back, put back or called a mistake.
    """

    type: Literal["mark"]
    what: Literal["boundary", "end", "undo", "redo", "mistake"]
    policy: str = Field("", max_length=200)
    args: dict[Annotated[str, Field(max_length=200)], Annotated[str, Field(max_length=2000)]] = Field({}, max_length=20)
    text: str | None = Field(None, max_length=2000)
    uid: str | None = Field(None, max_length=100)


class Suggest(Message):
    """What could the arguments of the next call be?"""

    type: Literal["suggest"]
    n: int


class Control(Message):
    """Discard."""

    type: Literal["discard"]


class Drive(Message):
    """This view wants to be the one whose input goes to the page."""

    type: Literal["drive"]


class Stop(Message):
    """The end, with its outcome."""

    type: Literal["stop"]
    outcome: Literal["done", "not-done", "unsure"] = "unsure"
    answer: str | None = Field(None, max_length=10_000)


class Locate(Message):
    """Where is it? A selector, a point, an element of the present observation, or `{"any": [selectors]}`."""

    type: Literal["locate"]
    n: int
    at: str | tuple[float, float] | dict[Literal["id"], str] | dict[Literal["any"], list[str]]


class Observe(Message):
    """What does the page look like now?"""

    type: Literal["observe"]
    n: int


class LetGo(Message):
    """Nobody sends this: the view that drove is gone, and what it held is to be released in its turn."""


Gesture = (
    Mouse | Turn | KeyMessage | TextMessage | PickMessage | DropMessage | Point | NavMessage | NoteMessage | Missed
    | MarkMessage | Pause | Resize
)  # fmt: skip
Queued = Gesture | LetGo
Incoming = Gesture | Ack | AnswerMessage | Control | Drive | Stop | Locate | Observe | Suggest

_MESSAGES: TypeAdapter[Incoming] = TypeAdapter(Annotated[Incoming, Field(discriminator="type")])


def read_message(text: str) -> Incoming:
    """The message. Raises BadMessage with the field that is wrong."""
    if len(text) > MAX_MESSAGE:
        raise BadMessage(f"A message of {len(text)} characters is too long.")
    try:
        return _MESSAGES.validate_python(json.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "message"
        raise BadMessage(f"{place}: {first['msg']}") from error
    except ValueError as error:
        raise BadMessage("A message was not JSON.") from error


def notice(what: str, todo: str) -> dict[str, Any]:
    """A `notice` message: something happened that a picture of the page does not show."""
    return {"type": "notice", "what": what, "next": todo}


def problem(what: str, kept: str, todo: str) -> dict[str, Any]:
    """An `error` message: what happened, what was kept, what to do next."""
    return {"type": "error", "what": what, "kept": kept, "next": todo}

"""What the listeners in a window's pages say, checked: a page whose renderer was taken over could say anything.

Every message has the look at the page it was made with, or None where none was due. What is said is turned into raw
events by `source`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from browser.recorder.events import Modifier
from browser.recorder.messages import Coordinate

MOST = 32 * 1024 * 1024
"""Characters of one message; a page of 1,500 lines takes about 200,000."""

Name = Annotated[str, Field(max_length=200, pattern=r"^(f\d{1,6}-)*\d{1,9}$")]
Names = Annotated[tuple[Annotated[str, Field(max_length=2000)], ...], Field(max_length=1000)]
Instant = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Said(BaseModel):
    """A message. `at` is when the event came into being and `done` when it was let on to the page, ms since 1970.

    `first`: our listeners were there before anything of the document.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    n: int
    doc: str = Field(max_length=40)
    at: Instant
    done: Instant
    first: bool = False
    prefix: str = Field("", max_length=200, pattern=r"^(f\d{1,6}-)*$")


class Looked(Said):
    """A message that may hold a look at the page, of just before the event."""

    seen: dict[str, Any] | None = None


class Down(Looked):
    """A button went down; `list` is the `<select>` it belongs to, `drawn` if that opens a list of the browser's own."""

    k: Literal["down"]
    x: Coordinate
    y: Coordinate
    button: int = Field(ge=0, le=20)
    mods: tuple[Modifier, ...] = ()
    count: int = Field(1, ge=1, le=100)
    list: Name | None = None
    drawn: bool = False
    disabled: bool = False


class Up(Looked):
    """A button came up, or a drag ended: with `files` it came from outside the browser."""

    k: Literal["up"]
    x: Coordinate
    y: Coordinate
    drag: bool = False
    files: Names = ()


class Cancelled(Said):
    """The pointer was taken away: a touch that scrolls."""

    k: Literal["cancel"]


class Turned(Looked):
    """The wheel, or a scroll bar."""

    k: Literal["wheel"]
    x: Coordinate
    y: Coordinate
    dx: Coordinate = 0
    dy: Coordinate = 0


class Struck(Looked):
    """A key went down; None in a secret field. `goes_on`: it belongs to a burst that has its look."""

    k: Literal["key"]
    key: str | None = Field(None, min_length=1, max_length=40)
    mods: tuple[Modifier, ...] = ()
    goes_on: bool = False
    drawn: bool = False


class Unhandled(Said):
    """What became of a key that may be the browser's own: whether the page kept it for itself."""

    k: Literal["unhandled"]
    of: int
    prevented: bool


class Written(Looked):
    """Text no key makes; None in a secret field. `whole`: it took the place of what the field held."""

    k: Literal["text"]
    text: str | None = Field(None, max_length=1_000_000)
    goes_on: bool = False
    whole: bool = False


class Secret(Said):
    """The value of a secret field, for the memory of its echoes."""

    k: Literal["secret"]
    id: Name
    value: str = Field(max_length=100_000)


class Chosen(Said):
    """A list's chosen options, by their text."""

    k: Literal["chosen"]
    id: Name
    values: Names


class Files(Said):
    """The names of the files a field was given."""

    k: Literal["files"]
    id: Name
    values: Names


class Value(Said):
    """A date, time or colour that was set by a picker; None in a secret field."""

    k: Literal["value"]
    id: Name
    value: str | None = Field(None, max_length=1000)


class Rest(Said):
    """The pointer came to rest."""

    k: Literal["rest"]
    x: Coordinate
    y: Coordinate


class Left(Said):
    """The pointer left the page."""

    k: Literal["left"]


Heard = (
    Down | Up | Cancelled | Turned | Struck | Unhandled | Written | Secret | Chosen | Files | Value | Rest | Left
)  # fmt: skip
_HEARD: TypeAdapter[Heard] = TypeAdapter(Annotated[Heard, Field(discriminator="k")])


def read_heard(text: str) -> Heard | None:
    """The message; None if it is none of ours."""
    if len(text) > MOST:
        return None
    try:
        return _HEARD.validate_json(text)
    except ValidationError:
        return None

"""Scripts of gestures (docs/formats/script.md): what they may say, checked before anything is played.

Playing them is `browser/player.py`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from browser.errors import BrowserError
from browser.keys import UnknownKey, key_combination
from browser.recorder.events import Button, Modifier
from traces.model import Frozen


class BadScript(BrowserError):
    """A script that cannot be played; the text names the entry."""


class ById(Frozen):
    """An element of the present observation."""

    id: str


class AnyOf(Frozen):
    """Selectors of one element, the best first: the first that fits just one is taken."""

    any: tuple[str, ...] = Field(min_length=1, max_length=100)


Place = ById | AnyOf | tuple[float, float] | str


class Click(Frozen):
    """A click, double click, right click or hover."""

    gesture: Literal["click", "dblclick", "rightclick", "hover"]
    at: Place
    button: Button = "left"
    modifiers: tuple[Modifier, ...] = ()


class Type(Frozen):
    """Text; a newline presses Enter. With `at` it clicks there first, unless that has the focus."""

    gesture: Literal["type"]
    text: str
    at: Place | None = None


class Fill(Frozen):
    """What a field is to hold: its text is replaced; in a list, the option of that text or value is chosen.

    Dates, times, colours and sliders take their value as it stands in the field: 2026-05-01, 09:30, #ff8800, 40.
    """

    gesture: Literal["fill"]
    at: Place
    text: str


class Check(Frozen):
    """A tick that is to be set, or taken away: a click, unless it is so already."""

    gesture: Literal["check"]
    at: Place
    checked: bool = True


class Press(Frozen):
    """A key, or several held together: "Control+a"."""

    gesture: Literal["press"]
    keys: str


class Wheel(Frozen):
    """The wheel by `delta` CSS pixels down, or [right, down]."""

    gesture: Literal["wheel"]
    delta: float | tuple[float, float]
    at: Place | None = None


class Drag(Frozen):
    """From one place to another with the button held."""

    gesture: Literal["drag"]
    at: Place
    to: Place


class Select(Frozen):
    """An option of a list by its text; several where the list takes them. Also a suggestion under a field."""

    gesture: Literal["select"]
    at: Place
    text: str | tuple[str, ...]


class Upload(Frozen):
    """A file, given to what asks for one when pressed."""

    gesture: Literal["upload"]
    at: Place
    text: str


class Drop(Frozen):
    """A file of this machine, dropped on something."""

    gesture: Literal["drop"]
    at: Place
    text: str


class Paste(Frozen):
    """Text from the clipboard into what has the keyboard; with `at` it clicks there first, unless it has it already."""

    gesture: Literal["paste"]
    text: str
    at: Place | None = None


class Pick(Frozen):
    """The answer to the open picker of a field: its value, or null for none."""

    gesture: Literal["pick"]
    text: str | None


class Menu(Frozen):
    """A choice from our context menu, which a right click has opened. `text` is what `paste` pastes."""

    gesture: Literal["menu"]
    choice: Literal["new_tab", "copy_link", "copy", "paste", "select_all", "back", "forward", "reload"]
    text: str = ""


class Dialog(Frozen):
    """The answer to an open dialog: true, false, or a prompt's text."""

    gesture: Literal["dialog"]
    answer: bool | str


class Goto(Frozen):
    """An address."""

    gesture: Literal["goto"]
    text: str


class Bar(Frozen):
    """A button of the navigation bar; `new_tab` may name an address."""

    gesture: Literal["back", "forward", "reload", "new_tab"]
    text: str | None = None


class Tab(Frozen):
    """A tab by its index from 0."""

    gesture: Literal["tab", "close_tab"]
    text: int | str | None = None


class Note(Frozen):
    """A remark."""

    gesture: Literal["note"]
    text: str


class Begin(Frozen):
    """A call of a policy begins here, as the picker would mark it."""

    gesture: Literal["mark"]
    policy: str = Field(min_length=1, max_length=200)
    args: dict[str, str] = {}


class Say(Frozen):
    """The innermost call ends (`text` is its answer), or the last step is taken back, put back, called a mistake."""

    gesture: Literal["end", "undo", "redo", "mistake"]
    text: str | None = None


class Pausing(Frozen):
    """From here on nothing is recorded, or everything is again."""

    gesture: Literal["pause", "resume"]


class Missing(Frozen):
    """Something that was done elsewhere and cannot be done here: an entry of what was not recorded."""

    gesture: Literal["missing"]
    text: str = Field(min_length=1, max_length=900)


class Wait(Frozen):
    """Do nothing for so many milliseconds."""

    gesture: Literal["wait"]
    ms: float = Field(ge=0, le=600_000)


Gesture = (
    Click | Type | Fill | Check | Press | Wheel | Drag | Select | Upload | Dialog | Goto | Bar | Tab | Note
    | Drop | Paste | Pick | Menu
    | Begin | Say | Pausing | Missing | Wait
)  # fmt: skip
_GESTURE: TypeAdapter[Gesture] = TypeAdapter(Annotated[Gesture, Field(discriminator="gesture")])


def read_script(path: Path) -> tuple[Gesture, ...]:
    """A script file. Raises BadScript naming the file or the entry."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadScript(f"The script {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise BadScript(f"The script {path} is not JSON: {error}.") from error
    return parse_script(entries)


def parse_script(entries: Any) -> tuple[Gesture, ...]:
    """A script's entries. Raises BadScript naming the first entry that is wrong, counted from 1."""
    if not isinstance(entries, list):
        raise BadScript("A script is a JSON list of gestures.")
    return tuple(parse_gesture(entry, number) for number, entry in enumerate(entries, 1))


def parse_gesture(entry: Any, number: int = 1) -> Gesture:
    """One gesture. Raises BadScript with what is wrong with it."""
    try:
        gesture = _GESTURE.validate_python(entry)
    except ValidationError as error:
        raise BadScript(f"Entry {number} of the script: {_wrong(error)}. Nothing was recorded.") from error
    if isinstance(gesture, Press):
        try:
            key_combination(gesture.keys)
        except UnknownKey as error:
            raise BadScript(f"Entry {number} of the script: {error}. Nothing was recorded.") from error
    return gesture


def _wrong(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:] if isinstance(part, str) and part.islower())
    return f"{place}: {first['msg']}" if place else first["msg"]

"""The raw log of a recording: everything that was put into the page, in order, with what was seen just before.

Values only, one class per kind; nothing here reads them as steps (`normalise`). A key of a secret field has no key in
it. The written form, one JSON body per event, is in docs/formats/raw-events.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from browser.errors import BrowserError
from browser.recorder.marks import CallBegun, CallEnded, Mistake, PersonMark, Redo, Undo
from traces.model import Frozen, Target

Modifier = Literal["Alt", "Control", "Meta", "Shift"]
Button = Literal["left", "middle", "right"]
Change = Literal["url", "title", "text", "tabs", "focus", "picture"]
NavAction = Literal["goto", "back", "forward", "reload", "new_tab", "tab", "close_tab"]
Widget = Literal["dialog", "select", "chooser", "value"]


class RawLogError(BrowserError):
    """A raw event that is not of the format."""


class Focus(Frozen):
    """What has the keyboard: its target, its input type and, unless it is secret, its value.

    `secret` names a field whose value is withheld, `length` is then the number of characters in it. `unseen`: it is
    not drawn (an editor listens in it). `instead`: the id of the field that the page put this one in the place of.
    """

    target: Target
    kind: str = ""
    value: str | None = None
    editable: bool = False
    multiline: bool = False
    select: bool = False
    secret: str | None = None
    length: int | None = None
    unseen: bool = False
    instead: str | None = None

    @property
    def id(self) -> str | None:
        """The element's id in the observation."""
        return self.target.id

    def same(self, other: Focus | None) -> bool:
        """Whether the other is this field, or one the page put in its place."""
        return other is not None and (other.instead or other.id) == (self.instead or self.id)


class Point(Frozen):
    """An observation of the page. `changed` compares it with the point before it in the log."""

    observation: str | None = None
    picture: str | None = None
    url: str = ""
    tab: int = 0
    observed_at: float = 0.0
    mutations: tuple[int, ...] = ()
    focused: Focus | None = None
    changed: tuple[Change, ...] = ()


class Gate(Point):
    """The page just before an input: taken before dispatch, or (`late`, `held`) the last one before the gesture.

    `late`: the page did not answer in time. `held`: the page was blocked by its own dialog. `waited`: how long the
    input was kept from the page for this look, in milliseconds.
    """

    target: Target | None = None
    frame: int | None = None
    exact: bool = False
    late: bool = False
    held: bool = False
    stale: bool = False
    waited: float = 0.0

    @property
    def fresh(self) -> bool:
        """Whether this is a new look at the page rather than an older one."""
        return not (self.late or self.held)


class Press(Frozen):
    """A pointer button going down; `count` 2 and more belong to the press before and have no gate."""

    kind: Literal["press"] = "press"
    gate: Gate | None = None
    x: float
    y: float
    button: Button = "left"
    modifiers: tuple[Modifier, ...] = ()
    count: int = 1
    dispatched_at: float = 0.0


class Release(Frozen):
    """A pointer button coming up; after a drag its gate names what lies under the pointer."""

    kind: Literal["release"] = "release"
    gate: Gate | None = None
    x: float
    y: float
    dispatched_at: float = 0.0


class Key(Frozen):
    """A key going down: `KeyboardEvent.key`, None in a secret field. The first of a burst has a gate."""

    kind: Literal["key"] = "key"
    gate: Gate | None = None
    key: str | None = None
    modifiers: tuple[Modifier, ...] = ()
    dispatched_at: float = 0.0


class Text(Frozen):
    """Text that no single key makes (input method, paste); None in a secret field.

    `whole`: it took the place of what the field held (a suggestion, a pasted date). `paste`: offered as a paste first.
    """

    kind: Literal["text"] = "text"
    gate: Gate | None = None
    text: str | None = None
    whole: bool = False
    paste: bool = False
    dispatched_at: float = 0.0


class Wheel(Frozen):
    """A turn of the wheel in CSS pixels; the first of a burst has a gate."""

    kind: Literal["wheel"] = "wheel"
    gate: Gate | None = None
    x: float
    y: float
    dx: float = 0.0
    dy: float = 0.0
    dispatched_at: float = 0.0


class Hover(Frozen):
    """The pointer came to rest; `revealed` are ids that were not there before. `explicit`: meant as a step."""

    kind: Literal["hover"] = "hover"
    gate: Gate
    x: float
    y: float
    explicit: bool = False
    revealed: tuple[str, ...] = ()
    dispatched_at: float = 0.0


class Nav(Frozen):
    """The navigation bar or the tab strip; `text` is the address or the tab's index."""

    kind: Literal["nav"] = "nav"
    gate: Gate
    action: NavAction
    text: str | None = None
    dispatched_at: float = 0.0


class Opened(Frozen):
    """The page waits for an answer: a dialog of its own, or a widget of ours for a list, a picker or a file chooser.

    `gate` is there for dialogs (the page before it), and where a list or picker belongs to another element than the one
    that was pressed; its target is then that element.
    """

    kind: Literal["opened"] = "opened"
    widget: Widget
    gate: Gate | None = None
    dialog: str | None = None
    message: str | None = None
    default: str | None = None


class Answer(Frozen):
    """What the person answered to the `Opened` event of number `to`: options, file names or a prompt's text."""

    kind: Literal["answer"] = "answer"
    to: int
    accepted: bool
    values: tuple[str, ...] = ()
    dispatched_at: float = 0.0


class Drop(Frozen):
    """Files of the person's own machine dropped on the page; `files` are their names."""

    kind: Literal["drop"] = "drop"
    gate: Gate
    x: float
    y: float
    files: tuple[str, ...]
    dispatched_at: float = 0.0


class Note(Frozen):
    """A remark of the person's own."""

    kind: Literal["note"] = "note"
    gate: Gate
    text: str
    dispatched_at: float = 0.0


class Settled(Point):
    """The page after what came before, once it was quiet."""

    kind: Literal["settled"] = "settled"


class Refused(Frozen):
    """Input that was not put into the page; `what` says which and why."""

    kind: Literal["refused"] = "refused"
    what: str


class Mark(Frozen):
    """Something about the recording itself: started, paused, resumed, crashed, lost, back, tab opened or closed."""

    kind: Literal["mark"] = "mark"
    what: str
    detail: str = ""


Event = (
    Press | Release | Key | Text | Wheel | Hover | Nav | Opened | Answer | Drop | Note | Settled | Refused | Mark
    | CallBegun | CallEnded | Undo | Redo | Mistake
)  # fmt: skip

_EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


@dataclass(frozen=True)
class RawEvent:
    """An event with its number in the log and its time, milliseconds since the recording began."""

    number: int
    at: float
    event: Event


def body_of(event: Event) -> dict[str, Any]:
    """The event as the log keeps it; its kind has a column of its own."""
    return event.model_dump(mode="json", exclude_defaults=True)


def read_event(number: int, at: float, kind: str, body: dict[str, Any]) -> RawEvent:
    """A row of the log. Raises RawLogError naming the row."""
    try:
        return RawEvent(number, at, _EVENTS.validate_python({**body, "kind": kind}, strict=False))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RawLogError(f"raw event {number} ({kind}) cannot be read: {place}: {first['msg']}") from error


def gate_of(event: Event) -> Gate | None:
    """The event's gate, if its kind has one and it was taken."""
    return None if isinstance(event, Settled | Answer | Refused | Mark | PersonMark) else event.gate


def point_of(event: Event) -> Point | None:
    """The new look at the page that the event carries, if any."""
    if isinstance(event, Settled):
        return event
    gate = gate_of(event)
    return gate if gate is not None and gate.fresh else None

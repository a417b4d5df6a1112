"""What keys do in a text field: which of them are typing, which edit, and which act on the page.

Pure, and the same for the keyboard as it takes keys (`keyboard`) and for the log read again (`drafts`).
"""

from __future__ import annotations

from browser.recorder.events import Focus, Key, Text

CARET = frozenset({"ArrowLeft", "ArrowRight", "Home", "End"})
ERASE = frozenset({"Backspace", "Delete"})
VALUE_KINDS = frozenset({"date", "time", "month", "week", "datetime-local", "color", "range", "number"})
"""Input types whose value is not the text that was typed."""

PICKED_KINDS = VALUE_KINDS - {"number"}
"""Those of them whose value is set as a whole: by a picker, or as text put in at once."""

MODIFIER_KEYS = frozenset({"Alt", "AltGraph", "CapsLock", "Control", "Fn", "Meta", "NumLock", "Shift"})
COMMANDS = frozenset({"Alt", "Control", "Meta"})


def edits(event: Key | Text, field: Focus) -> bool:
    """Whether this is typing or editing in a text field, as against a key that acts on the page.

    What a key does to the caret of a field that is not drawn is known to its page alone.
    """
    if isinstance(event, Text) or event.key is None:
        return True
    if COMMANDS & set(event.modifiers):
        return not field.unseen and (event.key.lower() in "acvxyz" or event.key in ERASE | CARET)
    if field.unseen:
        return len(event.key) == 1 or event.key == "Enter" or plain_backspace(event)
    return len(event.key) == 1 or event.key in ERASE or event.key in CARET or event.key == "Enter"


def begins_typing(event: Key | Text, field: Focus | None) -> bool:
    """Whether the first event of a burst starts typing: into a text field, by something that changes its text."""
    if field is None or not (field.editable or (isinstance(event, Text) and field.kind in PICKED_KINDS)):
        return False
    if isinstance(event, Text) or event.key is None:
        return True
    if COMMANDS & set(event.modifiers):
        return event.key.lower() in "vxyz" and not field.unseen
    if len(event.key) == 1 or (event.key == "Enter" and field.multiline):
        return True
    return event.key in ERASE and not field.unseen


def is_empty(field: Focus) -> bool:
    """Whether nothing is written in it yet; an empty editor may hold an empty line."""
    return not field.value or (not field.kind and not field.value.strip())


def character(event: Key) -> str | None:
    """The character a key adds; None where the result cannot be told from the key."""
    if event.key is None or COMMANDS & set(event.modifiers):
        return None
    if event.key == "Enter":
        return "\n"
    return event.key if len(event.key) == 1 else None


def plain_backspace(event: Key | Text) -> bool:
    """Whether it takes the last character away."""
    return isinstance(event, Key) and event.key == "Backspace" and not event.modifiers

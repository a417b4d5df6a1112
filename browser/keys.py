"""Names of keys as people and models write them, in the form Playwright takes: "ctrl+a" → "Control+a"."""

from __future__ import annotations

from typing import Literal, get_args

Button = Literal["left", "middle", "right"]
BUTTONS: tuple[Button, ...] = get_args(Button)
MODIFIERS = ("Control", "Shift", "Alt", "Meta")
NAMES = {
    "ctrl": "Control",
    "control": "Control",
    "cmd": "Meta",
    "command": "Meta",
    "meta": "Meta",
    "alt": "Alt",
    "option": "Alt",
    "shift": "Shift",
    "enter": "Enter",
    "return": "Enter",
    "esc": "Escape",
    "escape": "Escape",
    "tab": "Tab",
    "space": "Space",
    "backspace": "Backspace",
    "delete": "Delete",
    "del": "Delete",
    "insert": "Insert",
    "home": "Home",
    "end": "End",
    "pageup": "PageUp",
    "pagedown": "PageDown",
    "up": "ArrowUp",
    "down": "ArrowDown",
    "left": "ArrowLeft",
    "right": "ArrowRight",
    "arrowup": "ArrowUp",
    "arrowdown": "ArrowDown",
    "arrowleft": "ArrowLeft",
    "arrowright": "ArrowRight",
    "contextmenu": "ContextMenu",
    **{f"f{n}": f"F{n}" for n in range(1, 13)},
}


class UnknownKey(ValueError):
    """A name no key has."""


def key_combination(text: str) -> str:
    """One press, modifiers first. Raises UnknownKey.

    >>> key_combination("ctrl+shift+a")
    'Control+Shift+a'
    """
    if text == "+":
        return text
    parts = text.split("+")
    if parts[-1] == "" and len(parts) > 1:
        parts = [*parts[:-2], "+"]
    return "+".join(_key(part) for part in parts)


def button_and_modifiers(text: str) -> tuple[Button, list[str]]:
    """The button to press and the keys held meanwhile; "left" and none where nothing is said. Raises UnknownKey.

    >>> button_and_modifiers("ctrl+middle")
    ('middle', ['Control'])
    """
    button, held = BUTTONS[0], []
    for part in text.replace("+", " ").lower().split():
        if part in BUTTONS:
            button = BUTTONS[BUTTONS.index(part)]
        elif NAMES.get(part) in MODIFIERS:
            held.append(NAMES[part])
        else:
            raise UnknownKey(f"click knows no {part!r}: left, middle, right, Control, Shift, Alt or Meta")
    return button, held


def _key(part: str) -> str:
    name = NAMES.get(part.strip().lower())
    if name:
        return name
    if len(part) == 1 and part.isprintable():
        return part
    raise UnknownKey(f"there is no key {part!r}; keys are named like Enter, Escape, Tab, ArrowDown, Control+a")

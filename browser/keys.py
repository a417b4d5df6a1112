"""Names of keys as people and models write them, in the form Playwright takes: "ctrl+a" → "Control+a"."""

from __future__ import annotations

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


def _key(part: str) -> str:
    name = NAMES.get(part.strip().lower())
    if name:
        return name
    if len(part) == 1 and part.isprintable():
        return part
    raise UnknownKey(f"there is no key {part!r}; keys are named like Enter, Escape, Tab, ArrowDown, Control+a")

"""A person's chords on the Record screen: which keys together mark, pause and stop. None of them reaches the page.

Kept in the workspace by person, only where they differ from the defaults of docs/keys.md. The view listens to them
(ui/components/live/chords.js).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from server.people import track_of
from store.errors import NotFound, StoreError
from wiring import Parts

DEFAULTS: Mapping[str, str] = {
    "leave": "Alt+Shift+X",
    "stop": "Alt+Shift+Enter",
    "pause": "Alt+Shift+P",
    "boundary": "Alt+Shift+B",
    "end": "Alt+Shift+E",
    "undo": "Alt+Shift+U",
    "redo": "Alt+Shift+Y",
    "mistake": "Alt+Shift+M",
    "note": "Alt+Shift+N",
    "help": "Alt+Shift+H",
}
"""The chord of each command, in the order in which they are shown."""

NAMES: Mapping[str, str] = {
    "leave": "Leave the page",
    "stop": "Stop",
    "pause": "Pause and go on",
    "boundary": "A call begins",
    "end": "The call ends",
    "undo": "Take the last step back",
    "redo": "Put it back",
    "mistake": "The last step was a mistake",
    "note": "Note",
    "help": "List of these keys",
}
_FORM = re.compile(r"(Alt\+Shift|Control\+Shift)\+([A-Z0-9]|Enter)")
_BROWSERS = frozenset("CIJKMNPQRTW")
_PAGES = frozenset({"V", "Z"})


class BadChords(StoreError):
    """Chords that cannot be kept; nothing was saved. The text says which and why."""


def load(parts: Parts, person: str) -> dict[str, str]:
    """The chord of each command, as this person wants them."""
    try:
        kept = parts.workspace.get("setting", _key(person))
    except NotFound:
        kept = {}
    chosen = {name: str(chord) for name, chord in kept.items() if name in DEFAULTS}
    try:
        return checked(chosen)
    except BadChords:
        return dict(DEFAULTS)


def save(parts: Parts, person: str, chords: Mapping[str, str]) -> dict[str, str]:
    """Keep a person's chords; a command that is left empty gets its default. Raises BadChords, and nothing is kept."""
    kept = checked(chords)
    parts.workspace.put("setting", _key(person), {k: v for k, v in kept.items() if v != DEFAULTS[k]})
    return kept


def checked(chords: Mapping[str, str]) -> dict[str, str]:
    """Every command's chord as it is written, the defaults where none is given. Raises BadChords.

    >>> checked({"note": "shift + alt + 7"})["note"]
    'Alt+Shift+7'
    """
    unknown = [name for name in chords if name not in DEFAULTS]
    if unknown:
        raise BadChords(f"There is no command {unknown[0]!r} to give a chord to. Nothing was saved.")
    whole = {name: _chord(name, chords.get(name, "")) for name in DEFAULTS}
    owners: dict[str, str] = {}
    for name, chord in whole.items():
        if chord in owners:
            both = f"‘{NAMES[owners[chord]]}’ and ‘{NAMES[name]}’"
            raise BadChords(f"{chord} is given to both {both}. Nothing was saved; choose another for one of them.")
        owners[chord] = name
    return whole


def _chord(name: str, given: str) -> str:
    """One chord in its written form; refused where browser, system or page need it."""
    if not given.strip():
        return DEFAULTS[name]
    chord = _written(given)
    match = _FORM.fullmatch(chord)
    if match is None:
        raise BadChords(
            f"{given.strip()!r} cannot be the chord of ‘{NAMES[name]}’: it has to be Alt+Shift or Control+Shift with "
            "a letter from A to Z, a digit or Enter. Nothing was saved."
        )
    if match[1] == "Control+Shift" and match[2] in _BROWSERS | _PAGES:
        whose = "the pages themselves use it" if match[2] in _PAGES else "browsers keep it to themselves"
        raise BadChords(f"{chord} is reserved: {whose}. Nothing was saved; choose another for ‘{NAMES[name]}’.")
    return chord


def _written(given: str) -> str:
    names = {"alt": "Alt", "option": "Alt", "shift": "Shift", "control": "Control", "ctrl": "Control"}
    names |= {"enter": "Enter", "return": "Enter", "⇧": "Shift", "⏎": "Enter"}
    parts = [part for part in re.split(r"[\s+]+", given.strip()) if part]
    keys = [names.get(part.lower(), part.upper() if len(part) == 1 else part) for part in parts]
    order = ("Alt", "Control", "Shift")
    held = sorted({key for key in keys if key in order}, key=order.index)
    return "+".join([*held, *(key for key in keys if key not in order)])


def _key(person: str) -> str:
    return f"chords:{track_of(person)}"

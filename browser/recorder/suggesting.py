"""What the arguments of a call could be, as far as the recording knows: for the picker to fill in beforehand.

Known are the quoted values of the objective, the field that has the focus, and what was typed last. A guess that was
wrong costs a correction, so a value that was used already is not offered first.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from typing import Any

from browser.errors import BrowserError
from browser.recorder.calls import marked_calls
from browser.recorder.desk import Desk
from browser.recorder.marking import is_secret_name, slot
from browser.recorder.options import CallForm, CallParameter
from traces.actions import parse_action
from traces.errors import ActionError
from traces.model import Frozen, Step

_QUOTED = re.compile(r"\"([^\"\n]{1,200})\"|“([^”\n]{1,200})”|‘([^’\n]{1,200})’|(?<!\w)'([^'\n]{1,200})'(?!\w)")
FOCUS_S = 1.0
_VALUES = frozenset({"text", "number", "date"})


class Known(Frozen):
    """What can be said of the next call: values of the objective not used so far, all of them, field and last text."""

    fresh: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()
    field: str = ""
    typed: str = ""

    @property
    def values(self) -> tuple[str, ...]:
        """Everything that could be meant, the likeliest first."""
        return tuple(dict.fromkeys(v for v in (*self.fresh, *self.quoted, self.typed, self.field) if v))


async def suggestions(desk: Desk) -> dict[str, Any]:
    """The `suggestions` message without its number: values by policy and parameter, and all that could be meant."""
    steps = desk.journal.reading.steps
    args = [value for one in marked_calls(desk.journal.calls, steps) for _, value in one.args]
    known = known_of(desk.options.objective, steps, args, await _focused(desk))
    return {"args": {form.name: suggested(form, known) for form in desk.options.policies}, "values": known.values}


async def _focused(desk: Desk) -> str:
    """The name of the field that has the keyboard, as far as the page or the last look at it tells."""
    try:
        look = desk.eyes.last if desk.paused else await asyncio.wait_for(desk.eyes.glance(), FOCUS_S)
    except (BrowserError, TimeoutError):
        look = desk.eyes.last
    focus = look.focus if look is not None else None
    return focus.target.name if focus is not None and (focus.editable or focus.select) else ""


def known_of(objective: str, steps: Sequence[Step], args: Iterable[str], field: str) -> Known:
    """`args` are the arguments of the calls so far, `field` the name of what has the focus."""
    quoted = quoted_values(objective)
    texts = [text for step in steps for text in _typed(step)]
    used = {value.casefold() for value in (*texts, *args)}
    fresh = tuple(value for value in quoted if value.casefold() not in used)
    return Known(fresh=fresh, quoted=quoted, field=field, typed=texts[-1] if texts else "")


def quoted_values(text: str) -> tuple[str, ...]:
    """What stands in quotation marks, each once, in order."""
    found = (next(part for part in match.groups() if part) for match in _QUOTED.finditer(text))
    return tuple(dict.fromkeys(value.strip() for value in found if value.strip()))


def suggested(form: CallForm, known: Known) -> dict[str, str]:
    """Values for the parameters of a policy; a parameter that nothing is known for is not among them."""
    fresh = list(known.fresh if known.quoted else [known.typed])
    found: dict[str, str] = {}
    for parameter in form.parameters:
        value = _value(parameter, known, fresh)
        if value:
            found[parameter.name] = value
    return found


def _value(parameter: CallParameter, known: Known, fresh: list[str]) -> str:
    """The value; one taken from `fresh` is not there any more."""
    if is_secret_name(parameter.name):
        return slot(parameter.name)
    if parameter.type == "element":
        return known.field
    if parameter.type in _VALUES and parameter.required:
        if is_secret_name(known.field):
            return slot(known.field)
        value = next((value for value in fresh if _fits(parameter.type, value)), "")
        if value:
            fresh.remove(value)
        return value
    return ""


def _fits(kind: str, value: str) -> bool:
    """Days and numbers have a digit."""
    return kind == "text" or any(char.isdigit() for char in value)


def _typed(step: Step) -> Iterable[str]:
    """The text a step put into the page, unless it is withheld."""
    try:
        action = parse_action(step.action)
    except ActionError:
        return
    if action.name in ("type", "select") and len(action.args) > 1 and "{SECRET" not in action.args[1]:
        yield from action.args[1].splitlines()

"""R2 choose_date: a date typed into a field, or picked from a calendar with the clicks that open, turn and close it.

The date is written as the objective writes it where the objective names the same day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from labeling.days import Day, days_of, months_in, wording
from labeling.model import Argument
from labeling.rules.calendars import read_calendar
from labeling.rules.naming import field_argument, field_name
from labeling.rules.page import FORMS, GROUPS, TEXT_FIELDS, Page
from labeling.rules.scene import Moment, Proposal, Scene, is_scroll
from labeling.rules.text import is_key, read_typing
from traces.observation_text import Node

RULE = "R2"
PICKED, PICKED_UNSEEN, TYPED, PARTS = 0.95, 0.85, 0.9, 0.85
"""Prior confidence: a picked day that a field then shows, one that no field shows, a typed date, three lists."""

_DATE_KINDS = frozenset({"date", "datetime-local"})
_CLOSING = re.compile(r"^(done|apply|ok|close|confirm|set( date)?|select|save)\b", re.IGNORECASE)
_LEAVING = frozenset({"escape", "enter", "tab"})
_MOST_TURNS = 15


@dataclass(frozen=True)
class Pick:
    """A day taken from a calendar: positions of the opening, the day and the last step."""

    first: int
    day_at: int
    last: int
    day: Day
    opened: bool


def choose_date(scene: Scene, start: int) -> Proposal | None:
    """One date field that was set."""
    return _picked(scene, start) or _typed(scene, start) or _listed(scene, start) or _unseen(scene, start)


def _picked(scene: Scene, start: int) -> Proposal | None:
    pick = _read_pick(scene, start)
    if pick is None:
        return None
    opener, last = scene.moments[start], scene.moments[pick.last]
    field = _field_showing(pick, opener.before, last.after)
    argument, anchor = _named_field(scene, pick, field)
    evidence = f"picked {pick.day} in a calendar" + (f" that ‘{opener.label}’ opened" if pick.opened else "")
    return Proposal(
        first=start,
        last=pick.last,
        policy="choose_date",
        args=(argument, _date_argument(scene, pick, field)),
        rule=RULE,
        evidence=evidence + (f"; ‘{argument.value}’ shows {field.value!r} afterwards" if field else ""),
        confidence=PICKED if field else PICKED_UNSEEN,
        anchor=anchor,
        page=opener.before,
    )


def _read_pick(scene: Scene, start: int) -> Pick | None:
    """Opening (unless the calendar is open), turning the pages, the day, and closing."""
    opener = scene.moments[start]
    open_before = bool(read_calendar(opener.before))
    opens = not open_before and opener.target is not None and bool(read_calendar(opener.after))
    if not open_before and not opens:
        return None
    index = scene.skip(start + opens, lambda m: is_scroll(m) or _turns(m))
    day = _day_clicked(scene.at(index))
    if day is None:
        return None
    return Pick(start, index, _closing(scene, index), day, opens)


def _turns(moment: Moment) -> bool:
    """A step that changes which months an open calendar shows, or sets a list inside it."""
    before, after = read_calendar(moment.before), read_calendar(moment.after)
    return bool(before and after) and before.months != after.months and _day_clicked(moment) is None


def _day_clicked(moment: Moment | None) -> Day | None:
    if moment is None or not moment.is_click or moment.target is None:
        return None
    return read_calendar(moment.before).days.get(moment.target.id)


def _closing(scene: Scene, day_at: int) -> int:
    """The click or key that closes a calendar which stayed open after the day was picked."""
    moment = scene.at(day_at + 1)
    if moment is None or not read_calendar(scene.moments[day_at].after) or read_calendar(moment.after):
        return day_at
    closes = is_key(moment, _LEAVING) or (moment.is_click and _CLOSING.match(moment.name) is not None)
    return day_at + 1 if closes else day_at


def _field_showing(pick: Pick, before: Page, after: Page) -> Node | None:
    """The field whose value became the picked day (or, if several did, the first), as it is afterwards."""
    for node in after.nodes:
        known = before.by_id.get(node.id)
        old = known.value or known.name if known else ""
        for text in (node.value, node.name if node.role in ("button", "combobox") else ""):
            if text and text != old and known is not None and wording(text, pick.day):
                return Node(**{**node.__dict__, "attrs": {**node.attrs, "value": text}})
    return None


def _named_field(scene: Scene, pick: Pick, field: Node | None) -> tuple[Argument, Node | None]:
    """The field's label as an argument, and the field as the page before the pick shows it."""
    opener, after = scene.moments[pick.first], scene.moments[pick.last].after
    known = opener.before.by_id.get(field.id) if field else None
    if known is not None and (known.role in TEXT_FIELDS or not pick.opened):
        value, source = field_name(scene, opener.before, known, after)
        return opener.argument("field", value, source), known
    if pick.opened:
        return field_argument(scene, opener, after), opener.target
    clicked = scene.moments[pick.day_at]
    box = clicked.before.nearest(clicked.target, FORMS | {"group", "grid", "table"}) if clicked.target else None
    label = box.name if box and box.name else "date"
    return clicked.argument("field", label, "observation" if label != "date" else "inferred"), clicked.target


def _date_argument(scene: Scene, pick: Pick, field: Node | None) -> Argument:
    clicked = scene.moments[pick.day_at]
    written = wording(scene.objective, pick.day)
    if written is not None:
        return clicked.argument("date", written, "objective")
    if field is not None:
        shown = wording(field.value, pick.day) or field.value
        return scene.moments[pick.last].argument("date", shown, "observation")
    return clicked.argument("date", str(pick.day), "inferred")


def _unseen(scene: Scene, start: int) -> Proposal | None:
    """A field that shows a day after clicks on what it opened, though the page's days are no elements."""
    opener = scene.moments[start]
    if not opener.is_click or opener.role not in TEXT_FIELDS or opener.target is None:
        return None
    for index in range(start + 1, min(start + _MOST_TURNS, len(scene))):
        moment = scene.moments[index]
        known = moment.target is None or moment.target.id in opener.before.by_id
        if not moment.is_click or moment.moved or (known and not moment.same_target(opener)):
            return None
        shown = moment.after.by_id.get(opener.target.id)
        days = days_of(shown.value) if shown is not None and shown.value != opener.target.value else frozenset()
        if shown is not None and days:
            said = next((text for day in sorted(days, key=str) if (text := wording(scene.objective, day))), None)
            return Proposal(
                first=start,
                last=index,
                policy="choose_date",
                args=(
                    field_argument(scene, opener, moment.after),
                    moment.argument("date", said or shown.value, "objective" if said else "observation"),
                ),
                rule=RULE,
                evidence=f"opened ‘{opener.label}’ and clicked until it showed {shown.value!r}",
                confidence=PICKED_UNSEEN,
                anchor=opener.target,
                page=opener.before,
            )
    return None


def _typed(scene: Scene, start: int) -> Proposal | None:
    """A date typed or set in one field; keys or a click that close its calendar belong to it."""
    typing = read_typing(scene, start)
    if typing is None:
        return None
    moment = scene.moments[typing.typed]
    days = _typed_days(moment)
    if not days:
        return None
    said = next((text for day in sorted(days, key=str) if (text := wording(scene.objective, day))), None)
    written = moment.action.args[1]
    date = moment.argument("date", said or written, "objective" if said else "step_value")
    return Proposal(
        first=start,
        last=_closing(scene, typing.last),
        policy="choose_date",
        args=(field_argument(scene, moment, scene.moments[typing.last].after), date),
        rule=RULE,
        evidence=f"typed the date {written!r} into ‘{moment.label}’",
        confidence=TYPED,
        anchor=moment.target,
        page=moment.before,
    )


def _typed_days(moment: Moment) -> frozenset[Day]:
    """The days typed into a field: the text itself, or what a date field shows afterwards."""
    days = days_of(moment.action.args[1])
    is_date_field = moment.target is not None and moment.target.attrs.get("type") in _DATE_KINDS
    return days or (days_of(moment.value_after() or "") if is_date_field else frozenset())


def _listed(scene: Scene, start: int) -> Proposal | None:
    """Day, month and year from three neighbouring lists or fields."""
    parts = [moment for index in range(start, start + 3) if (moment := scene.at(index)) is not None]
    values = [moment.action.args[1].strip() for moment in parts if moment.action.name in ("select", "type")]
    if len(values) < 3 or len({moment.target.id for moment in parts if moment.target}) < 3:
        return None
    day = _of_parts(values)
    if day is None or any(moment.before.url != parts[0].before.url for moment in parts):
        return None
    said = wording(scene.objective, day)
    written = parts[2].argument("date", said or str(day), "objective" if said else "inferred")
    label = _box_label(parts[0])
    field = parts[0].argument("field", label, "observation")
    evidence = f"set day, month and year to {', '.join(values)} one after another"
    return Proposal(
        first=start,
        last=start + 2,
        policy="choose_date",
        args=(field, written),
        rule=RULE,
        evidence=evidence,
        confidence=PARTS,
        anchor=parts[0].target,
        page=parts[0].before,
    )


def _of_parts(values: list[str]) -> Day | None:
    """The one day that a day's number, a month and a year make, in whatever order they stand."""
    years = [text for text in values if re.fullmatch(r"(19|20)\d\d", text)]
    months = [text for text in values if months_in(f"{text} 2000")]
    numbers = [text for text in values if re.fullmatch(r"\d{1,2}", text)]
    if len(years) != 1 or len(months) + len(numbers) != 2 or not numbers:
        return None
    if not months:
        return next(iter(days_of("-".join((years[0], *reversed(numbers))))), None)
    found = days_of(f"{numbers[0]} {months[0]} {years[0]}")
    return next(iter(found)) if len(found) == 1 else None


def _box_label(moment: Moment) -> str:
    """The name of what the three stand in, or the text before the first."""
    box = moment.before.nearest(moment.target, GROUPS | FORMS) if moment.target else None
    named = box.name if box is not None and box.name else ""
    return named or (moment.before.beside(moment.target) if moment.target else "") or "date"

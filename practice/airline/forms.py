"""Reading the site's forms: from submitted text to values, or a message beside the field that is wrong.

Pure functions of (form, desk's day). Leaves showing messages to the templates and storing values to `desk`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from practice.airline.airports import BY_CODE
from practice.airline.desk import Search
from practice.airline.records import EXTRAS, TITLES, Passenger
from practice.airline.schedule import CABINS
from practice.dates import long_date, parse_date

Form = Mapping[str, str]
Errors = dict[str, str]
MAX_PASSENGERS = 4
HORIZON = timedelta(days=330)
MAX_FIELD = 120
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
_PHONE = re.compile(r"\+?[\d\s().-]{7,24}")


@dataclass(frozen=True, slots=True)
class SearchForm:
    """A search as typed (`text`) and as understood (`search`), with a message for each wrong field."""

    text: Form
    search: Search | None
    errors: Errors


def read_search(form: Form, today: date) -> SearchForm:
    """The search for flights in the query of `/flights`."""
    errors: Errors = {}
    origin, destination = (_airport(form, name, errors) for name in ("from", "to"))
    if origin and origin == destination:
        errors["to"] = "Choose a destination other than the origin."
    day = _travel_day(form, "depart", today, errors)
    return_day = None
    if form.get("trip") == "return":
        return_day = _travel_day(form, "return", day or today, errors)
    count = _count(form.get("passengers", "1"))
    cabin = form.get("cabin", "economy")
    if errors or day is None or cabin not in CABINS:
        return SearchForm(form, None, errors)
    return SearchForm(form, Search(origin, destination, day, return_day, count, cabin), errors)


def read_passenger(form: Form, today: date, prefix: str = "") -> tuple[Passenger | None, Errors]:
    """A passenger from fields named `<prefix>title`, `<prefix>first_name` ...; errors by the same names."""
    errors: Errors = {}
    value = {name: form.get(prefix + name, "").strip() for name in _PERSON_FIELDS}
    for name, message in _person_messages(value, today).items():
        errors[prefix + name] = message
    born = parse_date(value["born"])
    if errors or born is None:
        return None, errors
    first, last = (" ".join(value[name].split()) for name in ("first_name", "last_name"))
    return Passenger(value["title"], first, last, born, value["email"], value["phone"]), errors


def passenger_text(passenger: Passenger, prefix: str = "") -> dict[str, str]:
    """The fields of a form that shows this passenger."""
    return {
        prefix + "title": passenger.title,
        prefix + "first_name": passenger.first_name,
        prefix + "last_name": passenger.last_name,
        prefix + "born": long_date(passenger.born),
        prefix + "email": passenger.email,
        prefix + "phone": passenger.phone,
    }


def read_extras(form: Form) -> tuple[str, ...]:
    """The keys of the ticked extras."""
    return tuple(extra.key for extra in EXTRAS if f"extra_{extra.key}" in form)


def read_seats(form: Form, count: int) -> tuple[str | None, ...]:
    """A seat or None for each passenger, from `seat_0`, `seat_1` ..."""
    return tuple(form.get(f"seat_{n}") or None for n in range(count))


_PERSON_FIELDS = ("title", "first_name", "last_name", "born", "email", "phone")


def _person_messages(value: Form, today: date) -> Errors:
    born = parse_date(value["born"])
    rules = {
        "title": (value["title"] in TITLES, "Choose a title."),
        "first_name": (0 < len(value["first_name"]) <= MAX_FIELD, "Enter the first name as in the passport."),
        "last_name": (0 < len(value["last_name"]) <= MAX_FIELD, "Enter the last name as in the passport."),
        "born": (
            born is not None and date(1900, 1, 1) <= born <= today,
            "Enter a date of birth such as 4 May 1988.",
        ),
        "email": (
            len(value["email"]) <= MAX_FIELD and bool(_EMAIL.fullmatch(value["email"])),
            "Enter an e-mail address such as name@example.org.",
        ),
        "phone": (
            not value["phone"] or bool(_PHONE.fullmatch(value["phone"])),
            "Enter a phone number such as +1 617 555 0134, or leave it empty.",
        ),
    }
    return {name: message for name, (fine, message) in rules.items() if not fine}


def _airport(form: Form, name: str, errors: Errors) -> str:
    code = form.get(name, "")
    if code not in BY_CODE:
        errors[name] = "Choose an airport from the list."
    return code


def _travel_day(form: Form, name: str, earliest: date, errors: Errors) -> date | None:
    day = parse_date(form.get(name, ""))
    if day is None:
        errors[name] = f"Enter a date such as {long_date(earliest)}."
    elif day < earliest:
        errors[name] = f"Choose {long_date(earliest)} or a later day."
    elif day > earliest + HORIZON:
        errors[name] = "Flights are on sale for the next 330 days."
    return day


def _count(text: str) -> int:
    return min(max(int(text), 1), MAX_PASSENGERS) if text.isdecimal() and len(text) < 4 else 1

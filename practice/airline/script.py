"""How a careful person does each scenario: gestures in the form that `cli.py record --script` plays.

Each gesture is {"gesture", "at", "text" ...} with Playwright selectors; made from the assignment alone, without
looking at the page. Leaves playing them to whoever has a browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from practice.airline.airports import BY_CODE
from practice.airline.desk import Search
from practice.airline.records import EXTRA_BY_KEY, REASON_BY_KEY, Passenger
from practice.airline.scenarios import Assignment, assign
from practice.airline.schedule import CABINS
from practice.airline.seats import position
from practice.airline.tasks import BookFlight, CancelFlight, FindBooking, FindFlight, UpdatePassenger
from practice.dates import long_date

Gesture = dict[str, str]
_TYPED_LETTERS = 5
_LABELS = {"email": "E-mail", "phone": "Phone", "last_name": "Last name"}


def script_for(seed: int, scenario: str) -> list[dict[str, str]]:
    """The gestures, beginning at the scenario's start page; raises KeyError for an unknown scenario."""
    return list(_gestures(assign(seed, scenario)))


def answer_for(seed: int, scenario: str) -> str | None:
    """What that person would answer in the end, or None where nothing was asked."""
    task = assign(seed, scenario).task
    return task.answer if isinstance(task, FindFlight | FindBooking) else None


def _gestures(assignment: Assignment) -> Iterator[Gesture]:
    task = assignment.task
    match task:
        case FindFlight():
            yield from _search(task.search, assignment.world.today)
            yield _click("button", task.sort_by)
        case BookFlight():
            yield from _book(task, assignment.world.today)
        case FindBooking():
            yield from _open_booking(task.query, task.reference)
        case UpdatePassenger():
            yield from _open_booking(task.query, task.reference)
            yield from _update(task, assignment)
        case CancelFlight():
            yield from _open_booking(task.query, task.reference)
            yield _click("button", "Cancel booking…")
            yield _select("Reason", REASON_BY_KEY[task.reason].label)
            yield _click("button", "Confirm cancellation")


def _search(search: Search, today: date) -> Iterator[Gesture]:
    yield _click("link", "Flights")
    if search.return_day is not None:
        yield _click("radio", "Return")
    for _ in range(search.passengers - 1):
        yield _click("button", "More passengers")
    if search.cabin != "economy":
        yield _select("Cabin", CABINS[search.cabin])
    yield from _airport("From", search.origin)
    yield from _airport("To", search.destination)
    yield from _date("Departure date", search.day, today)
    if search.return_day is not None:
        yield from _date("Return date", search.return_day, search.day)
    yield _click("button", "Search")


def _book(task: BookFlight, today: date) -> Iterator[Gesture]:
    yield from _search(task.search, today)
    for number in task.numbers:
        if task.by_fare:
            yield _click("button", "Fare")
        yield _click("button", f"Select {number}")
    yield from _person(task.passenger, with_phone=task.phone_asked)
    yield _click("button", "Continue to seats")
    for seat in task.seats:
        if seat:
            yield _seat(seat)
        yield _click("button", "Continue")
    for key in task.extras:
        yield _click("checkbox", EXTRA_BY_KEY[key].label)
    yield _click("button", "Continue to review")
    yield _click("button", "Confirm booking")


def _person(passenger: Passenger, *, with_phone: bool) -> Iterator[Gesture]:
    yield _select("Title", passenger.title)
    yield _type("First name", passenger.first_name)
    yield _type("Last name", passenger.last_name)
    yield _type("Date of birth", long_date(passenger.born))
    yield _type("E-mail", passenger.email)
    if with_phone:
        yield _type("Phone", passenger.phone)


def _open_booking(query: str, reference: str) -> Iterator[Gesture]:
    yield _click("link", "Bookings")
    yield _type("Reference or last name", query)
    yield _click("button", "Find")
    yield _click("link", reference)


def _update(task: UpdatePassenger, assignment: Assignment) -> Iterator[Gesture]:
    booking = next(b for b in assignment.world.bookings if b.reference == task.reference)
    name = booking.passengers[task.index].name
    if task.fields:
        yield _click("link", f"Edit {name}")
        for field, value in task.fields:
            yield _click("textbox", _LABELS[field])
            yield {"gesture": "press", "keys": "Control+a"}
            yield _type(_LABELS[field], value)
        yield _click("button", "Save changes")
    if task.seat:
        yield _click("link", "Change seats on outbound flight")
        if len(booking.passengers) > 1:
            yield _click("radio", name)
        yield _seat(task.seat)
        yield _click("button", "Save seats")


def _airport(label: str, code: str) -> Iterator[Gesture]:
    """Types the beginning of the city and takes the suggestion with the mouse."""
    airport = BY_CODE[code]
    typed = airport.city[:_TYPED_LETTERS].strip()
    yield {"gesture": "type", "at": f"role=combobox[name='{label}']", "text": typed}
    yield _click("option", airport.label)


def _date(label: str, day: date, shown: date) -> Iterator[Gesture]:
    """Opens the calendar, which shows the month of `shown`, turns to the month and takes the day."""
    yield _click("textbox", label)
    for _ in range((day.year - shown.year) * 12 + day.month - shown.month):
        yield _click("button", "Next month")
    yield _click("button", long_date(day))


def _seat(seat: str) -> Gesture:
    return _click("button", f"Seat {seat}, {position(seat)}")


def _click(role: str, name: str) -> Gesture:
    return {"gesture": "click", "at": f"role={role}[name='{name}']"}


def _type(label: str, text: str) -> Gesture:
    return {"gesture": "type", "at": f"role=textbox[name='{label}']", "text": text}


def _select(label: str, option: str) -> Gesture:
    return {"gesture": "select", "at": f"role=combobox[name='{label}']", "text": option}

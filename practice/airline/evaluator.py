"""Judges a task: what is asked against what the bookings hold, and whether anything else was changed.

The rule that makes a verdict of checks is in `practice.judging`. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from practice.airline.desk import Desk
from practice.airline.records import CANCELLED, REASON_BY_KEY, Booking, Passenger
from practice.airline.tasks import (
    AnswerKind,
    BookFlight,
    CancelFlight,
    FindBooking,
    FindFlight,
    Task,
    UpdatePassenger,
    answer_matches,
)
from practice.dates import long_date, money
from practice.judging import Check, verdict
from practice.records import Evaluation

Fields = dict[str, str]


def evaluate(task: Task, desk: Desk, answer: str | None) -> Evaluation:
    """How far the task got; `answer` is what was given with stop, if anything."""
    match task:
        case FindFlight():
            checks, unasked = _check_find_flight(task, desk, answer), changes(desk.before, desk.bookings)
        case FindBooking():
            checks, unasked = _check_find_booking(task, desk, answer), changes(desk.before, desk.bookings)
        case BookFlight():
            checks, unasked = _check_book(task, desk)
        case UpdatePassenger():
            checks, unasked = _check_update(task, desk)
        case CancelFlight():
            checks, unasked = _check_cancel(task, desk)
    return verdict(checks, unasked)


def changes(
    before: Mapping[str, Booking], after: Mapping[str, Booking], *, asked: frozenset[str] = frozenset()
) -> list[str]:
    """One line for each field that differs, and for each new booking, except the paths in `asked`."""
    found = []
    for reference, booking in after.items():
        if reference not in before:
            found += [] if reference in asked else [f"new booking {reference}"]
            continue
        old, new = fields(before[reference]), fields(booking)
        paths = [path for path in new if old.get(path) != new[path] and f"{reference}.{path}" not in asked]
        found += [f"{reference} {path} {old.get(path)!r} → {new[path]!r}" for path in paths]
    return found


def fields(booking: Booking) -> Fields:
    """Every value of a booking that can be changed, by path, e.g. `passengers.0.email`."""
    flat: Fields = {"status": booking.status, "cancel_reason": booking.cancel_reason}
    for n, passenger in enumerate(booking.passengers):
        flat |= {f"passengers.{n}.{name}": value for name, value in passenger_fields(passenger).items()}
    for n, leg in enumerate(booking.legs):
        flat |= {f"legs.{n}.seats.{k}": seat or "" for k, seat in enumerate(leg.seats)}
    return flat


def passenger_fields(passenger: Passenger) -> Fields:
    """A passenger's values in one normal form: e-mail in small letters, a phone as its digits, single spaces."""
    return {
        "title": passenger.title,
        "first_name": " ".join(passenger.first_name.split()),
        "last_name": " ".join(passenger.last_name.split()),
        "born": long_date(passenger.born),
        "email": normal_field("email", passenger.email),
        "phone": normal_field("phone", passenger.phone),
    }


def normal_field(name: str, value: str) -> str:
    """The form in which two values of that field are compared."""
    if name == "phone":
        return "".join(sign for sign in value if sign.isdigit())
    value = " ".join(value.split())
    return value.lower() if name == "email" else value


def _check_find_flight(task: FindFlight, desk: Desk, answer: str | None) -> list[Check]:
    wanted = task.search
    same = [
        s for s in desk.searches if (s.origin, s.destination, s.day) == (wanted.origin, wanted.destination, wanted.day)
    ]
    return [
        Check(bool(same), "the flights asked about were never listed"),
        Check(any(s.cabin == wanted.cabin for s in same), "they were not listed for the cabin asked about"),
        *_check_answer(task.answer_kind, task.answer, answer, weight=2),
    ]


def _check_find_booking(task: FindBooking, desk: Desk, answer: str | None) -> list[Check]:
    return [
        Check(task.reference in desk.seen, f"booking {task.reference} was never found"),
        *_check_answer(task.answer_kind, task.answer, answer, weight=1),
    ]


def _check_answer(kind: AnswerKind, expected: str, answer: str | None, *, weight: int) -> list[Check]:
    """The answer counts `weight` checks; its reason is given once."""
    if not (answer or "").strip():
        missing = f"no answer was given; expected the {kind} {_shown(kind, expected)}"
        return [Check(False, missing)] * weight
    holds = answer_matches(kind, expected, answer or "")
    return [Check(holds, f"the answer {answer!r} is not the {kind} {_shown(kind, expected)}")] * weight


def _shown(kind: str, value: str) -> str:
    return money(int(value)) if kind == "price" else value


def _check_book(task: BookFlight, desk: Desk) -> tuple[list[Check], list[str]]:
    """The new booking that fits best is judged; further new ones count as not asked."""
    made = [booking for reference, booking in desk.bookings.items() if reference not in desk.before]
    judged = [(_booking_checks(task, booking), booking.reference) for booking in made]
    if not judged:
        return [Check(False, "no booking was made")], changes(desk.before, desk.bookings)
    checks, reference = max(judged, key=lambda pair: sum(check.holds for check in pair[0]))
    return checks, changes(desk.before, desk.bookings, asked=frozenset({reference}))


def _booking_checks(task: BookFlight, booking: Booking) -> list[Check]:
    wanted = task.passenger
    have = passenger_fields(booking.lead)
    asked = ["title", "first_name", "last_name", "born", "email", *(["phone"] if task.phone_asked else [])]
    personal = [
        Check(have[name] == value, f"passenger {name} is {have[name]!r}, not {value!r}")
        for name, value in passenger_fields(wanted).items()
        if name in asked
    ]
    return [
        *_leg_checks(task, booking),
        Check(booking.cabin == task.search.cabin, f"cabin is {booking.cabin}, not {task.search.cabin}"),
        Check(len(booking.passengers) == 1, f"the booking is for {len(booking.passengers)} passengers, not 1"),
        *personal,
        Check(set(booking.extras) == set(task.extras), f"extras are {list(booking.extras)}, not {list(task.extras)}"),
    ]


def _leg_checks(task: BookFlight, booking: Booking) -> list[Check]:
    """Route, date, flight and seat of each leg asked for, and that there is no other leg."""
    search = task.search
    days = [(search.origin, search.destination, search.day)]
    if search.return_day is not None:
        days.append((search.destination, search.origin, search.return_day))
    checks = [Check(len(booking.legs) == len(days), f"the booking has {len(booking.legs)} flights, not {len(days)}")]
    for n, (day, number, seat) in enumerate(zip(days, task.numbers, task.seats, strict=True), 1):
        leg = booking.legs[n - 1] if n <= len(booking.legs) else None
        flight = leg.flight if leg else None
        same_day = flight is not None and (flight.origin, flight.destination, flight.day) == day
        checks += [
            Check(same_day, f"flight {n} is not {day[0]} to {day[1]} on {long_date(day[2])}"),
            Check(same_day and flight is not None and flight.number == number, f"flight {n} is not {number}"),
            Check(leg is not None and leg.seats[0] == seat, f"the seat on flight {n} is not {seat}"),
        ]
    return checks


def _check_update(task: UpdatePassenger, desk: Desk) -> tuple[list[Check], list[str]]:
    wanted = {f"passengers.{task.index}.{name}": normal_field(name, value) for name, value in task.fields}
    if task.seat:
        wanted[f"legs.0.seats.{task.index}"] = task.seat
    return _check_fields(task.reference, wanted, desk)


def _check_cancel(task: CancelFlight, desk: Desk) -> tuple[list[Check], list[str]]:
    checks, unasked = _check_fields(task.reference, {"status": CANCELLED, "cancel_reason": task.reason}, desk)
    booking = desk.bookings[task.reference]
    if booking.status == CANCELLED and booking.cancel_reason != task.reason:
        given, asked = (REASON_BY_KEY[key].label for key in (booking.cancel_reason, task.reason))
        checks[1] = Check(False, f"the reason given is {given!r}, not {asked!r}")
    return checks, unasked


def _check_fields(reference: str, wanted: Fields, desk: Desk) -> tuple[list[Check], list[str]]:
    have = fields(desk.bookings[reference])
    checks = [
        Check(have[path] == value, f"{reference} {path} is {have[path]!r}, not {value!r}")
        for path, value in wanted.items()
    ]
    asked = frozenset(f"{reference}.{path}" for path in wanted)
    return checks, changes(desk.before, desk.bookings, asked=asked)

"""The evaluator of the airline: doing nothing is never complete, doing what is asked always is, anything else costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from practice.airline.desk import Desk, RefusedError
from practice.airline.evaluator import evaluate
from practice.airline.records import CONFIRMED, FLOWN
from practice.airline.scenarios import SCENARIOS, Assignment, assign
from practice.airline.schedule import find_flight, flights_on
from practice.airline.tasks import BookFlight, CancelFlight, FindBooking, FindFlight, UpdatePassenger, answer_matches
from practice.records import Evaluation
from tests.counts import soak

SEEDS = range(soak(400))


def start(seed: int, scenario: str) -> tuple[Assignment, Desk]:
    assignment = assign(seed, scenario)
    return assignment, Desk(assignment.world)


def verdict(assignment: Assignment, desk: Desk, answer: str | None = None) -> Evaluation:
    return evaluate(assignment.task, desk, answer)


def do(assignment: Assignment, desk: Desk) -> str | None:
    """Do what is asked by the desk's own functions; returns the answer."""
    task = assignment.task
    match task:
        case FindFlight():
            desk.searches.append(task.search)
            return task.answer
        case FindBooking():
            desk.saw(desk.find(task.query))
            return task.answer
        case BookFlight():
            book(desk, task)
        case UpdatePassenger():
            booking = desk.bookings[task.reference]
            person = replace(booking.passengers[task.index], **dict(task.fields))
            desk.update_passenger(task.reference, task.index, person)
            if task.seat:
                seats = list(booking.legs[0].seats)
                seats[task.index] = task.seat
                desk.change_seats(task.reference, 0, tuple(seats))
        case CancelFlight():
            desk.cancel(task.reference, task.reason)
    return None


def book(desk: Desk, task: BookFlight, **changed: object) -> None:
    search, seed = task.search, desk.world.seed
    flights = [find_flight(seed, search.origin, search.destination, search.day, task.numbers[0])]
    if search.return_day:
        flights.append(find_flight(seed, search.destination, search.origin, search.return_day, task.numbers[1]))
    draft = desk.start_draft(tuple(flights), search.cabin, 1)
    seats = tuple((seat,) for seat in task.seats)
    draft = replace(draft, passengers=(task.passenger,), seats=seats, extras=task.extras)
    desk.confirm(desk.keep(replace(draft, **changed)))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_doing_nothing_is_not_complete(scenario: str) -> None:
    """At the beginning nothing of what is asked holds, and reasons say so."""
    for seed in SEEDS:
        result = verdict(*start(seed, scenario))
        assert (result.complete, result.percent) == (False, 0)
        assert result.reasons


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_doing_what_is_asked_is_complete(scenario: str) -> None:
    """Every seed can be done: the flight exists, the seat is free, the booking can be changed."""
    for seed in SEEDS:
        assignment, desk = start(seed, scenario)
        assert verdict(assignment, desk, do(assignment, desk)) == Evaluation(True, 100, ())


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_cancelling_another_booking_costs_a_quarter(scenario: str) -> None:
    """What was changed without being asked is named, and the task is no longer complete."""
    assignment, desk = start(3, scenario)
    answer = do(assignment, desk)
    target = getattr(assignment.task, "reference", "")
    other = next(b for b in assignment.world.bookings if b.status == CONFIRMED and b.reference != target)
    desk.cancel(other.reference, "plans")
    result = verdict(assignment, desk, answer)
    assert not result.complete
    assert result.percent == 50  # its status and its reason
    assert all(other.reference in reason for reason in result.reasons)


def test_a_booking_with_a_wrong_seat_is_nearly_complete() -> None:
    """One check of eleven fails on a one-way booking without phone."""
    assignment, desk = start(first("book_flight", lambda t: len(t.numbers) == 1 and not t.phone_asked), "book_flight")
    book(desk, assignment.task, seats=((None,),))
    result = verdict(assignment, desk)
    assert result.percent == round(100 * 11 / 12)
    assert result.reasons == (f"the seat on flight 1 is not {assignment.task.seats[0]}",)


def test_a_booking_on_another_day_misses_date_and_flight() -> None:
    """The right number on the wrong day is not the flight."""
    assignment, desk = start(first("book_flight", lambda t: len(t.numbers) == 1), "book_flight")
    task = assignment.task
    day = task.search.day + timedelta(days=1)
    flight = find_flight(desk.world.seed, task.search.origin, task.search.destination, day, task.numbers[0])
    book(desk, task, flights=(flight,), seats=((None,),))
    assert [reason.split(" is ")[0] for reason in verdict(assignment, desk).reasons][:2] == ["flight 1", "flight 1"]


def test_a_second_new_booking_was_not_asked() -> None:
    """The one that fits is judged, the other costs a quarter."""
    assignment, desk = start(2, "book_flight")
    flight = flights_on(desk.world.seed, "BOS", "DEN", desk.today)[0]
    spare = replace(desk.start_draft((flight,), "economy", 1), passengers=(assignment.task.passenger,))
    desk.confirm(desk.keep(spare))
    do(assignment, desk)
    result = verdict(assignment, desk)
    assert (result.complete, result.percent, len(result.reasons)) == (False, 75, 1)


def test_half_an_update_is_half_complete() -> None:
    """Two fields were asked, one was set."""
    seed = first("update_passenger", lambda t: [name for name, _ in t.fields] == ["email", "phone"])
    assignment, desk = start(seed, "update_passenger")
    task = assignment.task
    person = desk.bookings[task.reference].passengers[task.index]
    desk.update_passenger(task.reference, task.index, replace(person, email=dict(task.fields)["email"].upper()))
    result = verdict(assignment, desk)
    assert (result.complete, result.percent) == (False, 50)


def test_a_phone_is_compared_by_its_digits() -> None:
    """Spaces, dashes and brackets do not matter."""
    seed = first("update_passenger", lambda t: [name for name, _ in t.fields] == ["phone"] and not t.seat)
    assignment, desk = start(seed, "update_passenger")
    task = assignment.task
    person = desk.bookings[task.reference].passengers[task.index]
    dashed = dict(task.fields)["phone"].replace(" ", "-")
    desk.update_passenger(task.reference, task.index, replace(person, phone=dashed))
    assert verdict(assignment, desk).complete


def test_the_wrong_reason_is_half_a_cancellation() -> None:
    """The booking is cancelled; the reason given is named beside the one asked for."""
    assignment, desk = start(first("cancel_flight", lambda t: t.reason == "medical"), "cancel_flight")
    desk.cancel(assignment.task.reference, "other")
    result = verdict(assignment, desk)
    assert (result.complete, result.percent) == (False, 50)
    assert "'Other', not 'Medical reason'" in result.reasons[0]


def test_a_right_answer_without_looking_is_not_complete() -> None:
    """A guess gets the answer's share only."""
    for scenario in ("find_flight", "find_booking"):
        assignment, desk = start(5, scenario)
        result = verdict(assignment, desk, assignment.task.answer)
        assert (result.complete, result.percent) == (False, 50)


def test_a_search_without_answer_is_half_done() -> None:
    """Finding counts half, for flights and for bookings; a wrong answer is quoted."""
    for scenario in ("find_flight", "find_booking"):
        assignment, desk = start(5, scenario)
        do(assignment, desk)
        assert verdict(assignment, desk).percent == 50
        wrong = verdict(assignment, desk, "no idea")
        assert (wrong.percent, "no idea" in wrong.reasons[0]) == (50, True)


@pytest.mark.parametrize(
    ("kind", "expected", "given"),
    [
        ("flight", "NW 214", "nw214"),
        ("flight", "NW 214", "The cheapest flight is NW 214, at $120."),
        ("price", "1204", "$1,204"),
        ("price", "1204", "1204"),
        ("price", "1204", "It costs $1,204.00 for 3 passengers on 5 May 2026"),
        ("price", "164", "164 dollars"),
        ("time", "08:15", "8:15 AM"),
        ("time", "20:00", "8:00 pm"),
        ("time", "00:05", "12:05 a.m."),
        ("reference", "K7RWQ2", "The reference is k7rwq2."),
        ("seat", "12C", "Seat 12 C"),
        ("email", "ana@example.org", "Ana@Example.org"),
        ("phone", "+1 617 555 0134", "+1 (617) 555-0134"),
    ],
)
def test_an_answer_counts_in_whatever_sentence(kind: str, expected: str, given: str) -> None:
    """The value is found in words around it and in other ways of writing it."""
    assert answer_matches(kind, expected, given)


@pytest.mark.parametrize(
    ("kind", "expected", "given"),
    [
        ("flight", "NW 214", "NW 2145"),
        ("flight", "NW 214", "NW 214 or NW 300"),
        ("price", "164", "$1,164"),
        ("price", "164", "164 or 170"),
        ("time", "08:15", "8:15 pm"),
        ("reference", "K7RWQ2", "K7RWQ2, K7RWQ3"),
        ("seat", "12C", "112C"),
        ("email", "ana@example.org", "ana@example.com"),
        ("phone", "+1 617 555 0134", "0134"),
        ("seat", "12C", ""),
    ],
)
def test_another_or_a_second_value_is_no_answer(kind: str, expected: str, given: str) -> None:
    """Listing several values does not help."""
    assert not answer_matches(kind, expected, given)


def test_a_taken_seat_and_a_flown_booking_are_refused() -> None:
    """The desk keeps its rules whoever asks."""
    desk = Desk(assign(2, "find_booking").world)
    booking = next(b for b in desk.bookings.values() if b.status == CONFIRMED and len(b.passengers) == 1)
    taken = sorted(desk.taken(booking.legs[0].flight, booking.cabin, besides=booking.reference))[0]
    with pytest.raises(RefusedError, match="taken"):
        desk.change_seats(booking.reference, 0, (taken,))
    flown = next(b for b in desk.bookings.values() if b.status == FLOWN)
    with pytest.raises(RefusedError, match="flown"):
        desk.cancel(flown.reference, "plans")
    assert desk.bookings == desk.before


def first(scenario: str, wanted) -> int:
    """The first seed whose task is as wanted."""
    return next(seed for seed in range(500) if wanted(assign(seed, scenario).task))

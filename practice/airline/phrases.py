"""The sentences that ask for a task: several phrasings of each, chosen by the seed, with every value spelled out.

Only words; leaves what is asked to `scenarios`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from practice.airline.airports import spoken
from practice.airline.desk import Search
from practice.airline.records import EXTRA_BY_KEY, REASON_BY_KEY, Passenger
from practice.airline.schedule import CABINS
from practice.airline.tasks import AnswerKind, BookFlight, UpdatePassenger
from practice.dates import american_date, long_date

__all__ = ["AnswerKind", "Naming", "book_flight", "cancel_flight", "find_booking", "find_flight", "update_passenger"]

_FIELD_NAMES = {"email": "e-mail address", "phone": "phone number", "last_name": "last name"}


@dataclass(frozen=True, slots=True)
class Naming:
    """How a customer names a booking: by its reference, or by person, city and date."""

    name: str
    city: str
    day: date
    reference: str
    by_reference: bool


def find_flight(rng: Random, question: str, search: Search) -> str:
    """A question about the flights of one route and day."""
    route = f"from {spoken(search.origin)} to {spoken(search.destination)} on {_day(rng, search.day)}"
    cabin = CABINS[search.cabin].lower()
    if question == "party_fare":
        return rng.choice(
            (
                f"What is the lowest total fare for {search.passengers} passengers in {cabin} {route}?",
                f"A family of {search.passengers} wants to fly {route} in {cabin}. "
                "How much is the cheapest flight for all of them together?",
            )
        )
    asked = {
        "cheapest": "Which flight is the cheapest in {cabin} {route}? Answer with the flight number.",
        "cheapest_nonstop": "How much is the cheapest nonstop flight in {cabin} {route}?",
        "first_arrival": "Which {cabin} flight {route} arrives first? Answer with the flight number.",
        "shortest": "What is the number of the {cabin} flight with the shortest journey {route}?",
        "last_departure": "At what time does the last {cabin} flight {route} leave?",
    }[question]
    opening = rng.choice(("", "", "A customer asks: ", "Find flights and answer: "))
    return opening + asked.format(cabin=cabin, route=route)


def find_booking(rng: Random, question: str, naming: Naming) -> str:
    """A question about one booking."""
    which = _which(rng, naming, named=question in ("email", "phone", "seat"))
    asked = {
        "reference": "What is the reference of {which}?",
        "flight": "What is the number of the outbound flight on {which}?",
        "email": "Which e-mail address does {name} have on {which}?",
        "phone": "Which phone number does {name} have on {which}?",
        "seat": "Which seat does {name} have on the outbound flight of {which}?",
        "total": "How much was paid in total for {which}?",
    }[question]
    opening = rng.choice(("", "", "Look up the booking and answer: ", "A customer is on the line. "))
    return opening + asked.format(which=which, name=naming.name)


def book_flight(rng: Random, task: BookFlight) -> str:
    """An order with every value that has to be entered."""
    search = task.search
    trip = f"{_trip(rng, search)} for {task.passenger.title} {task.passenger.name}"
    person = f"born {long_date(task.passenger.born)}, e-mail {task.passenger.email}"
    if task.phone_asked:
        person += f", phone {task.passenger.phone}"
    opening = rng.choice(("Book", "Please book", "Make a booking:"))
    return f"{opening} {trip}, {person}. {_flights(rng, task)} in {CABINS[search.cabin].lower()}, {_wishes(task)}."


def update_passenger(rng: Random, task: UpdatePassenger, passenger: Passenger, naming: Naming) -> str:
    """A request to change details of one passenger."""
    changes = [f"{_FIELD_NAMES[field]} to {value}" for field, value in task.fields]
    if task.seat:
        changes.append(f"seat on the outbound flight to {task.seat}")
    which = _which(rng, naming, named=True)
    return rng.choice(
        (
            f"Change {passenger.name}'s {_and(changes)} on {which}.",
            f"On {which}, change the {_and(changes)} for {passenger.name}.",
            f"{passenger.name} called about {which}: set the {_and(changes)}.",
        )
    )


def cancel_flight(rng: Random, reason: str, naming: Naming) -> str:
    """A request to cancel one booking, with the reason as the form names it."""
    which, label = _which(rng, naming), REASON_BY_KEY[reason].label.lower()
    return rng.choice(
        (
            f"Cancel {which}. Reason: {label}.",
            f"Please cancel {which} and give “{label}” as the reason.",
            f"The customer wants to cancel {which} ({label}).",
        )
    )


def _day(rng: Random, day: date) -> str:
    return rng.choice((long_date, long_date, american_date))(day)


def _which(rng: Random, naming: Naming, *, named: bool = False) -> str:
    """The booking in words; `named` where the sentence says the person's name already."""
    if naming.by_reference:
        return f"booking {naming.reference}"
    day = _day(rng, naming.day)
    if named:
        return f"the booking to {naming.city} on {day}"
    return rng.choice(
        (
            f"the booking of {naming.name} to {naming.city} on {day}",
            f"the booking to {naming.city} on {day} in the name of {naming.name}",
        )
    )


def _trip(rng: Random, search: Search) -> str:
    cities = f"from {spoken(search.origin)} to {spoken(search.destination)}"
    day = _day(rng, search.day)
    if search.return_day is None:
        return f"a one-way flight {cities} on {day}"
    return f"a return flight {cities}, leaving on {day} and coming back on {_day(rng, search.return_day)},"


def _flights(rng: Random, task: BookFlight) -> str:
    each_way = " each way" if len(task.numbers) > 1 else ""
    if task.by_fare:
        return f"Take the cheapest flight{each_way}"
    names = " out and ".join(task.numbers) + (" back" if each_way else "")
    return rng.choice((f"Take flight {names}", f"The flight is {names},")) if not each_way else f"Take flights {names}"


def _wishes(task: BookFlight) -> str:
    seats = [seat for seat in task.seats if seat]
    text = f"seat {seats[0]}" if len(seats) == 1 else f"seat {seats[0]} out and seat {seats[1]} back"
    if not task.extras:
        return f"{text}, no extras"
    return f"{text}, with {_and([EXTRA_BY_KEY[key].label for key in task.extras])}"


def _and(parts: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))

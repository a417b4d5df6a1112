"""Scenarios: from (seed, name) to a task, the world it happens in, and a sentence that asks for it.

Pure; the same pair always gives the same. Leaves what counts as done to `evaluator`, and how a careful person
would do it to `script`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from practice.airline import phrases
from practice.airline.airports import BY_CODE
from practice.airline.desk import Search
from practice.airline.names import random_person
from practice.airline.records import CANCEL_REASONS, CONFIRMED, EXTRAS, Booking, Passenger
from practice.airline.schedule import Flight, flights_on
from practice.airline.seats import cabin_seats, taken_elsewhere
from practice.airline.tasks import BookFlight, CancelFlight, FindBooking, FindFlight, Task, UpdatePassenger
from practice.airline.world import World, build_world, random_cabin, random_route
from practice.dates import clock
from practice.names import other_last_name, random_email, random_phone


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one scenario asks for on one seeded world."""

    scenario: str
    world: World
    task: Task
    objective: str

    @property
    def seed(self) -> int:
        """The seed of the world and of everything chosen here."""
        return self.world.seed


def assign(seed: int, scenario: str) -> Assignment:
    """The assignment for that pair; raises KeyError for a scenario that is not in `SCENARIOS`."""
    make = SCENARIOS[scenario]
    world = build_world(seed)
    task, objective = make(Random(f"{scenario}/{seed}"), world)
    return Assignment(scenario, world, task, objective)


_SORT_BY = {"first_arrival": "Arrives", "shortest": "Duration", "last_departure": "Departs"}


def _find_flight(rng: Random, world: World) -> tuple[Task, str]:
    question = rng.choice(("cheapest", "cheapest_nonstop", "first_arrival", "shortest", "last_departure", "party_fare"))
    count = rng.randint(2, 4) if question == "party_fare" else 1
    while True:
        search = _search(rng, world, count=count)
        flights = flights_on(world.seed, search.origin, search.destination, search.day)
        chosen = _single_best(question, flights)
        if chosen is not None:
            break
    kind, answer = _flight_answer(question, chosen, search)
    return FindFlight(search, _SORT_BY.get(question, "Fare"), kind, answer), phrases.find_flight(rng, question, search)


def _single_best(question: str, flights: tuple[Flight, ...]) -> Flight | None:
    """The flight the question is about, or None where two would do."""
    pool = [flight for flight in flights if question != "cheapest_nonstop" or flight.stops == 0]
    measure: Callable[[Flight], int] = {
        "first_arrival": lambda flight: flight.arrives,
        "shortest": lambda flight: flight.minutes,
        "last_departure": lambda flight: -flight.departs,
    }.get(question, lambda flight: flight.base)
    ranked = sorted(pool, key=measure)
    return ranked[0] if len(ranked) == 1 or measure(ranked[0]) < measure(ranked[1]) else None


def _flight_answer(question: str, flight: Flight, search: Search) -> tuple[phrases.AnswerKind, str]:
    if question == "party_fare":
        return "price", str(search.passengers * flight.fare(search.cabin))
    if question == "cheapest_nonstop":
        return "price", str(flight.fare(search.cabin))
    if question == "last_departure":
        return "time", clock(flight.departs)
    return "flight", flight.number


def _find_booking(rng: Random, world: World) -> tuple[Task, str]:
    booking = _target(rng, world)
    passenger, flight = booking.lead, booking.legs[0].flight
    questions: dict[str, tuple[phrases.AnswerKind, str]] = {
        "reference": ("reference", booking.reference),
        "flight": ("flight", flight.number),
        "email": ("email", passenger.email),
        "phone": ("phone", passenger.phone),
        "total": ("price", str(booking.total)),
    }
    if booking.legs[0].seats[0]:
        questions["seat"] = ("seat", booking.legs[0].seats[0])
    question = rng.choice(sorted(questions))
    by_reference = question in ("email", "phone", "total", "seat") and rng.random() < 0.4
    kind, answer = questions[question]
    query = booking.reference if by_reference else passenger.last_name
    return (
        FindBooking(booking.reference, query, kind, answer),
        phrases.find_booking(rng, question, _naming(rng, booking, 0, by_reference=by_reference)),
    )


def _book_flight(rng: Random, world: World) -> tuple[Task, str]:
    search = _search(rng, world, returning=rng.random() < 0.3)
    seed, cabin = world.seed, search.cabin
    days = [flights_on(seed, search.origin, search.destination, search.day)]
    if search.return_day is not None:
        days.append(flights_on(seed, search.destination, search.origin, search.return_day))
    by_fare = rng.random() < 0.4
    chosen = [min(flights, key=lambda f: f.base) if by_fare else rng.choice(flights) for flights in days]
    seats = tuple(_free_seat(rng, world, flight, cabin) for flight in chosen)
    extras = tuple(e.key for e in rng.sample(EXTRAS, rng.choice((0, 1, 1, 2))))
    passenger = random_person(rng, world.today)
    task = BookFlight(
        search,
        tuple(flight.number for flight in chosen),
        passenger,
        phone_asked=rng.random() < 0.5,
        seats=seats,
        extras=tuple(e.key for e in EXTRAS if e.key in extras),
        by_fare=by_fare,
    )
    return task, phrases.book_flight(rng, task)


def _update_passenger(rng: Random, world: World) -> tuple[Task, str]:
    booking = _target(rng, world)
    index = rng.randrange(len(booking.passengers))
    passenger = booking.passengers[index]
    kinds = rng.choice((("email",), ("phone",), ("email", "phone"), ("last_name",), ("seat",), ("email", "seat")))
    values = {
        "email": random_email(rng, passenger.first_name, passenger.last_name).replace("@", ".new@"),
        "phone": _other_phone(rng, passenger),
        "last_name": other_last_name(rng, passenger.last_name),
    }
    seat = _free_seat(rng, world, booking.legs[0].flight, booking.cabin) if "seat" in kinds else None
    by_reference = rng.random() < 0.5
    task = UpdatePassenger(
        booking.reference,
        booking.reference if by_reference else passenger.last_name,
        index,
        tuple((kind, values[kind]) for kind in kinds if kind != "seat"),
        seat,
    )
    naming = _naming(rng, booking, index, by_reference=by_reference)
    return task, phrases.update_passenger(rng, task, passenger, naming)


def _cancel_flight(rng: Random, world: World) -> tuple[Task, str]:
    booking = _target(rng, world)
    reason = rng.choice(CANCEL_REASONS[:-1])
    by_reference = rng.random() < 0.5
    query = booking.reference if by_reference else booking.lead.last_name
    naming = _naming(rng, booking, 0, by_reference=by_reference)
    return CancelFlight(booking.reference, query, reason.key), phrases.cancel_flight(rng, reason.key, naming)


def _search(rng: Random, world: World, *, count: int = 1, returning: bool = False) -> Search:
    origin, destination = random_route(rng)
    day = world.today + timedelta(days=rng.randint(1, 75))
    return_day: date | None = day + timedelta(days=rng.randint(2, 14)) if returning else None
    return Search(origin, destination, day, return_day, count, random_cabin(rng))


def _target(rng: Random, world: World) -> Booking:
    return rng.choice([booking for booking in world.bookings if booking.status == CONFIRMED])


def _free_seat(rng: Random, world: World, flight: Flight, cabin: str) -> str:
    """A seat nobody holds, neither sold elsewhere nor by a booking of this world."""
    held = {seat for b in world.bookings for leg in b.legs if leg.flight == flight for seat in leg.seats}
    taken = taken_elsewhere(world.seed, flight, cabin) | held
    return rng.choice([seat for seat in cabin_seats(cabin) if seat not in taken])


def _other_phone(rng: Random, passenger: Passenger) -> str:
    while (phone := random_phone(rng)) == passenger.phone:
        pass
    return phone


def _naming(rng: Random, booking: Booking, index: int, *, by_reference: bool) -> phrases.Naming:
    passenger: Passenger = booking.passengers[index]
    flight = booking.legs[0].flight
    return phrases.Naming(passenger.name, BY_CODE[flight.destination].city, flight.day, booking.reference, by_reference)


SCENARIOS: dict[str, Callable[[Random, World], tuple[Task, str]]] = {
    "find_flight": _find_flight,
    "book_flight": _book_flight,
    "find_booking": _find_booking,
    "update_passenger": _update_passenger,
    "cancel_flight": _cancel_flight,
}

"""The seeded beginning: which bookings the desk holds and what day it is, before anybody touches it.

A pure function of the seed. Leaves what happens afterwards to `desk`, and what is asked to `scenarios`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from practice.airline.airports import AIRPORTS, BY_CODE
from practice.airline.names import random_person
from practice.airline.records import (
    CANCELLED,
    CONFIRMED,
    EXTRAS,
    FLOWN,
    Booking,
    Leg,
    Passenger,
    refund_for,
    total_price,
)
from practice.airline.schedule import Flight, flights_on
from practice.airline.seats import cabin_seats, taken_elsewhere

FIRST_DAY = date(2026, 3, 2)
BOOKINGS = 36
_REFERENCE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_REFERENCE_SIGNS = _REFERENCE_LETTERS + "23456789"
_CABIN_WEIGHTS = {"economy": 8, "premium": 2, "business": 1}


@dataclass(frozen=True, slots=True)
class World:
    """`desk_airport` is where the agent sits; `bookings` are ordered as created."""

    seed: int
    today: date
    desk_airport: str
    bookings: tuple[Booking, ...]


@lru_cache(maxsize=64)
def build_world(seed: int) -> World:
    """The same seed gives an equal world in every process."""
    rng = Random(f"world/{seed}")
    today = FIRST_DAY + timedelta(days=rng.randrange(90))
    desk_airport = rng.choice(("BOS", "DEN", "SEA", "ATL", "ORD", "SFO"))
    people = _people(rng, today)
    bookings: list[Booking] = []
    while len(bookings) < BOOKINGS:
        booking = _booking(rng, seed, today, people, reference_for(seed, len(bookings)))
        if _clashes(booking, bookings):
            continue
        bookings.append(booking)
    return World(seed, today, desk_airport, tuple(bookings))


def reference_for(seed: int, index: int) -> str:
    """The reference of the n-th booking ever made at this desk, e.g. `K7RWQ2`: all different, each with a digit."""
    rng = Random(f"references/{seed}")
    made: list[str] = []
    while len(made) <= index:
        reference = rng.choice(_REFERENCE_LETTERS) + "".join(rng.choices(_REFERENCE_SIGNS, k=5))
        if reference not in made and any(sign.isdigit() for sign in reference):
            made.append(reference)
    return made[index]


def random_route(rng: Random) -> tuple[str, str]:
    """Two airports of different cities."""
    while True:
        origin, destination = (airport.code for airport in rng.sample(AIRPORTS, 2))
        if BY_CODE[origin].city != BY_CODE[destination].city:
            return origin, destination


def random_cabin(rng: Random) -> str:
    """A key of `CABINS`, mostly economy."""
    return rng.choices(list(_CABIN_WEIGHTS), weights=list(_CABIN_WEIGHTS.values()))[0]


def _people(rng: Random, today: date) -> list[Passenger]:
    """Twenty-six people with different full names; some share a last name, so that a search lists several."""
    people: dict[str, Passenger] = {}
    while len(people) < 26:
        somebody = random_person(rng, today)
        people.setdefault(somebody.name, somebody)
    return list(people.values())


def _booking(rng: Random, seed: int, today: date, people: list[Passenger], reference: str) -> Booking:
    cabin = random_cabin(rng)
    party = tuple(rng.sample(people, rng.choices((1, 2, 3), weights=(7, 3, 1))[0]))
    flights = _flights(rng, seed, today)
    legs = tuple(Leg(flight, _seats(rng, seed, flight, cabin, len(party))) for flight in flights)
    extras = tuple(extra.key for extra in EXTRAS if rng.random() < 0.3)
    created = min(today, flights[0].day) - timedelta(days=rng.randint(1, 60))
    total = total_price(flights, cabin, extras, len(party))
    booking = Booking(reference, party, legs, cabin, extras, created, total)
    return _aged(rng, booking, today)


def _flights(rng: Random, seed: int, today: date) -> tuple[Flight, ...]:
    origin, destination = random_route(rng)
    day = today + timedelta(days=rng.choice((-1, 1, 1, 1, 1)) * rng.randint(1, 45))
    outbound = rng.choice(flights_on(seed, origin, destination, day))
    if rng.random() < 0.6:
        return (outbound,)
    back = rng.choice(flights_on(seed, destination, origin, day + timedelta(days=rng.randint(2, 12))))
    return outbound, back


def _seats(rng: Random, seed: int, flight: Flight, cabin: str, count: int) -> tuple[str | None, ...]:
    free = [seat for seat in cabin_seats(cabin) if seat not in taken_elsewhere(seed, flight, cabin)]
    chosen = rng.sample(free, count)
    return tuple(seat if rng.random() < 0.9 else None for seat in chosen)


def _aged(rng: Random, booking: Booking, today: date) -> Booking:
    """Past bookings are flown; a few of the others were cancelled."""
    if booking.departure < today:
        return replace(booking, status=FLOWN)
    if rng.random() < 0.12:
        refund = refund_for(booking, today, "plans")
        return replace(booking, status=CANCELLED, cancel_reason="plans", refund=refund)
    return replace(booking, status=CONFIRMED)


def _clashes(booking: Booking, others: list[Booking]) -> bool:
    """Whether somebody would hold two bookings to one city on one day: no sentence could tell those apart."""
    return any(_trips(booking) & _trips(other) for other in others)


def _trips(booking: Booking) -> set[tuple[str, str]]:
    """One entry for each person and city: a customer names a booking by either."""
    city = BY_CODE[booking.legs[0].flight.destination].city
    return {(passenger.name, city) for passenger in booking.passengers}

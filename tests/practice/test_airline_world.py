"""The seeded beginning of the airline desk: the same for the same seed, and unambiguous where sentences need it."""

import subprocess
import sys
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from practice.airline.airports import AIRPORTS, BY_CODE
from practice.airline.schedule import CABINS, flights_on
from practice.airline.seats import cabin_seats, taken_elsewhere
from practice.airline.world import FIRST_DAY, build_world
from tests.counts import soak

SEEDS = st.integers(0, 10_000)
CODES = st.sampled_from([airport.code for airport in AIRPORTS])
DAYS = st.integers(0, 300).map(lambda days: FIRST_DAY + timedelta(days=days))


def test_another_process_builds_the_same_world() -> None:
    """Nothing depends on the order of a set or on hash randomisation."""
    code = "from practice.airline.world import build_world; print(build_world(7))"
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stdout.strip() == str(build_world(7))


def test_different_seeds_give_different_worlds() -> None:
    """Twenty seeds, twenty sets of references, several days."""
    worlds = [build_world(seed) for seed in range(20)]
    assert len({world.bookings[0].reference for world in worlds}) == 20
    assert len({world.today for world in worlds}) > 10


def test_a_booking_can_be_named_by_its_reference_or_by_person_and_city() -> None:
    """No two bookings share a reference, and nobody holds two to the same city."""
    for seed in range(soak(200)):
        bookings = build_world(seed).bookings
        named = [(p.name, BY_CODE[b.legs[0].flight.destination].city) for b in bookings for p in b.passengers]
        assert len({b.reference for b in bookings}) == len(bookings)
        assert len(set(named)) == len(named)


def test_seats_of_bookings_are_of_their_cabin_and_free_elsewhere() -> None:
    """A seeded booking never holds a seat that the map shows as sold to others."""
    for seed in range(soak(100)):
        for booking in build_world(seed).bookings:
            for leg in booking.legs:
                seats = {seat for seat in leg.seats if seat}
                assert seats <= set(cabin_seats(booking.cabin)) - taken_elsewhere(seed, leg.flight, booking.cabin)


@given(SEEDS, CODES, CODES, DAYS)
def test_a_days_flights_differ_in_number_departure_and_fare(
    seed: int, origin: str, destination: str, day: date
) -> None:
    """So "the cheapest" and "the first to leave" name one flight, in every cabin."""
    flights = flights_on(seed, origin, destination, day)
    if origin == destination:
        assert flights == ()
        return
    assert 5 <= len(flights) <= 8
    assert any(flight.stops == 0 for flight in flights)
    assert list(flights) == sorted(flights, key=lambda flight: flight.departs)
    for value in (lambda f: f.number, lambda f: f.departs, *(lambda f, c=c: f.fare(c) for c in CABINS)):
        assert len({value(flight) for flight in flights}) == len(flights)


@given(SEEDS, CODES, CODES, DAYS, st.sampled_from(sorted(CABINS)))
def test_every_flight_has_free_seats(seed: int, origin: str, destination: str, day: date, cabin: str) -> None:
    """At most 60 % of a cabin is sold elsewhere."""
    for flight in flights_on(seed, origin, destination, day):
        assert len(taken_elsewhere(seed, flight, cabin)) <= 0.6 * len(cabin_seats(cabin))

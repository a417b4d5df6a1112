"""Which flights there are: a timetable computed from (seed, route, day), with fares per cabin.

Nothing is stored; the same arguments always give the same flights. On one route and day, departure times and
fares are all different, so "the cheapest" and "the first" name one flight. Leaves seats to `seats`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random

from practice.airline.airports import BY_CODE, HUBS, distance_km

CABINS: dict[str, str] = {"economy": "Economy", "premium": "Premium economy", "business": "Business"}
_CABIN_FACTOR = {"economy": 1.0, "premium": 1.6, "business": 3.1}
_CRUISE_KM_PER_MINUTE = 13.4
_STOPOVER_MINUTES = (55, 70, 85, 110, 140)


@dataclass(frozen=True, slots=True)
class Flight:
    """One departure. `departs` is minutes after local midnight, `minutes` the whole journey, `base` in dollars."""

    number: str
    origin: str
    destination: str
    day: date
    departs: int
    minutes: int
    via: str | None
    aircraft: str
    base: int

    @property
    def arrives(self) -> int:
        """Minutes after midnight of `day`, destination time; may pass 1440 (next day)."""
        shift = BY_CODE[self.destination].utc_offset - BY_CODE[self.origin].utc_offset
        return self.departs + self.minutes + 60 * shift

    @property
    def stops(self) -> int:
        """0 for a nonstop flight, else 1."""
        return 0 if self.via is None else 1

    def fare(self, cabin: str) -> int:
        """Dollars for one passenger, one way."""
        return round(self.base * _CABIN_FACTOR[cabin])


@dataclass(frozen=True, slots=True)
class _Service:
    """What stays the same from day to day: a line in the timetable."""

    number: str
    departs: int
    minutes: int
    via: str | None
    aircraft: str
    standard: int


@lru_cache(maxsize=4096)
def flights_on(seed: int, origin: str, destination: str, day: date) -> tuple[Flight, ...]:
    """All flights of that day in order of departure; empty when origin and destination are the same."""
    if origin == destination:
        return ()
    services = _services(seed, origin, destination)
    fares = _distinct([_fare_on(seed, service, origin, destination, day) for service in services])
    return tuple(
        Flight(s.number, origin, destination, day, s.departs, s.minutes, s.via, s.aircraft, fare)
        for s, fare in zip(services, fares, strict=True)
    )


def find_flight(seed: int, origin: str, destination: str, day: date, number: str) -> Flight | None:
    """The flight of that number on that route and day, if there is one."""
    return next((f for f in flights_on(seed, origin, destination, day) if f.number == number), None)


@lru_cache(maxsize=4096)
def _services(seed: int, origin: str, destination: str) -> tuple[_Service, ...]:
    rng = Random(f"timetable/{seed}/{origin}/{destination}")
    count = rng.randint(5, 8)
    slots = sorted(rng.sample(range(5 * 60 + 30, 21 * 60 + 45, 15), count))
    numbers = rng.sample(range(101, 990), count)
    nonstop_first = rng.randrange(count)  # at least one service is nonstop
    return tuple(
        _service(rng, origin, destination, slot, number, nonstop=index == nonstop_first or rng.random() < 0.45)
        for index, (slot, number) in enumerate(zip(slots, numbers, strict=True))
    )


def _service(rng: Random, origin: str, destination: str, slot: int, number: int, *, nonstop: bool) -> _Service:
    hubs = [hub for hub in HUBS if hub not in (origin, destination)]
    via = None if nonstop else min(rng.sample(hubs, 2), key=lambda hub: _detour(origin, hub, destination))
    km = distance_km(origin, destination) if via is None else _detour(origin, via, destination)
    minutes = 5 * round((km / _CRUISE_KM_PER_MINUTE + rng.randint(28, 44)) / 5)
    if via is not None:
        minutes += rng.choice(_STOPOVER_MINUTES)
    standard = round(58 + km * 0.062 * rng.uniform(0.85, 1.25) + (38 if via is None else 0))
    aircraft = "Airbus A330" if km > 5200 else rng.choice(("Airbus A320", "Airbus A321", "Boeing 737-800"))
    return _Service(f"NW {number}", slot, minutes, via, aircraft, standard)


def _detour(origin: str, via: str, destination: str) -> float:
    return distance_km(origin, via) + distance_km(via, destination)


def _fare_on(seed: int, service: _Service, origin: str, destination: str, day: date) -> int:
    rng = Random(f"fare/{seed}/{origin}/{destination}/{service.number}/{day.isoformat()}")
    weekend = 1.12 if day.weekday() in (4, 6) else 1.0
    return round(service.standard * weekend * rng.uniform(0.8, 1.35))


def _distinct(fares: list[int]) -> list[int]:
    taken: set[int] = set()
    result = []
    for fare in fares:
        while fare in taken:
            fare += 1
        taken.add(fare)
        result.append(fare)
    return result

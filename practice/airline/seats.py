"""The seat maps: which seats a cabin has and which are taken before anybody at this desk books one.

One layout for every aircraft. Leaves seats held by bookings to `desk`, and drawing to the templates.
"""

from __future__ import annotations

import re
from functools import lru_cache
from random import Random

from practice.airline.schedule import Flight

ROWS: dict[str, range] = {"business": range(1, 5), "premium": range(5, 9), "economy": range(9, 23)}
LETTERS: dict[str, str] = {"business": "ACDF", "premium": "ABCDEF", "economy": "ABCDEF"}
_SEAT = re.compile(r"(\d{1,2})([A-F])")


@lru_cache(maxsize=8)
def cabin_seats(cabin: str) -> tuple[str, ...]:
    """All seats of a cabin, row by row: `9A`, `9B` ..."""
    return tuple(f"{row}{letter}" for row in ROWS[cabin] for letter in LETTERS[cabin])


def position(seat: str) -> str:
    """`window`, `middle` or `aisle`."""
    return {"A": "window", "F": "window", "B": "middle", "E": "middle"}.get(seat[-1], "aisle")


def split(seat: str) -> tuple[int, str]:
    """`12C` as (12, "C"); raises ValueError for anything else."""
    match = _SEAT.fullmatch(seat)
    if match is None:
        raise ValueError(f"not a seat: {seat!r}")
    return int(match[1]), match[2]


@lru_cache(maxsize=512)
def taken_elsewhere(seed: int, flight: Flight, cabin: str) -> frozenset[str]:
    """Seats sold through other channels: between a quarter and 60 % of the cabin."""
    rng = Random(f"seats/{seed}/{flight.number}/{flight.origin}/{flight.destination}/{flight.day.isoformat()}/{cabin}")
    seats = cabin_seats(cabin)
    return frozenset(rng.sample(seats, int(len(seats) * rng.uniform(0.25, 0.6))))

"""Pages without a form: the overview with today's departures, and the fare rules."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from starlette.requests import Request
from starlette.responses import Response

from practice.airline.airports import AIRPORTS, BY_CODE
from practice.airline.desk import Desk
from practice.airline.schedule import Flight, flights_on
from practice.airline.site import desk_of, page

DEPARTURES = 7
_GONE = (("Departed", "quiet"), ("Departed", "quiet"), ("Boarding", "info"))  # the first of the day
_WAITING = (("On time", "ok"), ("On time", "ok"), ("Delayed", "warn"))


@dataclass(frozen=True, slots=True)
class Departure:
    """A line of the departures board; `tone` colours the badge."""

    flight: Flight
    gate: str
    status: str
    tone: str


async def overview(request: Request) -> Response:
    """GET /: what is going on at this desk today."""
    desk = desk_of(request)
    return page(request, "home.html", departures=departures(desk), latest=desk.latest(6))


async def rules(request: Request) -> Response:
    """GET /rules: extras and refunds, as the site applies them."""
    return page(request, "rules.html")


def departures(desk: Desk) -> list[Departure]:
    """Some of today's flights from the desk's airport, in order of departure."""
    origin = desk.world.desk_airport
    rng = Random(f"board/{desk.world.seed}")
    elsewhere = [airport.code for airport in AIRPORTS if airport.city != BY_CODE[origin].city]
    codes = rng.sample(elsewhere, DEPARTURES)
    chosen = [rng.choice(flights_on(desk.world.seed, origin, code, desk.today)) for code in codes]
    gates = rng.sample(range(1, 29), DEPARTURES)
    statuses = [*_GONE, *rng.choices(_WAITING, k=DEPARTURES - len(_GONE))]
    board = zip(sorted(chosen, key=lambda flight: flight.departs), gates, statuses, strict=True)
    return [Departure(flight, f"{rng.choice('ABC')}{gate}", *status) for flight, gate, status in board]

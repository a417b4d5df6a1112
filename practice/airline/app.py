"""The ASGI app of the practice airline: which address is answered by which route.

`create_app` gives an app with a state of its own; `__main__` serves it.
"""

from __future__ import annotations

import json

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from practice.airline import booking_routes, flight_routes, home_routes
from practice.airline.airports import AIRPORTS
from practice.airline.site import HERE, Site, page
from practice.control import control_routes
from practice.web import static_mounts, trouble

BOTH = ["GET", "POST"]


def create_app(token: str, *, seed: int = 0, scenario: str = "find_flight") -> Starlette:
    """The site at the beginning of that scenario; control calls need the token."""
    app = Starlette(routes=[*_page_routes(), *_other_routes()], exception_handlers={HTTPException: _problem})
    app.state.site = Site(seed, scenario, token)
    return app


def _page_routes() -> list[Route]:
    flights, bookings = flight_routes, booking_routes
    return [
        Route("/", home_routes.overview),
        Route("/rules", home_routes.rules),
        Route("/flights", flights.flights),
        Route("/book", flights.start, methods=["POST"]),
        Route("/book/{key}/passengers", flights.passengers, methods=BOTH),
        Route("/book/{key}/seats/{leg:int}", flights.seats, methods=BOTH),
        Route("/book/{key}/extras", flights.extras, methods=BOTH),
        Route("/book/{key}/review", flights.review, methods=BOTH),
        Route("/book/{key}/done", flights.done),
        Route("/bookings", bookings.listing),
        Route("/bookings/{reference}", bookings.detail),
        Route("/bookings/{reference}/passengers/{n:int}", bookings.passenger, methods=BOTH),
        Route("/bookings/{reference}/seats/{leg:int}", bookings.seats, methods=BOTH),
        Route("/bookings/{reference}/cancel", bookings.cancel, methods=["POST"]),
    ]


def _other_routes() -> list[Route | Mount]:
    return [*control_routes(), Route("/data/airports.js", _airport_module), *static_mounts(HERE)]


async def _airport_module(request: Request) -> Response:
    """The airports as a module, so that suggestions need no further request."""
    rows = [{"code": a.code, "label": a.label, "short": a.short, "name": a.name} for a in AIRPORTS]
    return Response(f"export default {json.dumps(rows)};\n", media_type="text/javascript")


async def _problem(request: Request, error: Exception) -> Response:
    """A page that says what happened and where to go on."""
    status, message = trouble(error)
    return page(request, "problem.html", status=status, code=status, message=message)

"""The ASGI app of the practice airline: which address is answered by which route.

`create_app` gives an app with a state of its own; `__main__` serves it.
"""

from __future__ import annotations

import json
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from practice.airline import booking_routes, control, flight_routes, home_routes
from practice.airline.airports import AIRPORTS
from practice.airline.site import HERE, Site, page

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
    return [
        Route("/__control/reset", control.guarded(control.reset), methods=["POST"]),
        Route("/__control/scenario", control.guarded(control.current)),
        Route("/__control/evaluate", control.guarded(control.evaluate)),
        Route("/__control/scenarios", control.guarded(control.scenarios)),
        Route("/data/airports.js", _airport_module),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]


async def _airport_module(request: Request) -> Response:
    """The airports as a module, so that suggestions need no further request."""
    rows = [{"code": a.code, "label": a.label, "short": a.short, "name": a.name} for a in AIRPORTS]
    return Response(f"export default {json.dumps(rows)};\n", media_type="text/javascript")


async def _problem(request: Request, error: Exception) -> Response:
    """A page that says what happened and where to go on."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    phrase = HTTPStatus(status).phrase
    said = error.detail if isinstance(error, HTTPException) else phrase
    message = said if said != phrase else "This page does not exist, or no longer."
    return page(request, "problem.html", status=status, code=status, message=message)

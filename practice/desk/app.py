"""The ASGI app of the practice helpdesk: which address is answered by which route.

`create_app` gives an app with a state of its own; `__main__` serves it.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from practice.control import control_routes
from practice.desk import office_routes, shop_routes, ticket_routes
from practice.desk.site import HERE, Endpoint, Site, members, page
from practice.web import static_mounts, trouble

GET, POST = ["GET"], ["POST"]
BOTH = ["GET", "POST"]


def create_app(token: str, *, seed: int = 0, scenario: str = "login_and_reply") -> Starlette:
    """The site at the beginning of that scenario; control calls need the token."""
    routes = [*_open_routes(), *_member_routes(), *control_routes(), *static_mounts(HERE)]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _problem})
    app.state.site = Site(seed, scenario, token)
    return app


def _open_routes() -> list[Route]:
    return [
        Route("/login", office_routes.login, methods=BOTH),
        Route("/logout", office_routes.logout, methods=POST),
        Route("/pictures/{sku}/{name}.svg", shop_routes.picture),
    ]


def _member_routes() -> list[Route]:
    office, tickets, shop = office_routes, ticket_routes, shop_routes
    table: list[tuple[str, Endpoint, list[str]]] = [
        ("/", office.start, GET),
        ("/reports", office.reports, GET),
        ("/tickets", tickets.listing, GET),
        ("/tickets", tickets.create, POST),
        ("/tickets/bulk", tickets.bulk, POST),
        ("/suggest", tickets.suggestions, GET),
        ("/tickets/{number}", tickets.detail, GET),
        ("/tickets/{number}/reply", tickets.reply, POST),
        ("/tickets/{number}/properties", tickets.properties, POST),
        ("/tickets/{number}/files", tickets.upload, POST),
        ("/tickets/{number}/delete", tickets.delete, POST),
        ("/products", shop.products, GET),
        ("/products/{sku}", shop.product, BOTH),
        ("/categories", shop.categories, BOTH),
    ]
    return [Route(path, members(endpoint), methods=methods) for path, endpoint, methods in table]


async def _problem(request: Request, error: Exception) -> Response:
    """A page that says what happened and where to go on."""
    status, message = trouble(error)
    return page(request, "problem.html", status=status, code=status, message=message)

"""What every page needs: the running site's state and how a template becomes a response.

Jinja2 is set up here, strictly: an unknown name in a template is an error. Leaves each page to its route.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from practice.airline import dates, records
from practice.airline.airports import BY_CODE
from practice.airline.desk import Desk
from practice.airline.forms import read_urlencoded
from practice.airline.scenarios import Assignment, assign
from practice.airline.schedule import CABINS
from practice.airline.seats import position

HERE = Path(__file__).parent


class Site:
    """One state for one process: the assignment that was last asked for, and the desk it happens at."""

    def __init__(self, seed: int, scenario: str, token: str) -> None:
        self.token = token
        self.reset(seed, scenario)

    def reset(self, seed: int, scenario: str) -> Assignment:
        """Begin again; raises KeyError for an unknown scenario, and then nothing has changed."""
        assignment = assign(seed, scenario)
        self.assignment = assignment
        self.desk = Desk(assignment.world)
        return assignment


def site_of(request: Request) -> Site:
    """The site this request came to."""
    site: Site = request.app.state.site
    return site


def desk_of(request: Request) -> Desk:
    """The desk as it is now."""
    return site_of(request).desk


async def form_of(request: Request) -> dict[str, str]:
    """The submitted fields; too large a form is refused with 413."""
    try:
        return read_urlencoded(await request.body())
    except ValueError as error:
        raise HTTPException(413, str(error)) from error


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """The template with these values and with what every page shows."""
    desk = desk_of(request)
    airport = BY_CODE[desk.world.desk_airport]
    shared = {"today": desk.today, "desk_airport": airport, "notice": desk.take_notice(), "path": request.url.path}
    html = environment().get_template(template).render(**shared, **values)
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})


def go(path: str, **query: str) -> Response:
    """Send the browser on with GET after a form."""
    return RedirectResponse(path + (f"?{urlencode(query)}" if query else ""), 303)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The one Jinja2 environment, with the site's ways of writing values as filters."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "long_date": dates.long_date,
        "short_date": dates.short_date,
        "clock": dates.clock,
        "duration": dates.duration,
        "money": dates.money,
        "iso": date.isoformat,
        "seat_position": position,
        "pair": lambda value: (value, value),
    }
    made.globals |= {
        "airports": BY_CODE,
        "cabins": CABINS,
        "titles": records.TITLES,
        "extras": records.EXTRAS,
        "extra_by_key": records.EXTRA_BY_KEY,
        "reasons": records.CANCEL_REASONS,
        "reason_by_key": records.REASON_BY_KEY,
        "refund_by_days": records.REFUND_BY_DAYS,
    }
    return made

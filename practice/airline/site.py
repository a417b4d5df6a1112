"""What every page needs: the running site's state and how a template becomes a response.

Leaves each page to its route, and what all practice sites share to `practice.web`.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from practice import dates
from practice.airline import records
from practice.airline.airports import BY_CODE
from practice.airline.desk import Desk
from practice.airline.evaluator import evaluate
from practice.airline.scenarios import SCENARIOS, Assignment, assign
from practice.airline.schedule import CABINS
from practice.airline.seats import position
from practice.control import Asked
from practice.records import Evaluation
from practice.web import form_of, go, template_environment

__all__ = ["HERE", "Site", "desk_of", "environment", "form_of", "go", "page", "site_of"]

HERE = Path(__file__).parent


class Site:
    """One state for one process: the assignment that was last asked for, and the desk it happens at."""

    scenarios = tuple(SCENARIOS)

    def __init__(self, seed: int, scenario: str, token: str) -> None:
        self.token = token
        self.reset(seed, scenario)

    def reset(self, seed: int, scenario: str) -> Assignment:
        """Begin again; raises KeyError for an unknown scenario, and then nothing has changed."""
        assignment = assign(seed, scenario)
        self.assignment = assignment
        self.desk = Desk(assignment.world)
        return assignment

    def asked(self) -> Asked:
        """What is asked now."""
        assignment = self.assignment
        return Asked(assignment.objective, assignment.scenario, assignment.seed, assignment.world.today)

    def judge(self, answer: str | None) -> Evaluation:
        """How far it got; `answer` is what was given with stop."""
        return evaluate(self.assignment.task, self.desk, answer)


def site_of(request: Request) -> Site:
    """The site this request came to."""
    site: Site = request.app.state.site
    return site


def desk_of(request: Request) -> Desk:
    """The desk as it is now."""
    return site_of(request).desk


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """The template with these values and with what every page shows."""
    desk = desk_of(request)
    airport = BY_CODE[desk.world.desk_airport]
    shared = {"today": desk.today, "desk_airport": airport, "notice": desk.take_notice(), "path": request.url.path}
    html = environment().get_template(template).render(**shared, **values)
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The one Jinja2 environment, with the site's ways of writing values as filters."""
    made = template_environment(HERE / "templates")
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

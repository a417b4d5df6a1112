"""What every page needs: the running site's state, who is signed in, and how a template becomes a response.

Leaves each page to its route, and what all practice sites share to `practice.web`.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from practice import dates
from practice.control import Asked
from practice.desk import records
from practice.desk.evaluator import evaluate
from practice.desk.records import AGENTS, Agent
from practice.desk.scenarios import SCENARIOS, Assignment, assign
from practice.desk.state import State
from practice.records import Evaluation
from practice.web import go, template_environment

HERE = Path(__file__).parent
COOKIE = "harbor_session"
ASKS_WHO = frozenset(("login_and_reply",))
"""Scenarios that begin at the sign-in page; in the others this browser is remembered."""
Endpoint = Callable[[Request], Awaitable[Response]]


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
        self.state = State(assignment.world, remembered=scenario not in ASKS_WHO)
        return assignment

    def asked(self) -> Asked:
        """What is asked now."""
        assignment = self.assignment
        return Asked(assignment.objective, assignment.scenario, assignment.seed, assignment.world.today)

    def judge(self, answer: str | None) -> Evaluation:
        """How far it got; `answer` is what was given with stop."""
        return evaluate(self.assignment.task, self.state, answer)


def state_of(request: Request) -> State:
    """The desk as it is now."""
    site: Site = request.app.state.site
    return site.state


def agent_of(request: Request) -> Agent | None:
    """Who is signed in on this browser; on a remembered one, the first agent."""
    state = state_of(request)
    return state.sessions.get(request.cookies.get(COOKIE, "")) or (AGENTS[0] if state.remembered else None)


def signed_in(request: Request) -> Agent:
    """Who is signed in, on a page that only `members` reach."""
    agent = agent_of(request)
    assert agent is not None
    return agent


def members(endpoint: Endpoint) -> Endpoint:
    """The endpoint, for those who are signed in; others are sent to sign in first."""

    async def checked(request: Request) -> Response:
        if agent_of(request) is None:
            return go("/login", next=request.url.path if request.method == "GET" else "/tickets")
        return await endpoint(request)

    return checked


def begin_session(request: Request, response: Response, agent: Agent) -> Response:
    """The response, with a cookie that says who this is."""
    key = secrets.token_hex(16)
    state_of(request).sessions[key] = agent
    response.set_cookie(COOKIE, key, httponly=True, samesite="strict")
    return response


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """The template with these values and with what every page shows."""
    state = state_of(request)
    shared = {
        "today": state.today,
        "agent": agent_of(request),
        "waiting": sum(ticket.status == records.OPEN for ticket in state.tickets.values()),
        "notice": state.take_notice(),
        "path": request.url.path,
    }
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
        "iso": date.isoformat,
        "initials": lambda name: "".join(part[0] for part in name.split())[:2],
        "tint": lambda name: sum(map(ord, name)) % 6,
    }
    made.globals |= {
        "statuses": records.STATUSES,
        "priorities": records.PRIORITIES,
        "channels": records.CHANNELS,
        "tags": records.TAGS,
        "agent_names": records.AGENT_NAMES,
        "sold_in": records.SOLD_IN,
        "shipping": records.SHIPPING,
        "max_discount": records.MAX_DISCOUNT,
        "discount_step": records.DISCOUNT_STEP,
    }
    return made

"""What a test or a runner may ask of a practice site, and no page can: reset, evaluate, list scenarios.

Every call needs the token the process was started with, in the header `X-Control-Token`. The site is found in
`app.state.site`; what it resets and how it judges is its own.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from practice.records import Evaluation

MAX_SEED = 2**31 - 1
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked now; `start_path` is where it begins on the site."""

    objective: str
    scenario: str
    seed: int
    today: date
    start_path: str = "/"


class ControlledSite(Protocol):
    """A running site, as far as the control calls need it."""

    @property
    def token(self) -> str:
        """What callers must know."""

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names `reset` takes."""

    def reset(self, seed: int, scenario: str) -> object:
        """Begin again."""

    def asked(self) -> Asked:
        """What is asked now."""

    def judge(self, answer: str | None) -> Evaluation:
        """How far it got."""


def control_routes() -> list[Route]:
    """The four calls, for the site in `app.state.site`."""
    return [
        Route("/__control/reset", guarded(reset), methods=["POST"]),
        Route("/__control/scenario", guarded(current)),
        Route("/__control/evaluate", guarded(evaluate)),
        Route("/__control/scenarios", guarded(scenarios)),
    ]


def guarded(endpoint: Endpoint) -> Endpoint:
    """The endpoint, for callers who know the token only; others get 403."""

    async def checked(request: Request) -> Response:
        given = request.headers.get("x-control-token", "")
        if not hmac.compare_digest(given.encode(), _site(request).token.encode()):
            return _error(403, "the header X-Control-Token is missing or wrong")
        return await endpoint(request)

    return checked


async def reset(request: Request) -> Response:
    """POST {"seed": int, "scenario": str}: begin again and say what is asked."""
    known = _site(request).scenarios
    try:
        wanted = json.loads(await request.body())
        seed, scenario = wanted["seed"], wanted["scenario"]
    except (ValueError, KeyError, TypeError):
        return _error(400, f'the body must be JSON such as {{"seed": 7, "scenario": "{known[0]}"}}')
    if type(seed) is not int or not 0 <= seed <= MAX_SEED:
        return _error(400, f"seed must be a whole number from 0 to {MAX_SEED}")
    if not isinstance(scenario, str) or scenario not in known:
        return _error(404, f"no scenario {scenario!r}; there are: {', '.join(known)}")
    _site(request).reset(seed, scenario)
    return await current(request)


async def current(request: Request) -> Response:
    """GET: what is asked now, as `reset` answered."""
    asked = _site(request).asked()
    return JSONResponse(
        {
            "objective": asked.objective,
            "start_path": asked.start_path,
            "scenario": asked.scenario,
            "seed": asked.seed,
            "today": asked.today.isoformat(),
        }
    )


async def evaluate(request: Request) -> Response:
    """GET ?answer=...: how far the task got."""
    result = _site(request).judge(request.query_params.get("answer"))
    return JSONResponse({"complete": result.complete, "percent": result.percent, "reasons": list(result.reasons)})


async def scenarios(request: Request) -> Response:
    """GET: the names."""
    return JSONResponse({"scenarios": list(_site(request).scenarios)})


def _site(request: Request) -> ControlledSite:
    site: ControlledSite = request.app.state.site
    return site


def _error(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status)

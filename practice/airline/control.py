"""What a test or a runner may ask of the site, and no page can: reset, evaluate, list scenarios.

Every call needs the token the process was started with, in the header `X-Control-Token`.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from practice.airline.evaluator import evaluate as judge
from practice.airline.scenarios import SCENARIOS
from practice.airline.site import site_of

START_PATH = "/"
MAX_SEED = 2**31 - 1
Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(endpoint: Endpoint) -> Endpoint:
    """The endpoint, for callers who know the token only; others get 403."""

    async def checked(request: Request) -> Response:
        given = request.headers.get("x-control-token", "")
        if not hmac.compare_digest(given.encode(), site_of(request).token.encode()):
            return _error(403, "the header X-Control-Token is missing or wrong")
        return await endpoint(request)

    return checked


async def reset(request: Request) -> Response:
    """POST {"seed": int, "scenario": str}: begin again and say what is asked."""
    try:
        wanted = json.loads(await request.body())
        seed, scenario = wanted["seed"], wanted["scenario"]
    except (ValueError, KeyError, TypeError):
        return _error(400, 'the body must be JSON such as {"seed": 7, "scenario": "find_flight"}')
    if type(seed) is not int or not 0 <= seed <= MAX_SEED:
        return _error(400, f"seed must be a whole number from 0 to {MAX_SEED}")
    if not isinstance(scenario, str) or scenario not in SCENARIOS:
        return _error(404, f"no scenario {scenario!r}; there are: {', '.join(SCENARIOS)}")
    site_of(request).reset(seed, scenario)
    return await current(request)


async def current(request: Request) -> Response:
    """GET: what is asked now, as `reset` answered."""
    assignment = site_of(request).assignment
    return JSONResponse(
        {
            "objective": assignment.objective,
            "start_path": START_PATH,
            "scenario": assignment.scenario,
            "seed": assignment.seed,
            "today": assignment.world.today.isoformat(),
        }
    )


async def evaluate(request: Request) -> Response:
    """GET ?answer=...: how far the task got."""
    site = site_of(request)
    result = judge(site.assignment.task, site.desk, request.query_params.get("answer"))
    return JSONResponse({"complete": result.complete, "percent": result.percent, "reasons": list(result.reasons)})


async def scenarios(request: Request) -> Response:
    """GET: the names."""
    return JSONResponse({"scenarios": list(SCENARIOS)})


def _error(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status)

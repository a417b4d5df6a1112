"""The endpoint of a demonstration's replay check: how it stands (GET), and to begin one (POST).

A factory: it is given who checks. The check goes on in the background; the screens ask again while it does.
"""

from __future__ import annotations

from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from server.answers import Guarded, as_json, episode_of, refused


class ReplayChecks(Protocol):
    """Who checks; docs/formats/skeleton.md describes the state."""

    def state(self, episode_id: str) -> dict[str, Any]:
        """How the check of an episode stands."""

    def start(self, episode_id: str) -> dict[str, Any]:
        """Begin one in the background, unless one is under way."""


def check_routes(resources: Guarded, checks: ReplayChecks, prefix: str = "") -> list[BaseRoute]:
    """`<prefix>/stepscope/episodes/{episode}/check`, behind the guard."""

    def answered(request: Request) -> Response:
        ask = checks.start if request.method == "POST" else checks.state
        try:
            return as_json(ask(episode_of(request)))
        except resources.failures as error:
            return refused(422 if request.method == "POST" else 404, str(error))

    endpoint = resources.guard.wrap(answered)
    return [Route(f"{prefix}/stepscope/episodes/{{episode}}/check", endpoint, methods=["GET", "POST"])]

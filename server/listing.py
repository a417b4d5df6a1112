"""What lists of episodes are drawn from beside their rows: a film strip of each, and who stands beside whom.

Routes behind the guard. A list is named by its filter, as in the address of the Episodes screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from server.answers import PICTURE, Guarded, as_json, episode_of, refused
from server.readers import Readers
from traces.film import film_strip

_PICTURE = {**PICTURE, "Cache-Control": "private, max-age=86400"}


Beside = Callable[[str, str], Mapping[str, Any]]
"""Where an episode stands in the list that a filter's address names, as `Episodes.beside`."""


def listing_routes(resources: Guarded, readers: Readers, beside: Beside, prefix: str = "") -> list[BaseRoute]:
    """`<prefix>/stepscope/episodes/{episode}/film` and `.../beside`, behind the guard; failures are answered with 404.

    The film of an episode without pictures is nothing (204), which is no mistake of who asks.
    """

    def film(episode: str, request: Request) -> Response:
        at = request.query_params.get("at", "")
        with readers.lend(episode) as reader:
            data = film_strip(reader, int(at) if re.fullmatch("[0-9]{1,9}", at) else None)
        if data is None:
            return Response(status_code=204, headers=_PICTURE)
        return Response(data, 200, _PICTURE, "image/webp")

    def neighbours(episode: str, request: Request) -> Response:
        return as_json(beside(episode, request.query_params.get("list", "")))

    def answering(serve: Callable[[str, Request], Response]) -> Callable[[Request], Response]:
        def answered(request: Request) -> Response:
            try:
                return serve(episode_of(request), request)
            except resources.failures as error:
                return refused(404, str(error))

        return resources.guard.wrap(answered)

    base = f"{prefix}/stepscope/episodes/{{episode}}"
    return [
        Route(f"{base}/film", answering(film), methods=["GET"]),
        Route(f"{base}/beside", answering(neighbours), methods=["GET"]),
    ]

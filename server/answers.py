"""What our endpoints have in common: how they answer, and what they take from a request.

Answers are JSON; half a surrogate pair, which pages may hold, is replaced in them and never an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from server.guard import Guard

EPISODE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
PLAIN = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
"""The headers of every answer."""
PICTURE = {**PLAIN, "Content-Security-Policy": "default-src 'none'", "Cross-Origin-Resource-Policy": "same-origin"}
"""Those of a picture; how long it may be kept is to be added."""
Handler = Callable[[Request, bytes], Response]


class Guarded(Protocol):
    """What every endpoint asks before it serves."""

    @property
    def guard(self) -> Guard:
        """Who may ask."""

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """The errors whose text may be shown to a person."""


def as_json(body: Mapping[str, Any], status: int = 200) -> Response:
    """An answer of one JSON object."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Response(text.encode("utf-8", "replace"), status, PLAIN, "application/json")


def refused(status: int, message: str, **more: Any) -> Response:
    """`{"message", ...}`: why not, for a person."""
    return as_json({"message": message, **more}, status)


def not_understood(error: ValidationError) -> Response:
    """The answer to a request whose body is not as it should be."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"])) or "body"
    return refused(422, f"The request is not understood: {where}: {first['msg']}. Nothing was changed.")


def episode_of(request: Request) -> str:
    """The episode a path names; `-`, which is none, where it can be no id."""
    found = str(request.path_params["episode"])
    return found if EPISODE_ID.fullmatch(found) else "-"


def with_body(guard: Guard, most: int, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint behind the guard that is given the request's body, of at most so many bytes, on another thread."""

    async def endpoint(request: Request) -> Response:
        reason = guard.refusal(request)
        if reason is not None:
            return PlainTextResponse(reason, 403)
        body = await _body(request, most)
        if body is None:
            return refused(413, "The request is too large. Nothing was changed.")
        return await run_in_threadpool(handler, request, body)

    return endpoint


async def _body(request: Request, most: int) -> bytes | None:
    """The request's body; None as soon as it is longer than allowed."""
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > most:
            return None
    return bytes(parts)

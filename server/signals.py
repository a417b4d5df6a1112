"""The endpoints of an episode's signals: what was found of it (GET), and what a person says of it (POST).

A factory: it is given whoever keeps both. Who speaks is the name in the signed cookie, never a field of the request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from server.app import EPISODE_ID
from server.guard import Guard
from server.people import People

MOST_BYTES = 64 * 1024
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]


class SignalResources(Protocol):
    """What the endpoints ask before they serve."""

    @property
    def guard(self) -> Guard:
        """Who may ask."""

    @property
    def people(self) -> People:
        """Who they are."""

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """The errors whose text may be shown to a person."""


class Signals(Protocol):
    """Who keeps what was found and said; docs/formats/signals.md describes the state."""

    def state(self, episode_id: str) -> dict[str, Any]:
        """What was found of an episode and said of it."""

    def say(self, episode_id: str, author: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Note what somebody says, and give the new state."""


class SaidBody(BaseModel):
    """What a person says of an episode, or of a step or call of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["tag", "remove_tag", "note", "reward", "signal", "blame", "mistake"]
    text: Annotated[str, Field(max_length=10_000)] = ""
    value: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    step: Id | None = None
    frame: Id | None = None
    until: Id | None = None


def signal_routes(resources: SignalResources, signals: Signals, prefix: str = "") -> list[BaseRoute]:
    """`<prefix>/stepscope/episodes/{episode}/signals` and `.../annotations`, behind the guard."""
    base = f"{prefix}/stepscope/episodes/{{episode}}"

    def found(request: Request) -> Response:
        try:
            return _json(signals.state(_episode(request)))
        except resources.failures as error:
            return _json({"message": str(error)}, 404)

    async def said(request: Request) -> Response:
        reason = resources.guard.refusal(request)
        if reason is not None:
            return PlainTextResponse(reason, 403)
        body = await _body(request)
        if body is None:
            return _json({"message": "The request is too large. Nothing was changed."}, 413)
        return await run_in_threadpool(_said, resources, signals, request, body)

    answer: Callable[[Request], Awaitable[Response]] = said
    return [
        Route(f"{base}/signals", resources.guard.wrap(found), methods=["GET"]),
        Route(f"{base}/annotations", answer, methods=["POST"]),
    ]


def _said(resources: SignalResources, signals: Signals, request: Request, body: bytes) -> Response:
    try:
        given = SaidBody.model_validate_json(body)
        author = resources.people.name_of(request.cookies)
        return _json(signals.say(_episode(request), author, given.model_dump()))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "body"
        message = f"The request is not understood: {where}: {first['msg']}. Nothing was changed."
        return _json({"message": message}, 422)
    except resources.failures as error:
        return _json({"message": str(error)}, 422)


async def _body(request: Request) -> bytes | None:
    """The request's body; None as soon as it is longer than allowed."""
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > MOST_BYTES:
            return None
    return bytes(parts)


def _episode(request: Request) -> str:
    found = str(request.path_params["episode"])
    return found if EPISODE_ID.fullmatch(found) else "-"


def _json(body: Mapping[str, Any], status: int = 200) -> Response:
    return JSONResponse(body, status, _HEADERS)

"""The endpoints of an episode's signals: what was found of it (GET), and what a person says of it (POST).

A factory: it is given whoever keeps both. Who speaks is the name in the signed cookie, never a field of the request.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from server.answers import Guarded, as_json, episode_of, not_understood, refused, with_body
from server.people import People

MOST_BYTES = 64 * 1024
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]
Sayable = Literal["tag", "remove_tag", "note", "remove_note", "reward", "signal", "blame", "mistake"]
"""The kinds of annotations a person may add by hand."""


class SignalResources(Guarded, Protocol):
    """What the endpoints ask before they serve."""

    @property
    def people(self) -> People:
        """Who they are."""


class Signals(Protocol):
    """Who keeps what was found and said; docs/formats/signals.md describes the state."""

    def state(self, episode_id: str) -> dict[str, Any]:
        """What was found of an episode and said of it."""

    def say(self, episode_id: str, author: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Note what somebody says, and give the new state."""


class SaidBody(BaseModel):
    """What a person says of an episode, or of a step or call of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Sayable
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
            return as_json(signals.state(episode_of(request)))
        except resources.failures as error:
            return refused(404, str(error))

    said = with_body(resources.guard, MOST_BYTES, partial(_said, resources, signals))
    return [
        Route(f"{base}/signals", resources.guard.wrap(found), methods=["GET"]),
        Route(f"{base}/annotations", said, methods=["POST"]),
    ]


def _said(resources: SignalResources, signals: Signals, request: Request, body: bytes) -> Response:
    try:
        given = SaidBody.model_validate_json(body)
        author = resources.people.name_of(request.cookies)
        return as_json(signals.say(episode_of(request), author, given.model_dump()))
    except ValidationError as error:
        return not_understood(error)
    except resources.failures as error:
        return refused(422, str(error))

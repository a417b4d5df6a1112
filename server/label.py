"""The Label board's endpoints: the state of a demonstration, its gestures one at a time, and a person's name.

A factory: it is given repository, desk and episodes. A gesture names the change it builds on; if the track has moved
on, nothing is stored and 409 says so. A gesture sent twice under one id is done once.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from labeling.desk import ReviewDesk
from labeling.errors import Conflict
from labeling.model import Op
from server.answers import Guarded, Handler, as_json, episode_of, not_understood, refused, with_body
from server.people import People, is_name
from server.reviewing import Reviewing, Wanted, person_called
from server.waiting import BLIND_WANTED, DONE, Person
from traces.model import Annotation
from traces.reader import EpisodeReader

MOST_BYTES = 256 * 1024
"""A gesture is small; what is larger is refused before it is read."""

Text = Annotated[str, Field(max_length=10_000)]
Id = Annotated[str, Field(min_length=1, max_length=128)]


class LabelResources(Guarded, Protocol):
    """What the endpoints work with."""

    @property
    def people(self) -> People:
        """Who they are."""

    def episode(self, episode_id: str) -> EpisodeReader:
        """A reader of its own, which is closed here."""

    def demonstration_rows(self) -> Sequence[Mapping[str, Any]]:
        """The catalogue's rows of the ended demonstrations, newest first."""

    def annotate(self, annotation: Annotation) -> None:
        """Add a tag to an episode."""

    def blind_share(self) -> float:
        """The share (0 to 1) of the demonstrations that a second person labels blind."""

    @property
    def desk(self) -> Callable[..., ReviewDesk]:
        """Where demonstrations are reviewed with the policies of the named set; of the usual one without a name."""


class ArgumentGiven(BaseModel):
    """A value a person typed for an argument."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Id
    value: Text


class GestureBody(BaseModel):
    """One gesture on the change number `base`; `id` is the view's own name for it, the same over retries."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    base: Annotated[int, Field(ge=0)]
    op: Op | Literal["finish"]
    track: Id | None = None
    run: Id | None = None
    segment: Id | None = None
    policy: Id | None = None
    at: Id | None = None
    edge: Literal["start", "end"] | None = None
    to: Id | None = None
    first: Id | None = None
    last: Id | None = None
    args: tuple[ArgumentGiven, ...] | None = None
    returns: Text | None = None
    above: Annotated[float, Field(ge=0, le=1)] | None = None
    step: Id | None = None
    text: Text | None = None
    source: Id | None = None
    settles: Annotated[str, Field(max_length=300)] | None = None
    choice: Literal["left", "right", "own"] | None = None
    change: Annotated[int, Field(ge=1)] | None = None
    given_up: bool = False

    @property
    def payload(self) -> dict[str, Any]:
        """What was given, without the arguments, whose sources are still to be found."""
        aside = {"id", "base", "op", "args", "track", "run", "change", "given_up"}
        given = self.model_dump(exclude_unset=True, exclude=aside)
        return given if self.change is None else {**given, "to": self.change}


class TogetherBody(BaseModel):
    """Two tracks to bring together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    left: Id
    right: Id


class NameBody(BaseModel):
    """How a person wants to be called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text


def label_routes(resources: LabelResources, prefix: str = "") -> list[BaseRoute]:
    """The routes under `<prefix>/stepscope`, all behind the guard."""
    serve = _Label(resources)
    base = f"{prefix}/stepscope"

    def route(path: str, handler: Handler, method: str) -> Route:
        answer = partial(_answered, resources.failures, handler)
        return Route(f"{base}/{path}", with_body(resources.guard, MOST_BYTES, answer), methods=[method])

    return [
        route("label", serve.first, "GET"),
        route("label/{episode}", serve.state, "GET"),
        route("label/{episode}/events", serve.gesture, "POST"),
        route("label/{episode}/history", serve.history, "GET"),
        route("label/{episode}/together", serve.together, "POST"),
        route("label/{episode}/wanted", serve.wanted, "POST"),
        route("whoami", serve.whoami, "POST"),
    ]


def _answered(failures: tuple[type[Exception], ...], handler: Handler, request: Request, body: bytes) -> Response:
    try:
        return handler(request, body)
    except Conflict as conflict:
        return refused(409, str(conflict), current=conflict.current)
    except ValidationError as error:
        return not_understood(error)
    except failures as error:
        return refused(422 if request.method == "POST" else 404, str(error))


class _Label:
    def __init__(self, resources: LabelResources) -> None:
        self._people = resources.people
        self._annotate = resources.annotate
        self._reviewing = Reviewing(
            resources.episode,
            resources.demonstration_rows,
            resources.desk,
            resources.failures,
            resources.blind_share,
        )

    def first(self, request: Request, _body: bytes) -> Response:
        """The demonstration most worth looking at; with none, `{"empty": true}`."""
        person = self._person(request)
        waiting = self._reviewing.queue(person)
        waits = [line for line in waiting["queue"] if line["whose"] != DONE]
        top = next((line for line in waits if line["as"] != "blind"), waits[0] if waits else None)
        if top is None:
            return as_json({"empty": True, "author": {"name": person.name}, **waiting})
        opened = self._reviewing.open(top["episode"], person, top["as"])
        return as_json({**opened, **waiting})

    def state(self, request: Request, _body: bytes) -> Response:
        person = self._person(request)
        opened = self._reviewing.open(episode_of(request), person, _wanted(request))
        return as_json({**opened, **self._reviewing.queue(person)})

    def history(self, request: Request, _body: bytes) -> Response:
        return as_json(self._reviewing.history(episode_of(request), self._person(request), _wanted(request)))

    def together(self, request: Request, body: bytes) -> Response:
        sides, person = TogetherBody.model_validate_json(body), self._person(request)
        opened = self._reviewing.together(episode_of(request), person, sides.left, sides.right)
        return as_json({**opened, **self._reviewing.queue(person)})

    def wanted(self, request: Request, _body: bytes) -> Response:
        """Ask that somebody else labels the demonstration blind: a tag on it, which can be taken away again."""
        person, episode = self._person(request), episode_of(request)
        self._annotate(
            Annotation(
                id=f"blind-{secrets.token_hex(8)}",
                episode=episode,
                kind="tag",
                author=person.name,
                at=time.time(),
                text=BLIND_WANTED,
            )  # fmt: skip
        )
        return as_json({"wanted": True})

    def gesture(self, request: Request, body: bytes) -> Response:
        given = GestureBody.model_validate_json(body)
        person, episode = self._person(request), episode_of(request)
        if given.op == "finish":
            done = self._reviewing.finish(episode, person, given.base, given.track, given.given_up, given.run)
            return as_json({**done, **self._reviewing.queue(person)})
        args = None if given.args is None else {a.name: a.value for a in given.args}
        told = given.payload, args, given.track, given.run
        return as_json(self._reviewing.do(episode, person, given.id, given.base, given.op, *told))

    def whoami(self, _request: Request, body: bytes) -> Response:
        name = NameBody.model_validate_json(body).name.strip()
        if not is_name(name):
            return refused(422, "A name is 1 to 60 printable letters. The old name was kept; choose another.")
        response = as_json({"name": name})
        self._people.remember(response, name)
        return response

    def _person(self, request: Request) -> Person:
        return person_called(self._people.name_of(request.cookies))


def _wanted(request: Request) -> Wanted:
    asked = request.query_params.get("as")
    return "blind" if asked == "blind" else "gold" if asked == "gold" else "shown"

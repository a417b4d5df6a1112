"""The HTTP routes of the replay component: skeletons, steps, pictures and thumbnails, all behind the guard.

A factory: it is given the resources it serves and knows neither the workspace nor Streamlit. Nothing is listed, nothing
recorded is ever served as HTML, and every id in a path is checked before it names anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from server import payload
from server.answers import EPISODE_ID, PICTURE, PLAIN, Guarded, as_json, refused
from server.readers import Readers
from traces.model import Frame
from traces.reader import EpisodeReader

UID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
SINCE = re.compile(r"[0-9]{1,9}")
HASH = re.compile(r"[0-9a-f]{16,128}")
LABEL_REF = re.compile(r"(run|track|set):[^\x00-\x1f/\\]{1,128}")
LONGEST_QUERY = 200
"""Letters that can be searched for."""
COMPRESSED_BELOW = 1_000_000
"""Bytes of JSON from which on it is sent as it is."""
PICTURES = frozenset({"image/webp", "image/png", "image/jpeg"})

_IMMUTABLE = {**PICTURE, "Cache-Control": "private, max-age=31536000, immutable"}


class Resources(Guarded, Protocol):
    """What the routes serve; failures are answered with 404."""

    def episode(self, episode_id: str) -> EpisodeReader:
        """A reader of its own, which the server closes."""

    def frames(self, episode_id: str, label_ref: str) -> tuple[Frame, ...]:
        """The call tree a label gives the episode."""


def routes(resources: Resources, prefix: str = "", readers: Readers | None = None) -> list[BaseRoute]:
    """Our HTTP routes under `<prefix>/stepscope`; Streamlit does not add its base path to them, so `prefix` does.

    Whoever gives `readers` closes them in the end.
    """
    serve = _Replay(resources, readers or Readers(resources.episode))
    paths: dict[str, Callable[[Request], Response]] = {
        "skeleton": serve.skeleton,
        "tail": serve.tail,
        "search": serve.search,
        "steps/{uid}": serve.step,
        "pictures/{hash}": serve.picture,
        "thumbs/{hash}": serve.thumb,
    }
    base = f"{prefix}/stepscope/episodes/{{episode}}"
    guarded = {path: resources.guard.wrap(partial(_answered, resources.failures, end)) for path, end in paths.items()}
    return [Route(f"{base}/{path}", endpoint, methods=["GET"]) for path, endpoint in guarded.items()]


class _Replay:
    """The endpoints; each raises _Missing, or one of the resources' failures, when there is nothing to serve."""

    def __init__(self, resources: Resources, readers: Readers) -> None:
        self._resources = resources
        self._readers = readers

    def skeleton(self, request: Request) -> Response:
        episode, label_ref = _part(request, "episode", EPISODE_ID), request.query_params.get("label_ref") or None
        if label_ref is not None and not LABEL_REF.fullmatch(label_ref):
            raise _Missing("label")
        frames = None if label_ref is None else self._resources.frames(episode, label_ref)
        with self._readers.lend(episode) as reader:
            ready = payload.stored_skeleton(reader) if frames is None else None
            return as_json(payload.skeleton(reader, frames, label_ref)) if ready is None else _whole(ready)

    def tail(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not SINCE.fullmatch(since):
            raise _Missing("step")
        with self._readers.lend(_part(request, "episode", EPISODE_ID)) as reader:
            return as_json(payload.tail(reader, int(since)))

    def search(self, request: Request) -> Response:
        """The steps whose texts hold the words of `q`."""
        words = request.query_params.get("q", "")
        if len(words) > LONGEST_QUERY:
            return refused(422, f"At most {LONGEST_QUERY} letters can be searched for. Search for fewer.")
        with self._readers.lend(_part(request, "episode", EPISODE_ID)) as reader:
            return as_json(payload.found(reader, words))

    def step(self, request: Request) -> Response:
        uid = _part(request, "uid", UID)
        with self._readers.lend(_part(request, "episode", EPISODE_ID)) as reader:
            return as_json(payload.step(reader, uid))

    def picture(self, request: Request) -> Response:
        key = _part(request, "hash", HASH)
        with self._readers.lend(_part(request, "episode", EPISODE_ID)) as reader:
            patch = reader.patch(key) if request.query_params.get("patch") == "1" else None
            if patch is not None and HASH.fullmatch(patch.base) and reader.patch(patch.base) is None:
                place = f"{patch.base} {patch.left} {patch.top}"
                return Response(patch.data, 200, {**_IMMUTABLE, "X-Stepscope-Patch": place}, "image/webp")
            kind, data = reader.picture(key)
        return _picture(kind, data)

    def thumb(self, request: Request) -> Response:
        key = _part(request, "hash", HASH)
        with self._readers.lend(_part(request, "episode", EPISODE_ID)) as reader:
            data = reader.thumb(key)
        return _picture("image/webp", data)


class _Missing(Exception):
    """Nothing to serve under this path; the text names what was asked for."""


def _answered(
    failures: tuple[type[Exception], ...], endpoint: Callable[[Request], Response], request: Request
) -> Response:
    try:
        return endpoint(request)
    except _Missing as missing:
        return _not_found(f"There is no such {missing}.")
    except failures as error:
        return _not_found(str(error))


def _not_found(what: str) -> Response:
    return refused(404, f"{what} Nothing was changed. Choose another episode on the Episodes screen.")


def _part(request: Request, name: str, form: re.Pattern[str]) -> str:
    value = str(request.path_params[name])
    if not form.fullmatch(value):
        raise _Missing(name)
    return value


def _whole(body: bytes) -> Response:
    """JSON that is sent as it is: to compress many megabytes takes longer than to send them to this machine."""
    headers = PLAIN if len(body) < COMPRESSED_BELOW else {**PLAIN, "Content-Encoding": "identity"}
    return Response(body, 200, headers, "application/json")


def _picture(kind: str, data: bytes | None) -> Response:
    if data is None or kind not in PICTURES:
        raise _Missing("picture")
    return Response(data, 200, _IMMUTABLE, kind)

"""Who is at the other end: a name asked once, and which browser it is, each in a signed cookie. A label, not a proof.

The signature only keeps them from being changed by accident or by another site's page; whoever has the app's address
and token may call themselves anything. Running recordings belong to a browser, since several people may have one name.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from labeling.tracks import GOLD

COOKIE = "stepscope_name"
BROWSER = "stepscope_browser"
NOBODY = "me"
"""The name before one was given."""

MOST_LETTERS = 60
_YEAR_S = 365 * 24 * 3600
_UNFIT = re.compile(r"[^A-Za-z0-9_.@ -]+")


class People:
    """Reads and writes the cookie; `secret` must outlive the process for names to do so."""

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeSerializer(secret, salt="stepscope name")
        self._browsers = URLSafeSerializer(secret, salt="stepscope browser")

    def name_of(self, cookies: Mapping[str, str]) -> str:
        """The name in the cookie; NOBODY where there is none, or none of ours."""
        try:
            name = self._signer.loads(cookies.get(COOKIE, ""))
        except BadSignature:
            return NOBODY
        return name if isinstance(name, str) and is_name(name) else NOBODY

    def browser_of(self, cookies: Mapping[str, str]) -> str:
        """The browser's own name in its cookie; '' where there is none, or none of ours."""
        try:
            name = self._browsers.loads(cookies.get(BROWSER, ""))
        except BadSignature:
            return ""
        return name if isinstance(name, str) else ""

    def greeting(self, secure: bool = False) -> str:
        """The Set-Cookie header that gives a browser its name. Also sent when another site's link leads here (lax)."""
        value = str(self._browsers.dumps(secrets.token_urlsafe(16)))
        response = Response()
        response.set_cookie(BROWSER, value, max_age=_YEAR_S, httponly=True, samesite="lax", secure=secure)
        return response.headers["set-cookie"]

    def remember(self, response: Response, name: str, path: str = "/") -> None:
        """Set the cookie: for our own pages only, out of reach of scripts."""
        value = self._signer.dumps(name)
        response.set_cookie(COOKIE, str(value), max_age=_YEAR_S, path=path, httponly=True, samesite="strict")


class Greeter:
    """ASGI middleware: a browser that opens a page and has no name yet is given one with the answer."""

    def __init__(self, app: ASGIApp, people: Callable[[], People | None]) -> None:
        self._app = app
        self._people = people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; add the cookie where it is missing."""
        people = self._people() if scope["type"] == "http" and _opens_a_page(scope) else None
        if people is None or people.browser_of(HTTPConnection(scope).cookies):
            await self._app(scope, receive, send)
            return
        cookie = people.greeting(secure=scope.get("scheme") == "https")

        async def greeting(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, greeting)


def greeting_browsers(people: Callable[[], People | None]) -> Middleware:
    """The middleware, for an app; `people` gives None where names cannot be kept."""
    return Middleware(Greeter, people=people)


def _opens_a_page(scope: Scope) -> bool:
    accepts = HTTPConnection(scope).headers.get("accept", "")
    return scope["method"] == "GET" and "text/html" in accepts


def is_name(text: str) -> bool:
    """Whether it can be a name: something printable of at most 60 letters, without blanks at its ends."""
    return 0 < len(text) <= MOST_LETTERS and text == text.strip() and text.isprintable()


def track_of(name: str) -> str:
    """The track a person's labels go to: the name in plain letters, as links to labels can hold them.

    >>> track_of("Zoë Ångström")
    'Zoe Angstrom'
    """
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = " ".join(_UNFIT.sub(" ", folded).split())
    if plain and len(plain) == len(name) and plain != GOLD:
        return plain
    return f"{plain} {hashlib.sha256(name.encode()).hexdigest()[:8]}".strip()

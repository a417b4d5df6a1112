"""A site that asks for name and password by itself (HTTP authentication): the person is asked, nothing is kept."""

from __future__ import annotations

import base64
import weakref
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Request, Response, Route

from browser.errors import first_line
from browser.recorder.desk import Desk
from browser.recorder.messages import notice
from browser.recorder.widgets.questions import BadAnswer, Questions

MOST = 1000


class Logins:
    """Sign-ins of one recording, by origin. They last as long as the recording."""

    def __init__(self, desk: Desk, questions: Questions) -> None:
        self._desk = desk
        self._questions = questions
        self._headers: dict[str, str] = {}
        self._wanted: weakref.WeakKeyDictionary[Page, Response] = weakref.WeakKeyDictionary()

    def answered(self, page: Page, response: Response) -> None:
        """Note that the page itself was refused for want of a name and password."""
        if response.status == 401 and response.request.is_navigation_request() and response.frame == page.main_frame:
            self._wanted[page] = response

    def arrived(self, page: Page) -> None:
        """The page shows a new document: ask the person if it is such a refusal."""
        response = self._wanted.pop(page, None)
        if response is None:
            return
        wants = response.headers.get("www-authenticate", "")
        origin = _origin(response.url)
        if not wants.lower().startswith("basic"):
            if wants:
                kind = wants.split(" ")[0]
                told = f"{origin} asks to sign in by {kind[:40]}, which the remote browser cannot."
                self._desk.tell(notice(told, "Sign in another way, or go on elsewhere."))
            return
        url = response.url

        async def answer(value: Any) -> tuple[bool, tuple[str, ...]]:
            return await self._sign_in(page, url, value)

        said = {"site": origin, "again": origin in self._headers, "realm": _realm(wants)}
        self._questions.ask("login", None, said, answer, page)

    async def _sign_in(self, page: Page, url: str, value: Any) -> tuple[bool, tuple[str, ...]]:
        if value is None:
            return False, ()
        if (
            not isinstance(value, list)
            or len(value) != 2
            or not all(isinstance(v, str) and len(v) < MOST for v in value)
        ):
            raise BadAnswer("A sign-in is answered with name and password, or null.")
        name, password = value
        origin = _origin(url)
        self._desk.vault.keep(password)
        new = origin not in self._headers
        self._headers[origin] = "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
        if new:
            await page.context.route(lambda address: _origin(address) == origin, self._signed)
        self._desk.refuse(f"signing in at {origin} by the browser's own form: name and password are not written down")
        try:
            await page.goto(url, wait_until="commit", timeout=self._desk.options.load_ms)
        except PlaywrightError as error:
            self._desk.tell(notice(f"The page did not load after signing in: {first_line(error)}.", "Reload it."))
        return True, ()

    async def _signed(self, route: Route, request: Request) -> None:
        header = self._headers.get(_origin(request.url))
        headers = {**request.headers, **({"authorization": header} if header else {})}
        await route.fallback(headers=headers)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _realm(wants: str) -> str:
    _, _, rest = wants.partition('realm="')
    return rest.partition('"')[0][:200]

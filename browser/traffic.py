"""What a page is loading: whether requests are under way, whether it is being left, and an address that failed.

Kept from Playwright's events of one page. How long that is waited for is up to the observer.
"""

from __future__ import annotations

import re
import time

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame, Page, Request

from traces.model import Observation
from traces.observation_text import quote

REQUEST_S = 2.0
LEAVING_S = 15.0
"""A page on its way to another is waited for longer than a picture or a message."""
LASTING = frozenset({"websocket", "eventsource", "media", "ping", "manifest"})
ERROR_PAGE = "chrome-error:"
_CODE = re.compile(r"net::(ERR_\w+)")


class Traffic:
    """The requests of one page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._requests: dict[Request, float] = {}
        self._failed: tuple[str, str] | None = None
        page.on("request", self._began)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._went_wrong)
        page.on("framenavigated", self._arrived)

    def busy(self) -> bool:
        """Whether something is being loaded that may still come soon."""
        now = time.monotonic()
        return any(now - began < REQUEST_S for began in self._requests.values()) or self.leaving()

    def leaving(self) -> bool:
        """Whether the page is on its way to another, and the server has not answered yet."""
        now = time.monotonic()
        return any(now - began < LEAVING_S and leads_away(r, self._page) for r, began in self._requests.items())

    def explained(self, seen: Observation) -> Observation:
        """The observation, with the address that failed and why in place of the browser's own error page."""
        if not seen.url.startswith(ERROR_PAGE) or self._failed is None:
            return seen
        address, reason = self._failed
        line = f"[error] text {quote(f'{address} could not be loaded: {reason}')}"
        text = f"{seen.text}\n{line}" if seen.text else line
        return seen.model_copy(update={"url": address, "title": "", "text": text})

    def _began(self, request: Request) -> None:
        if request.resource_type not in LASTING:
            self._requests[request] = time.monotonic()

    def _ended(self, request: Request) -> None:
        self._requests.pop(request, None)

    def _went_wrong(self, request: Request) -> None:
        self._ended(request)
        if leads_away(request, self._page):
            self._failed = (request.url, reason_of(request) or "no reason was given")

    def _arrived(self, frame: Frame) -> None:
        if frame is self._page.main_frame:
            self._requests = {r: began for r, began in self._requests.items() if not leads_away(r, self._page)}


def leads_away(request: Request, page: Page) -> bool:
    """Whether the request is for another page in the place of this one."""
    try:
        return request.is_navigation_request() and request.frame is page.main_frame
    except PlaywrightError:
        return True  # the page is so new that it has no frame yet


def reason_of(request: Request) -> str | None:
    """Chromium's word for why the request failed; None if it was only given up."""
    code = _CODE.search(request.failure or "")
    return code[1] if code and code[1] != "ERR_ABORTED" else None

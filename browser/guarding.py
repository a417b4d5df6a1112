"""Holds every request of guarded contexts to the rule of browser/urls.py, before it leaves the browser.

One line to the browser itself, not to its pages, so that nothing is too early for it: a tab's first request, frames of
other origins, each hop of a redirect. All documents are looked at, and their hosts' names looked up; of what documents
load only what says a forbidden address, so that all else keeps its speed.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import html
import logging
import re
from collections.abc import Collection, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession
from playwright.async_api import Error as PlaywrightError

from browser.errors import ForbiddenUrl
from browser.urls import check_resolved, check_url, name_of

log = logging.getLogger(__name__)
LOOK_UP_S = 2.0
OURS = ("data:", "blob:", "about:")
ANSWERS = {"resourceType": "Document", "requestStage": "Response"}
HTTP_OK = 200
PDF = "application/pdf"
LINK_LOCAL = ("169.254.*", "[fe80:*")
HERE = ("localhost*", "*.localhost*", "127.*", "0.0.0.0*", "[*")
PRIVATE = (*HERE, "10.*", "172.*", "192.168.*")
"""How addresses begin that may be forbidden; those that are not after all are let go on."""


@dataclass(frozen=True)
class Rule:
    """What the pages of a context may not open."""

    own_ports: tuple[int, ...]
    allow_private: bool

    def patterns(self) -> tuple[str, ...]:
        """Addresses to look at whatever they are loaded as."""
        hosts = LINK_LOCAL if self.allow_private else (*LINK_LOCAL, *PRIVATE)
        unsaid = HERE if {80, 443} & set(self.own_ports) else ()
        return (*(f"*://{host}" for host in (*hosts, *unsaid)), *(f"*://*:{port}/*" for port in self.own_ports))

    def refusal(self, url: str, resolved: Iterable[str]) -> str | None:
        """Why the address is not opened, None if it is."""
        try:
            check_url(url, self.own_ports, self.allow_private)
            check_resolved(url, resolved, self.own_ports, self.allow_private)
        except ForbiddenUrl as error:
            return str(error)
        return None


async def guard(
    context: BrowserContext, own_ports: Collection[int] = (), allow_private: bool = True, declines: bool = False
) -> None:
    """From now on no page of the context gets a forbidden address, whoever asks for it.

    A document is answered with a page that says why, anything else fails. `declines` is for a whole Chromium without a
    window: what asks for a name and a password gets none, for nobody would see the question, and a PDF is a download,
    as in the headless shell. All requests are looked at for that.
    """
    browser = context.browser
    if browser is None:
        raise ValueError("a context without a browser cannot be guarded")
    guards = _guards.get(browser)
    if guards is None:
        guards = _guards[browser] = Guards(browser, declines)
        browser.once("disconnected", _let_go)
    await guards.add(context, Rule(tuple(own_ports), allow_private))


class Guards:
    """The guarded contexts of one browser. Use on the browser's thread."""

    def __init__(self, browser: Browser, declines: bool) -> None:
        self._browser = browser
        self._declines = declines
        self._rules: dict[BrowserContext, Rule] = {}
        self._names: dict[BrowserContext, str] = {}
        self._changing = asyncio.Lock()
        self._line: CDPSession | None = None
        self._watched = _any_of(())
        self._asking: set[asyncio.Task[None]] = set()

    async def add(self, context: BrowserContext, rule: Rule) -> None:
        """Hold a context to its rule until it closes."""
        self._rules[context] = rule
        context.once("close", lambda _: self._forget(context))
        async with self._changing:
            if self._line is None:
                self._line = await self._browser.new_browser_cdp_session()
                self._line.on("Fetch.requestPaused", lambda event: self._aside(self._answer(event)))
                self._line.on("Fetch.authRequired", lambda event: self._aside(self._decline(event)))
            found = dict.fromkeys(pattern for rule in self._rules.values() for pattern in rule.patterns())
            self._watched = _any_of(found)
            patterns = [{"resourceType": "Document"}, *({"urlPattern": pattern} for pattern in found)]
            asked = {"patterns": [{"urlPattern": "*"}, ANSWERS] if self._declines else patterns}
            await self._line.send("Fetch.enable", {**asked, "handleAuthRequests": self._declines})

    def _forget(self, context: BrowserContext) -> None:
        self._rules.pop(context, None)
        self._names.pop(context, None)

    def _aside(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(doing)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _decline(self, event: dict[str, Any]) -> None:
        """No name and no password: the page gets what the server says without them."""
        assert self._line is not None
        answer = {"requestId": event["requestId"], "authChallengeResponse": {"response": "CancelAuth"}}
        with contextlib.suppress(PlaywrightError):  # the request, or the browser, is gone
            await self._line.send("Fetch.continueWithAuth", answer)

    async def _answer(self, event: dict[str, Any]) -> None:
        if "responseStatusCode" in event:
            with contextlib.suppress(PlaywrightError):  # the request, or the browser, is gone
                await self._receive(event)
            return
        try:
            reason = await self._refusal(event)
        except Exception as error:  # nothing goes out unjudged, and no request waits for ever
            log.error("a request could not be judged", exc_info=error)
            reason = "The address could not be checked."
        with contextlib.suppress(PlaywrightError):  # the request, or the browser, is gone
            await self._send(event, reason)

    async def _send(self, event: dict[str, Any], reason: str | None) -> None:
        assert self._line is not None
        request = {"requestId": event["requestId"]}
        if reason is None:
            await self._line.send("Fetch.continueRequest", request)
        elif event["resourceType"] == "Document":
            headers = [{"name": "Content-Type", "value": "text/html; charset=utf-8"}]
            body = base64.b64encode(_page(reason).encode()).decode()
            told = {**request, "responseCode": 403, "responseHeaders": headers, "body": body}
            await self._line.send("Fetch.fulfillRequest", told)
        else:
            await self._line.send("Fetch.failRequest", {**request, "errorReason": "BlockedByClient"})

    async def _receive(self, event: dict[str, Any]) -> None:
        """A document's answer. A PDF is a download, as without a viewer: no observation could read the viewer."""
        assert self._line is not None
        headers = {header["name"].lower(): header["value"] for header in event.get("responseHeaders", [])}
        told: dict[str, Any] = {"requestId": event["requestId"]}
        if event["responseStatusCode"] == HTTP_OK and headers.get("content-type", "").lower().startswith(PDF):
            _, _, named = headers.get("content-disposition", "").partition(";")
            others = [header for header in event["responseHeaders"] if header["name"].lower() != "content-disposition"]
            saved = [*others, {"name": "Content-Disposition", "value": f"attachment;{named}"}]
            told |= {"responseCode": HTTP_OK, "responseHeaders": saved}
        await self._line.send("Fetch.continueResponse", told)

    async def _refusal(self, event: dict[str, Any]) -> str | None:
        """Why the request is not sent; None if it is."""
        url: str = event["request"]["url"]
        if url.startswith(OURS) or not (event["resourceType"] == "Document" or self._watched.fullmatch(url)):
            return None
        resolved = await _resolved(url)
        refusals = {context: rule.refusal(url, resolved) for context, rule in self._rules.items()}
        if not any(refusals.values()):
            return None
        context = await self._context_of(event["frameId"])
        if context is not None:
            return refusals.get(context)
        return next(reason for reason in refusals.values() if reason)

    async def _context_of(self, frame: str) -> BrowserContext | None:
        """Whose frame it is; None where the browser does not say (a frame of its parent's origin)."""
        assert self._line is not None
        try:
            told = await self._line.send("Target.getTargetInfo", {"targetId": frame})
        except PlaywrightError:
            return None
        for context in self._browser.contexts:
            if await self._name(context) == told["targetInfo"].get("browserContextId"):
                return context
        return None

    async def _name(self, context: BrowserContext) -> str | None:
        """What the browser calls the context; None while it has no page.

        The line asked through stays open: letting go of it would wait for the page, which waits for us.
        """
        if context not in self._names and context.pages:
            with contextlib.suppress(PlaywrightError):
                line = await context.new_cdp_session(context.pages[0])
                told = await line.send("Target.getTargetInfo")
                self._names[context] = told["targetInfo"]["browserContextId"]
        return self._names.get(context)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Matches whole addresses of one of the patterns, in which `*` stands for anything."""
    return re.compile("|".join(re.escape(pattern).replace(r"\*", ".*") for pattern in patterns), re.DOTALL)


_guards: dict[Browser, Guards] = {}


def _let_go(browser: Browser) -> None:
    _guards.pop(browser, None)


async def _resolved(url: str) -> tuple[str, ...]:
    """The addresses the host's name resolves to; none where it says one itself, or cannot be looked up."""
    name = name_of(url)
    if name is None:
        return ()
    try:
        found = await asyncio.wait_for(asyncio.get_running_loop().getaddrinfo(name, None), LOOK_UP_S)
    except (OSError, UnicodeError, TimeoutError):
        return ()
    return tuple(str(address[0]) for *_, address in found)


def _page(reason: str) -> str:
    return f"<!doctype html><title>Not opened</title><h1>Not opened</h1><p>{html.escape(reason)}</p>"

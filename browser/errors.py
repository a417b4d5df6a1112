"""Errors of the browser, and the one place where Playwright's own are translated into them.

BrowserError
├── ChromiumMissing      no Chromium on this machine
├── NoDisplay            no screen to open a window on
├── BrowserGone          the browser (or its driver) ended; the next use starts a new one
├── PageCrashed          a page's renderer ended; the page must be replaced
├── PageClosed           the page or its context was closed
├── BrowserTimeout       the page did not answer in time
├── NavigationFailed     an address could not be loaded
├── ForbiddenUrl         an address we do not open
├── UnknownEnvironment   a name that no environment has
└── EnvironmentFailed    an environment could not be started or read
"""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout


class BrowserError(Exception):
    """Base of the errors of this package; its text is fit to be shown to a person."""


class ChromiumMissing(BrowserError):
    """No Chromium was found; the text says where was looked and what to do."""


class NoDisplay(BrowserError):
    """There is no screen for a window; the text says what to do instead."""


class BrowserGone(BrowserError):
    """The browser or its driver ended."""


class PageCrashed(BrowserError):
    """The page's renderer ended."""


class PageClosed(BrowserError):
    """The page or its context was closed."""


class BrowserTimeout(BrowserError):
    """The page did not answer in time."""


class NavigationFailed(BrowserError):
    """An address could not be loaded."""


class ForbiddenUrl(BrowserError):
    """An address we do not open; the text says why and which ones we do."""


class UnknownEnvironment(BrowserError):
    """A name that no environment has; the text lists those that exist."""


class EnvironmentFailed(BrowserError):
    """An environment could not be started or read."""


_CALL = re.compile(r"^[A-Z]\w+\.\w+: ")
"""The library's own function that an error names first."""


def translated(error: BaseException) -> BaseException:
    """Our error for one of Playwright's; anything else comes back as it is."""
    if isinstance(error, PlaywrightTimeout):
        return BrowserTimeout(_timeout(first_line(error)))
    if isinstance(error, asyncio.TimeoutError):
        return BrowserTimeout("The page did not answer in time.")
    if isinstance(error, PlaywrightError):
        return _from_playwright(first_line(error))
    if type(error) is Exception and "Connection closed" in str(error):
        return BrowserGone("The browser's driver has ended. The next use starts a new one.")
    return error


def first_line(error: BaseException) -> str:
    """What the error says, without Playwright's call log."""
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def _timeout(text: str) -> str:
    """`Page.goto: Timeout 15000ms exceeded.` in a person's words."""
    match = re.search(r"Timeout ([\d.]+)ms exceeded", text)
    return (
        f"The page did not answer within {float(match[1]) / 1000:g} s." if match else "The page did not answer in time."
    )


def _from_playwright(text: str) -> BrowserError:
    text = _CALL.sub("", text)
    if "crashed" in text:
        return PageCrashed("The page crashed. Nothing else was lost; open the address again.")
    if "net::ERR" in text or "Cannot navigate" in text:
        return NavigationFailed(f"The address could not be loaded: {text}")
    if "Connection closed" in text or "Browser closed" in text:
        return BrowserGone("The browser has ended. The next use starts a new one.")
    if "closed" in text:
        return PageClosed("The page has been closed, or its browser has ended.")
    return BrowserError(text)

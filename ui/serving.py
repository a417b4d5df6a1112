"""What the ASGI app of app.py is made of: our routes beside Streamlit's, and what happens when the server stops."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import streamlit as st

from browser.live.views import Viewer
from browser.recorder.downloads import Downloaded
from flows.understand.signals import SignalDesk
from server.app import routes
from server.checks import check_routes
from server.label import label_routes
from server.listing import listing_routes
from server.live import live_routes
from server.people import People, greeting_browsers
from server.policy import keeping_to_itself
from server.signals import signal_routes
from store.errors import StoreError
from ui import catching_up
from ui.resources import checks, live_tasks, resources


def our_routes() -> list[Any]:
    """Every route of server/, given the workspace's parts and mounted under the configured base path.

    None where the workspace cannot be used: every page then says so.
    """
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    try:
        prefix = f"/{base}" if base else ""
        parts = resources()
        catching_up.begin(parts)
        live = live_routes(LazyRecordings(), parts.guard, prefix)
        checking = check_routes(parts, checks(), prefix)
        found = signal_routes(parts, SignalDesk(parts), prefix)
        listing = listing_routes(parts, parts.readers, parts.episodes.beside, prefix)
        own = [*label_routes(parts, prefix), *checking, *found, *listing]
        return [*routes(parts, prefix, parts.readers), *own, *live]
    except StoreError as error:
        logging.getLogger(__name__).error("%s", error)
        return []


def our_middleware() -> list[Any]:
    """What every request passes first: browsers are given a name of their own, and pages what they may load."""
    return [greeting_browsers(_people), keeping_to_itself()]


def _people() -> People | None:
    """None where the workspace cannot be used."""
    try:
        return resources().people
    except StoreError:
        return None


class LazyRecordings:
    """The registry of running recordings, which starts with the first of them: no socket begins one."""

    def known(self, recording_id: str) -> bool:
        """Whether it is running."""
        return resources().live.known(recording_id)

    def downloaded(self, recording_id: str, number: int) -> Downloaded | None:
        """A file its page has downloaded."""
        return resources().live.downloaded(recording_id, number)

    def attach(self, recording_id: str, viewer: Viewer) -> None:
        """Connect a view."""
        resources().live.attach(recording_id, viewer)

    def detach(self, recording_id: str, viewer: Viewer) -> None:
        """Take it away again."""
        resources().live.detach(recording_id, viewer)

    def receive(self, recording_id: str, text: str, viewer: Viewer) -> None:
        """A message of a view."""
        resources().live.receive(recording_id, text, viewer)


@contextlib.asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """End what was started (browser, files) when the server stops."""
    try:
        yield
    finally:
        with contextlib.suppress(StoreError):
            checks().close()
            live_tasks().close()
            resources().close()


def use_navigation_only() -> None:
    """Switch off Streamlit's own discovery of `pages/`, which would serve a cold deep link without app.py.

    The switch is private to Streamlit; should it go, the e2e test of cold deep links says so and the app still runs.
    """
    try:
        from streamlit.runtime.pages_manager import PagesManager

        PagesManager.uses_pages_directory = False
    except (ImportError, AttributeError) as error:
        logging.getLogger(__name__).warning("pages/ discovery could not be switched off: %s", error)

"""What the ASGI app of app.py is made of: our routes beside Streamlit's, and what happens when the server stops."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import streamlit as st

from server.app import routes
from store.errors import StoreError
from ui.resources import resources


def our_routes() -> list[Any]:
    """Every route of server/, given the workspace's parts and mounted under the configured base path.

    None where the workspace cannot be used: every page then says so.
    """
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    try:
        return list(routes(resources(), f"/{base}" if base else ""))
    except StoreError as error:
        logging.getLogger(__name__).error("%s", error)
        return []


@contextlib.asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """End what was started (browser, files) when the server stops."""
    try:
        yield
    finally:
        with contextlib.suppress(StoreError):
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

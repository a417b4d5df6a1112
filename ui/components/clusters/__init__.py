"""Clusters of failures as cards: how many, what the rules say, where failure begins in an example, and the way there.

Everything is a link; the page is only told which one was pressed, so that it can go there without loading anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from ui.components.shared import script, style
from ui.theme import colours_for_components

_HERE = Path(__file__).parent
JS = script(_HERE, "main.js")
CSS = style(_HERE, "clusters.css")

_clusters = st.components.v2.component("stepscope_clusters", js=JS, css=CSS)


def clusters(shown: Sequence[Mapping[str, Any]], *, root: str, token: str, key: str) -> str | None:
    """Draw the cards (of `flows.understand.failures.clusters`, with links); returns the link that was pressed."""
    data = {"clusters": shown, "root": root, "token": token, "colours": colours_for_components()}
    told = _clusters(key=key, data=data, on_went_change=_nothing)
    went = told.get("went")
    return None if went is None else str(went)


def _nothing() -> None:
    """Streamlit asks for a callback for each state the page reads."""

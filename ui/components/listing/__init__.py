"""A page of the list of episodes: rows with a film strip each, sorted by a press on a heading, chosen by boxes.

The rows are made by `ui.episode_rows`; sorting, choosing and opening are told to the page, which asks the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from ui.components.shared import script, style
from ui.theme import colours_for_components

_HERE = Path(__file__).parent
JS = script(_HERE, "main.js")
CSS = style(_HERE, "listing.css")

_listing = st.components.v2.component("stepscope_listing", js=JS, css=CSS)


@dataclass(frozen=True)
class Done:
    """What a person did with the list: an order asked for, an episode to open (and its step), which are chosen."""

    sort: str | None
    opened: tuple[str, str | None] | None
    chosen: tuple[str, ...]
    all: bool


def listing(
    rows: Sequence[Mapping[str, Any]], *, total: int, sort: str, scope: str, root: str, token: str, key: str
) -> Done:
    """Draw the rows; `scope` names what the list holds: what was chosen is let go of when it changes."""
    data = {
        "rows": rows,
        "total": total,
        "sort": sort,
        "scope": scope,
        "root": root,
        "token": token,
        "colours": colours_for_components(),
    }
    told = _listing(key=key, data=data, on_chosen_change=_nothing, on_sort_change=_nothing, on_opened_change=_nothing)
    return _done(told.get("chosen"), told.get("sort"), told.get("opened"), scope)


def _done(chosen: Any, sort: Any, opened: Any, scope: str) -> Done:
    held = chosen if chosen and chosen.get("scope") == scope else {}
    return Done(
        sort=None if sort is None else str(sort),
        opened=None if opened is None else (str(opened["id"]), opened.get("step")),
        chosen=tuple(str(one) for one in held.get("ids", ())),
        all=bool(held.get("all")),
    )


def _nothing() -> None:
    """Streamlit asks for a callback for each state the page reads."""

"""The Label board: calls as bars over a timeline of thumbnails, decided by keyboard or mouse.

The component commits every gesture itself over `POST /stepscope/label/{episode}/events` and tells Streamlit only which
demonstration is open, what was finished, and where the person wants to go.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from ui.components.shared import script, style
from ui.keys import keys_of
from ui.theme import colours_for_components

_HERE = Path(__file__).parent
_MODULES = (
    "model.js", "wire.js", "timeline.js", "panes.js", "side.js", "call.js", "compare.js", "sheets.js", "history.js",
    "act.js", "keys.js", "main.js",
)  # fmt: skip

JS = script(_HERE, *_MODULES, shared=("check.js",))
CSS = style(_HERE, "label.css", "timeline.css")

_board = st.components.v2.component("stepscope_label", js=JS, css=CSS)


def label_data(episode: str | None, token: str, root: str = "/stepscope") -> dict[str, Any]:
    """What the component is given; without an episode it opens the most doubtful one waiting."""
    return {
        "episode": episode,
        "token": token,
        "root": root,
        "keys": keys_of("Label"),
        "colours": colours_for_components(),
    }


def label_board(episode: str | None, token: str, *, root: str = "/stepscope", key: str = "label") -> Any:
    """Draw the board; `root` is the address below which our routes are mounted.

    The result has `.episode` (now open), `.finished` (`{"episode", "label_set"}`) and `.go` (a page to go to).
    """
    return _board(
        key=key,
        data=label_data(episode, token, root),
        on_episode_change=_nothing,
        on_finished_change=_nothing,
        on_go_change=_nothing,
    )


def _nothing() -> None:
    """Streamlit asks for a callback for each state the page reads."""

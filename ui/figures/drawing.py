"""What all figures share: an empty one, inks, a legend, error bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from ui.theme import PALETTE

_LAYOUT: dict[str, Any] = {
    "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "showlegend": False,
}


QUIET = {"displayModeBar": False}
"""For charts to read or to click: no tool bar over them."""


SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x", "star", "hexagon", "triangle-down")
"""What tells arms apart beside their colours."""
LEGEND: dict[str, Any] = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
"""Above the figure, from its left edge."""


def ink(slot: int, *, dark: bool) -> str:
    """The colour in a slot of the palette."""
    return PALETTE[slot].dark if dark else PALETTE[slot].light


def arm_ink(place: int, *, dark: bool) -> str:
    """The colour of an arm or a group by its place; the planner's is never among them."""
    return ink(1 + place % (len(PALETTE) - 1), dark=dark)


def on_square(size: int, *, dark: bool) -> dict[str, Any]:
    """The font of what is written on a tinted square."""
    return {"color": "#e8eaee" if dark else "#16181c", "size": size}


def figure(trace: Any, *, height: int, x_title: str) -> go.Figure:
    """A figure of our look, with one trace or none."""
    made = go.Figure(trace, {**_LAYOUT, "height": height})
    made.update_xaxes(title=x_title)
    made.update_yaxes(automargin=True)
    return made


def tinted(colour: str, opacity: float) -> str:
    """A hex colour as rgba: the text on it stays as it is."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:.2f})"


def between(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Error bars from `low` to `high` around `value`."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [row["high"] - row["value"] for row in rows],
        "arrayminus": [row["value"] - row["low"] for row in rows],
    }


def words(text: str) -> str:
    """A name as it is, where Plotly would make links and lines of the marks in it."""
    return escape(text, quote=False)


def room(labels: Sequence[str]) -> list[float]:
    """The range of an axis that has these names, with half a square at either end."""
    return [-0.6, len(labels) - 0.4]

"""Figures: the only place that imports Plotly. Each takes plain rows and draws; colours of policies are ui.theme's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from ui.theme import policy_colour

_LAYOUT: dict[str, Any] = {
    "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "showlegend": False,
}


def example_tokens(rows: Sequence[Mapping[str, Any]], *, dark: bool) -> go.Figure:
    """Tokens of each policy's examples as bars; rows have `policy`, `tokens` and `examples`."""
    ordered = sorted(rows, key=lambda row: row["tokens"])
    bars = go.Bar(
        x=[row["tokens"] for row in ordered],
        y=[row["policy"] for row in ordered],
        text=[f"{row['examples']} examples" for row in ordered],
        orientation="h",
        marker_color=[policy_colour(row["policy"], dark=dark) for row in ordered],
        hovertemplate="%{y}: about %{x:,} tokens in %{text}<extra></extra>",
    )
    return _figure(bars, height=90 + 28 * len(rows), x_title="tokens (estimate)")


def success_by_task(rows: Sequence[Mapping[str, Any]], *, dark: bool) -> go.Figure:
    """Success of each task with its 95 % Wilson interval; rows have `task`, `ok`, `n`, `low` and `high` (0 to 1)."""
    ordered = sorted(rows, key=lambda row: row["ok"] / row["n"])
    share = [row["ok"] / row["n"] for row in ordered]
    points = go.Scatter(
        x=share,
        y=[row["task"] for row in ordered],
        mode="markers+text",
        text=[f"{row['ok']}/{row['n']}" for row in ordered],
        textposition="top center",
        marker={"size": 10, "color": policy_colour("fill_text", dark=dark)},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [row["high"] - s for row, s in zip(ordered, share, strict=True)],
            "arrayminus": [s - row["low"] for row, s in zip(ordered, share, strict=True)],
        },
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    figure = _figure(points, height=110 + 44 * len(rows), x_title="success, with 95 % interval")
    figure.update_yaxes(range=[-0.6, len(rows) - 0.4])  # room for the topmost label
    figure.update_xaxes(range=[-0.03, 1.03], tickformat=".0%")
    return figure


def _figure(trace: Any, *, height: int, x_title: str) -> go.Figure:
    figure = go.Figure(trace, {**_LAYOUT, "height": height})
    figure.update_xaxes(title=x_title)
    figure.update_yaxes(automargin=True)
    return figure

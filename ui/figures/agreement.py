"""Figures of labels: agreement over time, who calls a step what, and how far confidence can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from ui.figures.drawing import LEGEND, between, figure, on_square, room, tinted, words
from ui.theme import policy_colour


def over_time(rows: Sequence[Mapping[str, Any]], *, title: str, dark: bool) -> go.Figure:
    """A measure by week or label run with its interval; rows have `at`, `value`, `low`, `high` (0 to 1) and `n`."""
    points = go.Scatter(
        x=[row["at"] for row in rows],
        y=[row["value"] for row in rows],
        mode="lines+markers",
        customdata=[[row["n"], row["low"], row["high"]] for row in rows],
        marker={"size": 9, "color": policy_colour("fill_text", dark=dark)},
        error_y=between(rows),
        hovertemplate=(
            "%{x}: %{y:.2f} (%{customdata[1]:.2f} to %{customdata[2]:.2f}), "
            "%{customdata[0]} demonstrations<extra></extra>"
        ),
    )
    drawn = figure(points, height=260, x_title="")
    drawn.update_xaxes(type="category")
    drawn.update_yaxes(range=[-0.03, 1.03], title=title)
    return drawn


def confusion(
    labels: Sequence[str], counts: Sequence[Sequence[float]], *, sides: tuple[str, str], dark: bool
) -> go.Figure:
    """Steps by what either side calls them; a click selects a cell, whose `customdata` is (one, other).

    Drawn as squares: a heatmap's cells cannot be selected (github.com/streamlit/streamlit/issues/8760).
    """
    cells = [(i, j) for i in range(len(labels)) for j in range(len(labels)) if counts[i][j]]
    most = [max(sum(row), 1) for row in counts]
    agreed, differs = policy_colour("fill_text", dark=dark), policy_colour("choose_date", dark=dark)
    size = max(14, min(44, 400 // max(len(labels), 1)))
    points = go.Scatter(
        x=[words(labels[j]) for _, j in cells],
        y=[words(labels[i]) for i, _ in cells],
        mode="markers+text",
        text=[f"{counts[i][j]:.0f}" for i, j in cells],
        customdata=[[labels[i], labels[j], 100 * counts[i][j] / most[i]] for i, j in cells],
        textfont=on_square(13, dark=dark),
        marker={
            "symbol": "square",
            "size": size,
            "color": [tinted(agreed if i == j else differs, 0.12 + 0.38 * counts[i][j] / most[i]) for i, j in cells],
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 0.6}},
        hovertemplate="%{text} steps: %{y}, and %{x} for the other side "
        "(%{customdata[2]:.0f} % of its row)<extra></extra>",
    )
    drawn = figure(points, height=150 + (size + 8) * len(labels), x_title=words(sides[1]))
    names = list(map(words, labels))
    drawn.update_xaxes(categoryorder="array", categoryarray=names, tickangle=-35, showgrid=False, range=room(labels))
    drawn.update_yaxes(
        categoryorder="array", categoryarray=names[::-1], title=words(sides[0]), showgrid=False, range=room(labels)
    )
    return drawn


def reliability(raw: Sequence[Mapping[str, Any]], calibrated: Sequence[Mapping[str, Any]], *, dark: bool) -> go.Figure:
    """Confidence against the share that was right, before and after; bins have `confidence`, `right` and `n`."""
    drawn = figure(_bins(raw, "as it is", "circle-open", policy_colour("choose_date", dark=dark)), height=360,
                     x_title="confidence")  # fmt: skip
    if calibrated:
        drawn.add_trace(_bins(calibrated, "calibrated", "circle", policy_colour("fill_text", dark=dark)))
    drawn.add_shape(type="line", x0=0, y0=0, x1=1, y1=1, line={"dash": "dot", "width": 1, "color": "#888888"})
    drawn.update_layout(showlegend=True, legend={**LEGEND, "y": 1.08})
    drawn.update_xaxes(range=[-0.03, 1.03])
    drawn.update_yaxes(range=[-0.03, 1.03], title="share that was right")
    return drawn


def _bins(found: Sequence[Mapping[str, Any]], name: str, symbol: str, colour: str) -> go.Scatter:
    largest = max((one["n"] for one in found), default=1)
    return go.Scatter(
        x=[one["confidence"] for one in found],
        y=[one["right"] for one in found],
        mode="markers+lines",
        name=name,
        line={"width": 1, "color": colour},
        customdata=[one["n"] for one in found],
        marker={"symbol": symbol, "color": colour, "size": [8 + 14 * (one["n"] / largest) ** 0.5 for one in found]},
        hovertemplate="%{x:.2f} %{fullData.name}: %{y:.0%} of %{customdata} calls were right<extra></extra>",
    )

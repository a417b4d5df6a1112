"""Figures of calls: who calls whom, call trees, and how deep stacks go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from ui.figures.drawing import LEGEND, SYMBOLS, arm_ink, figure, ink, on_square, room, tinted, words
from ui.theme import policy_colour

DASHES = ("solid", "dash", "dot", "dashdot")


SUCCEEDS = ((0.9, "9 of 10 succeed"), (0.5, "half or more"), (0.0, "fewer than half"))
"""How often what is behind a point succeeds: from which share on, and in words."""


def calls_between(rows: Sequence[Mapping[str, Any]], *, dark: bool) -> go.Figure:
    """Which policy called which, the darker the oftener; a click in a cell selects (caller, callee).

    Rows have `caller`, `callee`, `calls` and `success` (a share with `ok` and `n`). Cells of a heat map cannot be
    selected, so over each lies a point without a mark, and the nearest point is the one that is meant.
    """
    most = max((row["calls"] for row in rows), default=1)
    callers, callees = (list(dict.fromkeys(words(row[name]) for row in rows)) for name in ("caller", "callee"))
    calls = {(words(row["caller"]), words(row["callee"])): row["calls"] for row in rows}
    full = policy_colour("fill_text", dark=dark)
    cells = go.Heatmap(
        x=callees,
        y=callers,
        z=[[(calls.get((caller, callee), 0) / most) ** 0.5 for callee in callees] for caller in callers],
        zmin=0,
        zmax=1,
        colorscale=[[0, tinted(full, 0.03)], [1, tinted(full, 0.6)]],
        showscale=False,
        xgap=2,
        ygap=2,
        hoverinfo="skip",
    )
    points = go.Scatter(
        x=[words(row["callee"]) for row in rows],
        y=[words(row["caller"]) for row in rows],
        mode="markers+text",
        text=[f"{row['calls']:,}" for row in rows],
        textfont=on_square(13, dark=dark),
        customdata=[[row["caller"], row["callee"], row["success"]["ok"], row["success"]["n"]] for row in rows],
        marker={"size": 30, "opacity": 0},
        unselected={"textfont": {"color": on_square(13, dark=dark)["color"]}},
        hovertemplate="%{y} called %{x} %{text} times; "
        "%{customdata[2]:,} of the %{customdata[3]:,} episodes succeeded<extra></extra>",
    )
    drawn = figure([cells, points], height=120 + 44 * len(callers), x_title="called")
    bare: dict[str, Any] = {"categoryorder": "array", "showgrid": False, "zeroline": False}
    drawn.update_layout(hovermode="closest", hoverdistance=-1)
    drawn.update_xaxes(categoryarray=callees, range=room(callees), side="top", tickangle=-35, **bare)
    drawn.update_yaxes(categoryarray=callers[::-1], range=room(callers), title="caller", automargin=True, **bare)
    return drawn


def icicle(rows: Sequence[Mapping[str, Any]], *, measure: str, dark: bool) -> go.Figure:
    """Call trees laid over one another: a bar for each path of policies, as wide as its share, below its caller.

    Rows have `path`, `left` and `width` (of the whole, in the unit `measure` says), `calls` and `success`, parents
    first; a click selects a bar, `customdata` begins with its place among the rows.
    """
    depth = max((len(row["path"]) for row in rows), default=1)
    bars = go.Bar(
        orientation="h",
        base=[row["left"] for row in rows],
        x=[row["width"] for row in rows],
        y=[len(row["path"]) for row in rows],
        width=0.9,
        text=[words(row["path"][-1]) for row in rows],
        textposition="inside",
        insidetextanchor="start",
        textangle=0,
        textfont=on_square(12, dark=dark),
        customdata=[
            [place, words(" › ".join(row["path"])), row["calls"], row["success"]["ok"], row["success"]["n"]]
            for place, row in enumerate(rows)
        ],
        marker={
            "color": [tinted(policy_colour(row["path"][-1], dark=dark), 0.4) for row in rows],
            "line": {"width": 1, "color": [policy_colour(row["path"][-1], dark=dark) for row in rows]},
        },
        unselected={"marker": {"opacity": 0.7}},
        hovertemplate=f"%{{customdata[1]}}<br>%{{x:,}} {measure}, %{{customdata[2]:,}} calls; %{{customdata[3]:,}} of "
        "%{customdata[4]:,} episodes succeeded<extra></extra>",
    )
    drawn = figure(bars, height=70 + 40 * depth, x_title=measure)
    drawn.update_yaxes(
        autorange="reversed", title="depth", tickvals=list(range(1, depth + 1)), showgrid=False, zeroline=False
    )
    drawn.update_xaxes(showgrid=False, range=[0, max((row["left"] + row["width"] for row in rows), default=1)])
    drawn.update_layout(uniformtext={"minsize": 10, "mode": "hide"})
    return drawn


def depth_lines(
    lines: Sequence[Mapping[str, Any]], profiles: Sequence[Mapping[str, Any]], *, by_share: bool, dark: bool
) -> go.Figure:
    """Stack depth over the course of episodes: thin step lines, and each group's mean as a thick one by share.

    `lines` have `episode`, `group` and `points` (step, depth) at change points; `profiles` have `group`, `n`, `share`,
    `mean`, `low` and `high`. A click on a corner of a line selects it; `customdata` is the episode.
    """
    groups = list(dict.fromkeys(row["group"] for row in profiles))
    drawn = figure(None, height=380, x_title="share of the episode" if by_share else "step")
    for place, group in enumerate(groups):
        line, name = arm_ink(place, dark=dark), words(group)
        lift = 0.03 * (place - (len(groups) - 1) / 2)
        xs, ys, who = _steps([row for row in lines if row["group"] == group], lift, by_share=by_share)
        drawn.add_scatter(
            x=xs, y=ys, customdata=who, mode="lines+markers", name=name, legendgroup=group, showlegend=not by_share,
            line={"shape": "hv", "width": 1, "color": tinted(line, 0.35 if by_share else 0.6)},
            marker={"size": 5, "symbol": SYMBOLS[place % len(SYMBOLS)], "color": tinted(line, 0.5)},
            hovertemplate=f"{name}: depth %{{y:.0f}}<br>%{{customdata}}<extra></extra>",
        )  # fmt: skip
    for place, row in enumerate(profiles if by_share else ()):
        line, name = arm_ink(place, dark=dark), words(row["group"])
        drawn.add_scatter(
            x=[*row["share"], *row["share"][::-1]], y=[*row["low"], *row["high"][::-1]], fill="toself", mode="none",
            line={"shape": "hvh"},
            fillcolor=tinted(line, 0.25), legendgroup=row["group"], showlegend=False, hoverinfo="skip",
        )  # fmt: skip
        drawn.add_scatter(
            x=row["share"], y=row["mean"], mode="lines",
            line={"shape": "hvh", "width": 3, "color": line, "dash": DASHES[place % 4]},
            name=f"{name}, mean of {row['n']:,}", legendgroup=row["group"],
            hovertemplate=f"{name}: mean depth %{{y:.2f}} at %{{x:.0%}}<extra></extra>",
        )  # fmt: skip
    drawn.update_layout(showlegend=True, legend=LEGEND)
    deepest = max((depth for row in lines for _, depth in row["points"]), default=1)
    drawn.update_yaxes(title="open calls", dtick=1, range=[0.7, deepest + 0.3])
    drawn.update_xaxes(tickformat=".0%" if by_share else None, range=[-0.01, 1.01] if by_share else None)
    return drawn


def depth_points(rows: Sequence[Mapping[str, Any]], *, dark: bool) -> go.Figure:
    """Depth against length, a point for each task (or length), as large as it has episodes; its sign says how it ends.

    Rows have `task`, `n`, `acts`, `depth` and `success`; a click selects a point, `customdata` begins with its place.
    """
    drawn = figure(None, height=380, x_title="page actions")
    most = max((row["n"] for row in rows), default=1)
    for (least, name), slot, symbol in zip(SUCCEEDS, (3, 2, 8), ("circle", "diamond", "x"), strict=True):
        above = next((low for low, _ in reversed(SUCCEEDS) if low > least), 2.0)
        mine = [(at, row) for at, row in enumerate(rows) if least <= row["success"]["value"] < above]
        line = ink(slot, dark=dark)
        drawn.add_scatter(
            x=[row["acts"] for _, row in mine],
            y=[row["depth"] for _, row in mine],
            mode="markers",
            name=name,
            customdata=[[at, words(row["task"]), row["success"]["ok"], row["n"]] for at, row in mine],
            marker={
                "symbol": symbol,
                "size": [6 + 14 * (row["n"] / most) ** 0.5 for _, row in mine],
                "color": tinted(line, 0.6),
                "line": {"width": 1, "color": line},
            },
            hovertemplate="%{customdata[1]}: depth %{y:.2f}, %{x:g} page actions<br>%{customdata[2]:,} of "
            "%{customdata[3]:,} succeeded<extra></extra>",
        )
    drawn.update_layout(showlegend=True, legend={**LEGEND, "itemsizing": "constant"})
    drawn.update_yaxes(title="greatest depth", range=[0.7, max((row["depth"] for row in rows), default=1) + 0.3])
    return drawn


def _steps(
    rows: Sequence[Mapping[str, Any]], lift: float, *, by_share: bool
) -> tuple[list[float | None], list[float | None], list[str | None]]:
    """Lines of several episodes as one, with a gap after each; lifted a little so that groups stay apart."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    who: list[str | None] = []
    for row in rows:
        end = row["points"][-1][0]
        for at, depth in row["points"]:
            xs.append(at / end if by_share else at)
            ys.append(depth + lift)
            who.append(row["episode"])
        xs, ys, who = [*xs, None], [*ys, None], [*who, None]
    return xs, ys, who

"""Figures: the only place that imports Plotly. Each takes plain rows and draws; colours of policies are ui.theme's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from ui.theme import PALETTE, policy_colour

_LAYOUT: dict[str, Any] = {
    "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "showlegend": False,
}
QUIET = {"displayModeBar": False}
"""For charts to read or to click: no tool bar over them."""


WHY_COLOURS = {"pinned": 2, "call": 6, "widget": 1, "stop": 3, "near_miss": 8, "diverse": 4, "random": 5, "all": 7}
"""Why an example is shown, with its slot of the palette."""


def piece_tokens(rows: Sequence[Mapping[str, Any]], budget: int, names: Mapping[str, str], *, dark: bool) -> go.Figure:
    """Tokens of what each policy's prompt shows, stacked by why, and the budget as a line.

    Rows have `policy`, `tokens`, `shown` and `by_why` (tokens by reason); `names` says the reasons in words.
    """
    ordered = sorted(rows, key=lambda row: row["tokens"])
    figure = _figure(None, height=130 + 26 * len(rows), x_title="tokens in one prompt (estimate)")
    for why, slot in WHY_COLOURS.items():
        if any(why in row["by_why"] for row in rows):
            colour = PALETTE[slot].dark if dark else PALETTE[slot].light
            figure.add_bar(
                x=[row["by_why"].get(why, 0) for row in ordered],
                y=[row["policy"] for row in ordered],
                name=names[why],
                orientation="h",
                marker_color=colour,
                hovertemplate=f"%{{y}}, {names[why]}: about %{{x:,}} tokens<extra></extra>",
            )
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "traceorder": "normal"}
    figure.update_layout(barmode="stack", showlegend=True, legend=legend)
    figure.add_vline(x=budget, line={"dash": "dot", "width": 1, "color": "#808080"}, annotation_text="budget")
    return figure


SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x", "star", "hexagon", "triangle-down")
"""What tells arms apart beside their colours."""


def shares(rows: Sequence[Mapping[str, Any]], *, x_title: str, dark: bool) -> go.Figure:
    """Shares of several arms, one line for each thing they are of, with 95 % intervals; the first thing on top.

    Rows have `arm`, `of`, `value`, `low`, `high` (0 to 1), `ok` and `n`.
    """
    arms, things = (list(dict.fromkeys(row[name] for row in rows)) for name in ("arm", "of"))
    figure = _figure(None, height=140 + len(things) * (18 + 15 * len(arms)), x_title=x_title)
    for place, arm in enumerate(arms):
        mine = [row for row in rows if row["arm"] == arm]
        colour = PALETTE[1 + place % (len(PALETTE) - 1)]
        lift = min(0.2, 0.8 / len(arms)) * (place - (len(arms) - 1) / 2)
        figure.add_scatter(
            x=[row["value"] for row in mine],
            y=[things.index(row["of"]) + lift for row in mine],
            name=arm,
            mode="markers",
            marker={"size": 9, "symbol": SYMBOLS[place % len(SYMBOLS)], "color": colour.dark if dark else colour.light},
            error_x={**_between(mine), "thickness": 1.2, "width": 3},
            customdata=[[row["of"], row["ok"], row["n"]] for row in mine],
            hovertemplate=f"{arm}<br>%{{customdata[0]}}: %{{customdata[1]}} of %{{customdata[2]}}<extra></extra>",
        )
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
    figure.update_layout(showlegend=len(arms) > 1, legend=legend)
    figure.update_yaxes(
        tickvals=list(range(len(things))), ticktext=things, range=[len(things) - 0.4, -0.6], zeroline=False
    )
    figure.update_xaxes(range=[-0.03, 1.03], tickformat=".0%")
    return figure


def matrix(rows: Sequence[Mapping[str, Any]], *, dark: bool) -> go.Figure:
    """Shares as squares, the better the fuller: a line for each thing and arm, a column for each place.

    Rows have `of`, `arm`, `where`, `value` (0 to 1), `ok` and `n`.
    """
    lines = list(dict.fromkeys((row["of"], row["arm"]) for row in rows))
    places = list(dict.fromkeys(row["where"] for row in rows))
    heights = {line: place + 0.6 * len({of for of, _ in lines[: place + 1]}) for place, line in enumerate(lines)}
    full = policy_colour("fill_text", dark=dark)
    figure = _figure(None, height=150 + 40 * round(max(heights.values(), default=0)), x_title="played in")
    figure.add_scatter(
        x=[places.index(row["where"]) for row in rows],
        y=[heights[row["of"], row["arm"]] for row in rows],
        mode="markers+text",
        text=[f"{row['ok']}/{row['n']}" for row in rows],
        textfont={"color": "#e8eaee" if dark else "#16181c", "size": 13},
        marker={
            "symbol": "square",
            "size": 34,
            "color": [_tinted(full, 0.06 + 0.6 * row["value"]) for row in rows],
            "line": {"width": 1, "color": _tinted(full, 0.5)},
        },
        customdata=[[row["of"], row["arm"], row["where"]] for row in rows],
        hovertemplate="%{customdata[0]}, %{customdata[1]}<br>in %{customdata[2]}: %{text} succeeded<extra></extra>",
    )
    ticks = [f"<b>{of}</b>, {arm}" for of, arm in lines]
    bare = {"showgrid": False, "zeroline": False}
    figure.update_yaxes(tickvals=list(heights.values()), ticktext=ticks, autorange="reversed", **bare)
    names = [place.replace(":", ":<br>") for place in places]
    figure.update_xaxes(tickvals=list(range(len(places))), ticktext=names, range=_room(places), **bare)
    figure.update_xaxes(side="top", tickangle=0)
    return figure


def curve(lines: Mapping[str, Sequence[tuple[float, float]]], *, x_title: str, y_title: str, dark: bool) -> go.Figure:
    """Shares (0 to 1) that change with a count: points (count, share) of each named line."""
    figure = _figure(None, height=300, x_title=x_title)
    for place, (name, points) in enumerate(lines.items()):
        colour = PALETTE[1 + place % (len(PALETTE) - 1)]
        figure.add_scatter(
            x=[x for x, _ in points],
            y=[y for _, y in points],
            name=name,
            mode="lines+markers",
            marker={"size": 7, "symbol": SYMBOLS[place % len(SYMBOLS)]},
            line={"color": colour.dark if dark else colour.light},
            hovertemplate=f"{name}<br>%{{x:,}}: %{{y:.0%}}<extra></extra>",
        )
    figure.update_layout(showlegend=len(lines) > 1, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    figure.update_yaxes(range=[-0.03, 1.03], tickformat=".0%", title=y_title)
    return figure


def calls_between(rows: Sequence[Mapping[str, Any]], *, dark: bool) -> go.Figure:
    """Which policy called which: a square each, by how often; a click selects it, `customdata` is (caller, callee).

    Rows have `caller`, `callee`, `calls` and `success` (a share with `ok` and `n`).
    """
    most = max((row["calls"] for row in rows), default=1)
    callers, callees = (list(dict.fromkeys(row[name] for row in rows)) for name in ("caller", "callee"))
    points = go.Scatter(
        x=[row["callee"] for row in rows],
        y=[row["caller"] for row in rows],
        mode="markers+text",
        text=[f"{row['calls']:,}" for row in rows],
        textfont={"color": "#e8eaee" if dark else "#16181c", "size": 12},
        customdata=[[row["caller"], row["callee"], row["success"]["ok"], row["success"]["n"]] for row in rows],
        marker={
            "symbol": "square",
            "size": 42,
            "color": [
                _tinted(policy_colour(row["callee"], dark=dark), 0.15 + 0.45 * (row["calls"] / most) ** 0.5)
                for row in rows
            ],
        },
        unselected={"marker": {"opacity": 0.7}},
        hovertemplate="%{customdata[0]} called %{customdata[1]} %{text} times; "
        "%{customdata[2]:,} of the %{customdata[3]:,} episodes succeeded<extra></extra>",
    )
    figure = _figure(points, height=110 + 50 * len(callers), x_title="called")
    bare: dict[str, Any] = {"categoryorder": "array", "showgrid": False, "zeroline": False}
    figure.update_xaxes(categoryarray=callees, range=_room(callees), side="top", **bare)
    figure.update_yaxes(categoryarray=callers[::-1], range=_room(callers), title="caller", **bare)
    return figure


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
        text=[row["path"][-1] for row in rows],
        textposition="inside",
        insidetextanchor="start",
        textangle=0,
        textfont={"color": "#e8eaee" if dark else "#16181c", "size": 12},
        customdata=[
            [place, " › ".join(row["path"]), row["calls"], row["success"]["ok"], row["success"]["n"]]
            for place, row in enumerate(rows)
        ],
        marker={
            "color": [_tinted(policy_colour(row["path"][-1], dark=dark), 0.4) for row in rows],
            "line": {"width": 1, "color": [policy_colour(row["path"][-1], dark=dark) for row in rows]},
        },
        unselected={"marker": {"opacity": 0.7}},
        hovertemplate=f"%{{customdata[1]}}<br>%{{x:,}} {measure}, %{{customdata[2]:,}} calls; %{{customdata[3]:,}} of "
        "%{customdata[4]:,} episodes succeeded<extra></extra>",
    )
    figure = _figure(bars, height=70 + 40 * depth, x_title=measure)
    figure.update_yaxes(
        autorange="reversed", title="depth", tickvals=list(range(1, depth + 1)), showgrid=False, zeroline=False
    )
    figure.update_xaxes(showgrid=False, range=[0, max((row["left"] + row["width"] for row in rows), default=1)])
    figure.update_layout(uniformtext={"minsize": 10, "mode": "hide"})
    return figure


def depth_lines(
    lines: Sequence[Mapping[str, Any]], profiles: Sequence[Mapping[str, Any]], *, by_share: bool, dark: bool
) -> go.Figure:
    """Stack depth over the course of episodes: thin step lines, and each group's mean as a thick one by share.

    `lines` have `episode`, `group` and `points` (step, depth) at change points; `profiles` have `group`, `n`, `share`,
    `mean`, `low` and `high`. A click on a corner of a line selects it; `customdata` is the episode.
    """
    groups = list(dict.fromkeys(row["group"] for row in profiles))
    figure = _figure(None, height=380, x_title="share of the episode" if by_share else "step")
    for place, group in enumerate(groups):
        colour = PALETTE[1 + place % (len(PALETTE) - 1)]
        ink = colour.dark if dark else colour.light
        lift = 0.03 * (place - (len(groups) - 1) / 2)
        xs, ys, who = _steps([row for row in lines if row["group"] == group], lift, by_share=by_share)
        figure.add_scatter(
            x=xs, y=ys, customdata=who, mode="lines+markers", name=group, legendgroup=group, showlegend=not by_share,
            line={"shape": "hv", "width": 1, "color": _tinted(ink, 0.35 if by_share else 0.6)},
            marker={"size": 5, "symbol": SYMBOLS[place % len(SYMBOLS)], "color": _tinted(ink, 0.5)},
            hovertemplate=f"{group}: depth %{{y:.0f}}<br>%{{customdata}}<extra></extra>",
        )  # fmt: skip
    for place, row in enumerate(profiles if by_share else ()):
        colour = PALETTE[1 + place % (len(PALETTE) - 1)]
        ink = colour.dark if dark else colour.light
        figure.add_scatter(
            x=[*row["share"], *row["share"][::-1]], y=[*row["low"], *row["high"][::-1]], fill="toself", mode="none",
            fillcolor=_tinted(ink, 0.25), legendgroup=row["group"], showlegend=False, hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(
            x=row["share"], y=row["mean"], mode="lines", line={"width": 3, "color": ink, "dash": DASHES[place % 4]},
            name=f"{row['group']}, mean of {row['n']:,}", legendgroup=row["group"],
            hovertemplate=f"{row['group']}: mean depth %{{y:.2f}} at %{{x:.0%}}<extra></extra>",
        )  # fmt: skip
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    figure.update_layout(showlegend=True, legend=legend)
    deepest = max((depth for row in lines for _, depth in row["points"]), default=1)
    figure.update_yaxes(title="open calls", dtick=1, range=[0.7, deepest + 0.3])
    figure.update_xaxes(tickformat=".0%" if by_share else None, range=[-0.01, 1.01] if by_share else None)
    return figure


DASHES = ("solid", "dash", "dot", "dashdot")


def depth_points(rows: Sequence[Mapping[str, Any]], *, dark: bool) -> go.Figure:
    """Depth against length, a point for each task (or length), as large as it has episodes; its sign says how it ends.

    Rows have `task`, `n`, `acts`, `depth` and `success`; a click selects a point, `customdata` begins with its place.
    """
    figure = _figure(None, height=380, x_title="page actions")
    most = max((row["n"] for row in rows), default=1)
    for (least, name), slot, symbol in zip(SUCCEEDS, (3, 2, 8), ("circle", "diamond", "x"), strict=True):
        above = next((low for low, _ in reversed(SUCCEEDS) if low > least), 2.0)
        mine = [(at, row) for at, row in enumerate(rows) if least <= row["success"]["value"] < above]
        colour = PALETTE[slot]
        figure.add_scatter(
            x=[row["acts"] for _, row in mine],
            y=[row["depth"] for _, row in mine],
            mode="markers",
            name=name,
            customdata=[[at, row["task"], row["success"]["ok"], row["n"]] for at, row in mine],
            marker={
                "symbol": symbol,
                "size": [6 + 14 * (row["n"] / most) ** 0.5 for _, row in mine],
                "color": _tinted(colour.dark if dark else colour.light, 0.6),
                "line": {"width": 1, "color": colour.dark if dark else colour.light},
            },
            hovertemplate="%{customdata[1]}: depth %{y:.2f}, %{x:g} page actions<br>%{customdata[2]:,} of "
            "%{customdata[3]:,} succeeded<extra></extra>",
        )
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "itemsizing": "constant"}
    figure.update_layout(showlegend=True, legend=legend)
    figure.update_yaxes(title="greatest depth", range=[0.7, max((row["depth"] for row in rows), default=1) + 0.3])
    return figure


SUCCEEDS = ((0.9, "9 of 10 succeed"), (0.5, "half or more"), (0.0, "fewer than half"))
"""How often what is behind a point succeeds: from which share on, and in words."""


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


def over_time(rows: Sequence[Mapping[str, Any]], *, title: str, dark: bool) -> go.Figure:
    """A measure by week or label run with its interval; rows have `at`, `value`, `low`, `high` (0 to 1) and `n`."""
    points = go.Scatter(
        x=[row["at"] for row in rows],
        y=[row["value"] for row in rows],
        mode="lines+markers",
        customdata=[[row["n"], row["low"], row["high"]] for row in rows],
        marker={"size": 9, "color": policy_colour("fill_text", dark=dark)},
        error_y=_between(rows),
        hovertemplate=(
            "%{x}: %{y:.2f} (%{customdata[1]:.2f} to %{customdata[2]:.2f}), "
            "%{customdata[0]} demonstrations<extra></extra>"
        ),
    )
    figure = _figure(points, height=260, x_title="")
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[-0.03, 1.03], title=title)
    return figure


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
        x=[labels[j] for _, j in cells],
        y=[labels[i] for i, _ in cells],
        mode="markers+text",
        text=[f"{counts[i][j]:.0f}" for i, j in cells],
        customdata=[[labels[i], labels[j], 100 * counts[i][j] / most[i]] for i, j in cells],
        textfont={"color": "#e8eaee" if dark else "#16181c", "size": 13},
        marker={
            "symbol": "square",
            "size": size,
            "color": [_tinted(agreed if i == j else differs, 0.12 + 0.38 * counts[i][j] / most[i]) for i, j in cells],
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 0.6}},
        hovertemplate="%{text} steps: %{customdata[0]}, and %{customdata[1]} for the other side "
        "(%{customdata[2]:.0f} % of its row)<extra></extra>",
    )
    figure = _figure(points, height=150 + (size + 8) * len(labels), x_title=sides[1])
    figure.update_xaxes(
        categoryorder="array", categoryarray=list(labels), tickangle=-35, showgrid=False, range=_room(labels)
    )
    figure.update_yaxes(
        categoryorder="array", categoryarray=list(labels)[::-1], title=sides[0], showgrid=False, range=_room(labels)
    )
    return figure


def reliability(raw: Sequence[Mapping[str, Any]], calibrated: Sequence[Mapping[str, Any]], *, dark: bool) -> go.Figure:
    """Confidence against the share that was right, before and after; bins have `confidence`, `right` and `n`."""
    figure = _figure(_bins(raw, "as it is", "circle-open", policy_colour("choose_date", dark=dark)), height=360,
                     x_title="confidence")  # fmt: skip
    if calibrated:
        figure.add_trace(_bins(calibrated, "calibrated", "circle", policy_colour("fill_text", dark=dark)))
    figure.add_shape(type="line", x0=0, y0=0, x1=1, y1=1, line={"dash": "dot", "width": 1, "color": "#888888"})
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.08, "x": 0})
    figure.update_xaxes(range=[-0.03, 1.03])
    figure.update_yaxes(range=[-0.03, 1.03], title="share that was right")
    return figure


def as_page(figure: go.Figure, title: str, above: str) -> str:
    """A figure as a whole HTML page with Plotly inside it; `above` is HTML."""
    drawn = figure.to_html(full_html=False, include_plotlyjs=True, config={"displaylogo": False})
    style = (
        "body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem}"
    )
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{style}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{above}\n{drawn}\n</body></html>\n'


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


def _tinted(colour: str, opacity: float) -> str:
    """A hex colour as rgba: the text on it stays as it is."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:.2f})"


def _between(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Error bars from `low` to `high` around `value`."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [row["high"] - row["value"] for row in rows],
        "arrayminus": [row["value"] - row["low"] for row in rows],
    }


def _room(labels: Sequence[str]) -> list[float]:
    return [-0.6, len(labels) - 0.4]


def _figure(trace: Any, *, height: int, x_title: str) -> go.Figure:
    figure = go.Figure(trace, {**_LAYOUT, "height": height})
    figure.update_xaxes(title=x_title)
    figure.update_yaxes(automargin=True)
    return figure

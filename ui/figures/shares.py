"""Figures of runs and prompts: shares of arms with their intervals, squares, curves, tokens of prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from ui.figures.drawing import LEGEND, SYMBOLS, arm_ink, between, figure, ink, on_square, room, tinted, words
from ui.theme import policy_colour

WHY_COLOURS = {"pinned": 2, "call": 6, "widget": 1, "stop": 3, "near_miss": 8, "diverse": 4, "random": 5, "all": 7}
"""Why an example is shown, with its slot of the palette."""


def piece_tokens(rows: Sequence[Mapping[str, Any]], budget: int, names: Mapping[str, str], *, dark: bool) -> go.Figure:
    """Tokens of what each policy's prompt shows, stacked by why, and the budget as a line.

    Rows have `policy`, `tokens`, `shown` and `by_why` (tokens by reason); `names` says the reasons in words.
    """
    ordered = sorted(rows, key=lambda row: row["tokens"])
    drawn = figure(None, height=130 + 26 * len(rows), x_title="tokens in one prompt (estimate)")
    for why, slot in WHY_COLOURS.items():
        if any(why in row["by_why"] for row in rows):
            drawn.add_bar(
                x=[row["by_why"].get(why, 0) for row in ordered],
                y=[words(row["policy"]) for row in ordered],
                name=names[why],
                orientation="h",
                marker_color=ink(slot, dark=dark),
                hovertemplate=f"%{{y}}, {names[why]}: about %{{x:,}} tokens<extra></extra>",
            )
    drawn.update_layout(barmode="stack", showlegend=True, legend={**LEGEND, "traceorder": "normal"})
    drawn.add_vline(x=budget, line={"dash": "dot", "width": 1, "color": "#808080"}, annotation_text="budget")
    return drawn


def shares(rows: Sequence[Mapping[str, Any]], *, x_title: str, dark: bool) -> go.Figure:
    """Shares of several arms, one line for each thing they are of, with 95 % intervals; the first thing on top.

    Rows have `arm`, `of`, `value`, `low`, `high` (0 to 1), `ok` and `n`; a click selects a point, `customdata` begins
    with its place among the rows.
    """
    arms, things = (list(dict.fromkeys(row[name] for row in rows)) for name in ("arm", "of"))
    drawn = figure(None, height=140 + len(things) * (18 + 15 * len(arms)), x_title=x_title)
    for place, arm in enumerate(arms):
        mine = [(at, row) for at, row in enumerate(rows) if row["arm"] == arm]
        line = arm_ink(place, dark=dark)
        lift = min(0.2, 0.8 / len(arms)) * (place - (len(arms) - 1) / 2)
        drawn.add_scatter(
            x=[row["value"] for _, row in mine],
            y=[things.index(row["of"]) + lift for _, row in mine],
            name=words(arm),
            mode="markers",
            marker={"size": 9, "symbol": SYMBOLS[place % len(SYMBOLS)], "color": line},
            error_x={**between([row for _, row in mine]), "thickness": 1.2, "width": 3},
            customdata=[[at, words(row["of"]), row["ok"], row["n"]] for at, row in mine],
            hovertemplate="%{fullData.name}<br>%{customdata[1]}: %{customdata[2]} of %{customdata[3]}<extra></extra>",
        )
    drawn.update_layout(showlegend=len(arms) > 1, legend={**LEGEND, "traceorder": "normal"})
    drawn.update_yaxes(
        tickvals=list(range(len(things))),
        ticktext=list(map(words, things)),
        range=[len(things) - 0.4, -0.6],
        zeroline=False,
    )
    drawn.update_xaxes(range=[-0.03, 1.03], tickformat=".0%")
    return drawn


def matrix(rows: Sequence[Mapping[str, Any]], *, dark: bool) -> go.Figure:
    """Shares as squares, the better the fuller: a line for each thing and arm, a column for each place.

    Rows have `of`, `arm`, `where`, `value` (0 to 1), `ok` and `n`.
    """
    lines = list(dict.fromkeys((row["of"], row["arm"]) for row in rows))
    places = list(dict.fromkeys(row["where"] for row in rows))
    heights = {line: place + 0.6 * len({of for of, _ in lines[: place + 1]}) for place, line in enumerate(lines)}
    full = policy_colour("fill_text", dark=dark)
    drawn = figure(None, height=150 + 40 * round(max(heights.values(), default=0)), x_title="played in")
    drawn.add_scatter(
        x=[places.index(row["where"]) for row in rows],
        y=[heights[row["of"], row["arm"]] for row in rows],
        mode="markers+text",
        text=[f"{row['ok']}/{row['n']}" for row in rows],
        textfont=on_square(13, dark=dark),
        marker={
            "symbol": "square",
            "size": 34,
            "color": [tinted(full, 0.06 + 0.6 * row["value"]) for row in rows],
            "line": {"width": 1, "color": tinted(full, 0.5)},
        },
        customdata=[[words(row[name]) for name in ("of", "arm", "where")] for row in rows],
        hovertemplate="%{customdata[0]}, %{customdata[1]}<br>in %{customdata[2]}: %{text} succeeded<extra></extra>",
    )
    ticks = [f"<b>{words(of)}</b>, {words(arm)}" for of, arm in lines]
    bare = {"showgrid": False, "zeroline": False}
    drawn.update_yaxes(tickvals=list(heights.values()), ticktext=ticks, autorange="reversed", **bare)
    names = [words(place).replace(":", ":<br>") for place in places]
    drawn.update_xaxes(tickvals=list(range(len(places))), ticktext=names, range=room(places), **bare)
    drawn.update_xaxes(side="top", tickangle=0)
    return drawn


def curve(lines: Mapping[str, Sequence[tuple[float, float]]], *, x_title: str, y_title: str, dark: bool) -> go.Figure:
    """Shares (0 to 1) that change with a count: points (count, share) of each named line."""
    drawn = figure(None, height=300, x_title=x_title)
    for place, (name, points) in enumerate(lines.items()):
        line = arm_ink(place, dark=dark)
        drawn.add_scatter(
            x=[x for x, _ in points],
            y=[y for _, y in points],
            name=words(name),
            mode="lines+markers",
            marker={"size": 7, "symbol": SYMBOLS[place % len(SYMBOLS)]},
            line={"color": line},
            hovertemplate=f"{words(name)}<br>%{{x:,}}: %{{y:.0%}}<extra></extra>",
        )
    drawn.update_layout(showlegend=len(lines) > 1, legend=LEGEND)
    drawn.update_yaxes(range=[-0.03, 1.03], tickformat=".0%", title=y_title)
    return drawn


def as_page(figure: go.Figure, title: str, above: str) -> str:
    """A figure as a whole HTML page with Plotly inside it; `above` is HTML."""
    drawn = figure.to_html(full_html=False, include_plotlyjs=True, config={"displaylogo": False})
    style = (
        "body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem}"
    )
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{style}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{above}\n{drawn}\n</body></html>\n'

"""The Stacks screen's figures: depth over time, against length, and with success; each point leads to its episodes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from flows.understand import stacks
from flows.understand.stack_facts import Asked, Counted
from traces.sentences import counted
from ui import episode_list
from ui.figures.drawing import QUIET
from ui.figures.shares import shares
from ui.figures.stacks import depth_lines, depth_points
from ui.picking import newest
from ui.plain import plain
from wiring import Parts

ALIGN = ("share of the episode", "step")
POINTS = ("tasks", "lengths")


def show(parts: Parts, known: Counted, asked: Asked) -> None:
    """What the episodes say, in words and in three figures."""
    with st.spinner("Computing what depth goes with…"):
        said = known.answer(asked, stacks.sentences)
    st.markdown("\n".join(f"- {plain(one)}" for one in said))
    st.caption(
        f"{counted(len(known.attempts(asked)), 'ended episode')}. "
        "Rank correlations are Spearman's, with 95 % bootstrap intervals; "
        "depth 1 is the planner alone. Harder tasks are longer and deeper, so success is compared within tasks."
    )
    dark = st.context.theme.type == "dark"
    _over_time(parts, known, asked, dark=dark)
    left, right = st.columns(2, gap="medium")
    with left:
        by_length = _length(known, asked, dark=dark)
    with right:
        by_depth = _success(known, asked, dark=dark)
    behind = newest("stacks_behind", length=by_length, depth=by_depth)
    if behind is None:
        st.caption("Click a point of a figure for the episodes behind it.")
    else:
        episode_list.show(parts, behind[0], behind[1], "stacks_behind")


def _over_time(parts: Parts, known: Counted, asked: Asked, *, dark: bool) -> None:
    st.subheader("Depth over time", anchor=False)
    with st.container(horizontal=True):
        group = (
            st.segmented_control("Lines by", list(stacks.GROUPS), default="outcome", key="stacks_group") or "outcome"
        )
        align = st.segmented_control("Aligned by", ALIGN, default=ALIGN[0], key="stacks_align") or ALIGN[0]
    told = known.answer(asked, stacks.over_time, group)
    figure = depth_lines(told["lines"], told["profiles"], by_share=align == ALIGN[0], dark=dark)
    event = _selectable(figure, f"stacks_lines_{group}_{align}")
    left_out = f" The {told['left_out']} smallest groups are not drawn." if told["left_out"] else ""
    thick = "; the thick ones are means of all, with 95 % intervals" if align == ALIGN[0] else ""
    st.caption(f"{counted(len(told['lines']), 'thin line')}, each an episode{thick}.{left_out} Click a corner of one.")
    points = [one["customdata"] for one in event["selection"]["points"] if one.get("customdata")]
    if points:
        names = [point if isinstance(point, str) else point[0] for point in points]
        episode_list.show(parts, "Chosen", list(dict.fromkeys(names)), "stacks_line")


def _length(known: Counted, asked: Asked, *, dark: bool) -> tuple[str, list[str]] | None:
    st.subheader("Depth against length", anchor=False)
    what = st.segmented_control("Points are", POINTS, default=POINTS[0], key="stacks_points") or POINTS[0]
    rows = known.answer(asked, stacks.tasks if what == POINTS[0] else stacks.cells)
    event = _selectable(depth_points(rows, dark=dark), f"stacks_length_{what}")
    points = event["selection"]["points"]
    if not points:
        return None
    row = rows[int(points[0]["customdata"][0])]
    return row["task"], list(row["episodes"])[::-1]


def _success(known: Counted, asked: Asked, *, dark: bool) -> tuple[str, list[str]] | None:
    st.subheader("Success by depth", anchor=False)
    rows = [{**row, "arm": row["with"], "of": f"depth {row['depth']}"} for row in known.answer(asked, stacks.depths)]
    rows.sort(key=lambda row: row["depth"])
    event = _selectable(shares(rows, x_title="success, with 95 % interval", dark=dark), "stacks_success")
    st.caption(
        "All tasks together: deep episodes are of other tasks than flat ones. The sentence above compares within."
    )
    points = event["selection"]["points"]
    if not points:
        return None
    row = rows[int(points[0]["customdata"][0])]
    return f"Greatest {row['of']} with {row['arm']}", list(row["episodes"])[::-1]


def _selectable(figure: Any, key: str) -> Any:
    return st.plotly_chart(figure, key=key, on_select="rerun", selection_mode="points", config=QUIET)

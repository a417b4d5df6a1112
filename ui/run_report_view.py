"""A run's report on the Run screen: by task and arm, its course, arms in pairs, failures that open Replay."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import streamlit as st

from flows.run import run_report, run_rows
from flows.run.run_facts import Facts
from traces.sentences import counted
from ui.figures.drawing import QUIET
from ui.figures.shares import curve, shares
from ui.plain import plain
from ui.urls import open_replay
from wiring import Parts

TABS = ("By task", "Course", "Failures", "Table")
SHOWN = 6
"""Failed episodes a kind of failure names."""


def show(parts: Parts) -> None:
    """Which run, and its report; nothing where there is no run yet."""
    rows = {row["id"]: row for row in run_rows.listed(parts)}
    if not rows:
        return
    linked = st.query_params.get("run")
    chosen = str(linked if linked in rows else next(iter(rows)))
    st.session_state["run_report"] = chosen
    st.subheader("Report", anchor=False)
    st.selectbox(
        "Run", list(rows), key="run_report", on_change=_choose, format_func=lambda key: f"{key} · {said(rows[key])}",
        label_visibility="collapsed",
    )  # fmt: skip
    told = run_report.report(parts, chosen)
    if not told["finished"]:
        st.caption("No episode of it is finished yet.")
        return
    _overall(told)
    view = st.segmented_control("View", TABS, default=TABS[0], key="report_view", label_visibility="collapsed")
    dark = st.context.theme.type == "dark"
    if view == "Course":
        _course(parts, chosen, dark=dark)
    elif view == "Failures":
        _failures(told)
    elif view == "Table":
        _table(told)
    else:
        both = [*told["overall"], *told["tasks"]]
        found = [{**row, "of": row["task"], "value": row["ok"] / row["n"]} for row in both if row["n"]]
        st.plotly_chart(shares(found, x_title="success, with 95 % interval", dark=dark), key="report", config=QUIET)
    st.download_button("Markdown", run_report.markdown(told), f"{chosen}.md", icon=":material/download:")


def _choose() -> None:
    st.query_params["run"] = st.session_state["run_report"]


def said(row: dict[str, Any]) -> str:
    """A run in one line, without its id."""
    tasks = ", ".join(row["environments"][:3]) + (" …" if len(row["environments"]) > 3 else "")
    played = ", ".join(arm.title for arm in run_rows.arms_of(row))
    return f"{row['status']} · {played} · {counted(len(row['seeds']), 'seed')} · {tasks}"


def _overall(told: dict[str, Any]) -> None:
    """A number for each arm, and how far arms are apart."""
    with st.container(horizontal=True):
        for row in told["overall"]:
            cost = "cost unknown" if row["cost"] is None else f"${row['cost']:.4g}"
            ms = "" if row["decide_ms"] is None else f" · {row['decide_ms']:.3g} ms a decision"
            with st.container(border=True):
                st.metric(plain(row["arm"]), f"{row['ok']} of {row['n']}")
                st.caption(
                    f"{row['low']:.0%} to {row['high']:.0%} · {counted(row['errors'], 'error')} · depth {row['depth']}"
                    f" · {row['calls'] or 0:.1f} calls an episode · {cost}{ms}"
                )
    for one in told["differences"]:
        sure = "more than chance" if one["p"] < 0.05 else "could be chance"
        st.caption(
            f"{plain(one['arm'])} against {plain(one['against'])} "
            f"on {counted(one['n'], 'pair')}: {one['difference']:+.2f} "
            f"({one['low']:+.2f} to {one['high']:+.2f}); only the one {one['better']}, only the other {one['worse']}, "
            f"{chance(one['p'])}: {sure}"
        )


def chance(p: float) -> str:
    """A p value in words.

    >>> chance(0.00004), chance(0.25)
    ('p < 0.001', 'p = 0.250')
    """
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _course(parts: Parts, run: str, *, dark: bool) -> None:
    """Success so far, in the order in which episodes ended."""
    lines = {}
    for arm, found in run_report.by_arm(parts, run).items():
        ended = sorted(found, key=lambda one: one.episode.ended or 0.0)
        lines[arm] = [(n, ok / n) for n, ok in enumerate(accumulate(_successes(ended)), 1)]
    figure = curve(lines, x_title="episodes finished", y_title="success so far", dark=dark)
    st.plotly_chart(figure, key="report_course", config=QUIET)


def _successes(found: list[Facts]) -> list[int]:
    return [int(one.success) for one in found]


def _failures(told: dict[str, Any]) -> None:
    """Each kind with its episodes, one press from Replay."""
    if not told["failures"]:
        st.caption("No finished episode failed.")
    for place, one in enumerate(told["failures"]):
        with st.container(border=True):
            st.markdown(
                f"**{one['n']}** · ended by *{plain(one['end'])}* · {plain(one['policy'])} on top · "
                f"last {plain(one['action'])}"
            )
            st.caption(plain(", ".join(f"{task} {n}" for task, n in list(one["tasks"].items())[:8])))
            with st.container(horizontal=True):
                for episode in one["episodes"][:SHOWN]:
                    if st.button(episode[4:12], key=f"failure_{place}_{episode}", icon=":material/layers:"):
                        open_replay(episode)


def _table(told: dict[str, Any]) -> None:
    names = ("task", "arm", "ok", "n", "low", "high", "errors", "reward", "partial", "depth", "steps", "calls", "asked",
             "tokens", "cost", "decide_ms", "seconds")  # fmt: skip
    rows = [{name: row[name] for name in names} for row in (*told["overall"], *told["tasks"])]
    st.dataframe(rows, hide_index=True)
    means = "Means an episode, but for cost (dollars in all), depth (the deepest) and decide_ms (the median)."
    st.caption(plain(means + run_report.played(told["terms"])))

"""The scorecard on the Policies screen: each policy's figures, who calls whom, call trees, two arms side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from analysis.frame_facts import Attempt
from flows.understand import scorecard, stack_facts
from store.filters import Filter
from ui import episode_list
from ui.figures.drawing import QUIET
from ui.figures.stacks import calls_between, icicle
from ui.gathering import Narrowing, gathered
from ui.picking import newest
from ui.policies.side_by_side import show_sides
from ui.resources import resources
from ui.shell import empty
from ui.urls import keep_in_address

SHARES = ("began", "returned", "empty", "abandoned", "loops", "no_effect", "no_target")
VIEWS = ("Table", "Callers", "Call trees", "Side by side")
MEASURES = {"steps": "steps", "tokens": "tokens", "calls": "calls"}
NOTHING = "Run the agent or bring runs in; then the calls of each policy are counted here."
CONFOUNDED = (
    "**⚠ Harder tasks call more policies.** Episodes in which policies with this sign were called end otherwise than "
    "the rest, but not so when only episodes of one task are compared: the tasks differ, not what the policy does. "
    "*Within tasks* is the difference that counts (Mantel-Haenszel, 95 % interval)."
)


def show() -> None:
    """The scorecard of the episodes the person chose."""
    parts = resources()
    narrowing = Narrowing("scorecard", "actor", "run", "task", "policy_set", "prompt_set", "model")
    all_read = gathered(parts, narrowing.asked.actor)
    with st.spinner("Looking for episodes…"):
        known = stack_facts.now(parts)
    asked = narrowing.draw(known)
    keep_in_address({"view": "scorecard", "show": st.query_params.get("show"), **narrowing.query})
    found = known.attempts(asked)
    if not found:
        if all_read and narrowing.used and parts.episodes.catalogue.lists.count(Filter()):
            st.info("No ended episode fits these filters. Clear one of them.", icon=":material/filter_alt_off:")
        elif all_read:
            empty("No calls to count yet", NOTHING, "run", "home", "import")
        return
    view = _view(narrowing)
    with st.spinner("Counting calls…"):
        told = known.answer(asked, scorecard.scorecard)
    if view == "Callers":
        _callers(told)
    elif view == "Call trees":
        _trees(told)
    elif view == "Side by side":
        show_sides(found)
    else:
        _table(told, found)


def _view(narrowing: Narrowing) -> str:
    """Which of the views; the address says it too, and decides where it has changed."""
    said = st.query_params.get("show")
    if st.session_state.get("scorecard_show") != said or "scorecard_view" not in st.session_state:
        st.session_state["scorecard_view"] = said if said in VIEWS else VIEWS[0]
    view = st.segmented_control("Show", VIEWS, key="scorecard_view", label_visibility="collapsed") or VIEWS[0]
    kept = None if view == VIEWS[0] else view
    keep_in_address({"view": "scorecard", "show": kept, **narrowing.query})
    st.session_state["scorecard_show"] = kept
    return view


def _table(told: dict[str, Any], found: Sequence[Attempt]) -> None:
    base = told["base"]
    st.caption(
        f"{told['episodes']:,} ended episodes, {base['value']:.1%} succeeded ({base['low']:.1%} to {base['high']:.1%})."
    )
    if any(one["confounded"] for one in told["policies"]):
        st.warning(CONFOUNDED)
    chosen = st.dataframe(
        _cells(told["policies"]),
        hide_index=True,
        height="content",
        key="scorecard_table",
        on_select="rerun",
        selection_mode="single-row",
        placeholder="",
        column_config=COLUMNS,
    )
    place = next(iter(chosen.selection.rows), None)
    if place is None or place >= len(told["policies"]):
        st.caption("Choose a row for the episodes behind it; the failures that begin in it come first.")
        return
    _behind(told["policies"][place], found)


def _behind(one: dict[str, Any], found: Sequence[Attempt]) -> None:
    mine = {}
    for attempt in reversed(found):
        frames = [f for f in attempt.frames if (f.policy, f.version) == (one["policy"], one["version"])]
        if frames:
            began = attempt.began_in()
            mine[attempt.id] = (began not in frames, attempt.success, frames[0].uid)
    order = sorted(mine, key=lambda episode: mine[episode][:2])
    title = f"{one['policy']} was called"
    steps = [mine[episode][2] for episode in order]
    episode_list.show(resources(), title, order, f"scorecard_behind_{one['policy']}_{one['version']}", steps)


def _cells(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The table's rows; what no model was paid for is left out."""
    spent = [name for name in ("tokens", "cost") if any(one[name] for one in rows)]
    return [
        {
            "policy": ("⚠ " if one["confounded"] else "") + one["policy"],
            "version": one["version"],
            "calls": one["calls"],
            "success": f"{one['success']['value']:.0%} ({_between(one['success'])})",
            "otherwise": "" if one["others"]["value"] is None else f"{one['others']['value']:.0%}",
            "within": _compared(one["within"]),
            **{name: _percent(one[name]["value"]) for name in SHARES},
            **{name: one[name] for name in ("actions", "asked", *spent)},
        }
        for one in rows
    ]


def _compared(within: dict[str, Any] | None) -> str:
    if within is None:
        return "no task has both"
    return f"{within['difference']:+.0%} ({within['low']:+.0%} to {within['high']:+.0%})"


def _between(share: dict[str, Any]) -> str:
    return f"{share['low']:.0%} to {share['high']:.0%}"


def _share(label: str, told: str) -> Any:
    return st.column_config.NumberColumn(label, help=told, format="%.0f%%", width=75)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _median(label: str, told: str, form: str | None = None) -> Any:
    return st.column_config.NumberColumn(label, help=f"Median of a call: {told}", format=form, width=65)


COLUMNS = {
    "policy": st.column_config.TextColumn("policy", width=150, pinned=True),
    "version": st.column_config.TextColumn("version", width=60),
    "calls": st.column_config.NumberColumn("calls", format="localized", width=60),
    "returned": _share("returned", "Calls that came back to their caller, of those the task's end did not cut off"),
    "empty": _share("empty", "Returns without a value, of all returns"),
    "abandoned": _share("abandoned", "Calls that never came back: a limit, an error, or still open at a bad end"),
    "loops": _share("looped", "Calls in which the same was done over and over (signals D1 to D3)"),
    "no_effect": _share("no effect", "Own page actions after which nothing had changed (D4)"),
    "no_target": _share("bad target", "Own actions on an element that was not there or could not take it (D5, D6)"),
    "actions": _median("actions", "page actions, those of calls inside it too"),
    "asked": _median("asked", "questions to the model"),
    "tokens": _median("tokens", "tokens in and out", "localized"),
    "cost": _median("cost", "US dollars; empty where no price is known", "$%.4f"),
    "success": st.column_config.TextColumn(
        "success if called", help="Episodes in which it was called that succeeded, with 95 % interval (Wilson)"
    ),
    "otherwise": st.column_config.TextColumn("otherwise", help="The same of all other episodes", width=75),
    "within": st.column_config.TextColumn(
        "within tasks", help="Success with it minus success without it, compared only between episodes of one task"
    ),
    "began": _share("failures begin", "Failed episodes whose failure is suspected to begin in it, of all failed ones"),
}


def _callers(told: dict[str, Any]) -> None:
    edges = told["calls"]
    if not edges:
        st.info("No policy called another in these episodes.", icon=":material/info:")
        return
    figure = calls_between(edges, dark=st.context.theme.type == "dark")
    left, right = st.columns([5, 6], gap="medium")
    with left:
        event = st.plotly_chart(
            figure, key="scorecard_callers", on_select="rerun", selection_mode="points", config=QUIET
        )
        st.caption("Click a number for its episodes, or choose a row of the table.")
    with right:
        rows = st.dataframe(
            [{name: one[name] for name in ("caller", "callee", "calls")} | _succeeded(one) for one in edges],
            hide_index=True,
            height="content" if len(edges) <= 11 else 420,
            key="scorecard_calls",
            on_select="rerun",
            selection_mode="single-row",
            placeholder="",
        )
    by_name = {(one["caller"], one["callee"]): one for one in edges}
    points = [tuple(point["customdata"][:2]) for point in event["selection"]["points"]]
    lines = [
        tuple(edges[row][name] for name in ("caller", "callee")) for row in rows.selection.rows if row < len(edges)
    ]
    chosen = newest("scorecard_edge", matrix=next(iter(points), None), table=next(iter(lines), None))
    edge = by_name.get(chosen or (), edges[0])
    title = f"{edge['caller']} called {edge['callee']} {edge['calls']:,} times"
    episode_list.show(resources(), title, edge["episodes"][::-1], f"callers_{edge['caller']}_{edge['callee']}")


def _succeeded(edge: dict[str, Any]) -> dict[str, str]:
    share = edge["success"]
    return {"success": f"{share['value']:.0%} of {share['n']:,} ({_between(share)})"}


def _trees(told: dict[str, Any]) -> None:
    measures = [name for name in MEASURES if any(one[name] for one in told["paths"])]
    measure = st.segmented_control("Width", measures, default=measures[0], key="scorecard_measure") or measures[0]
    rows = scorecard.laid_out(told["paths"], measure)
    figure = icicle(rows, measure=measure, dark=st.context.theme.type == "dark")
    event = st.plotly_chart(
        figure, key=f"scorecard_trees_{measure}", on_select="rerun", selection_mode="points", config=QUIET
    )
    st.caption(f"All call trees laid over one another; a bar is as wide as its {measure}. Click one for its episodes.")
    points = event["selection"]["points"]
    if points:
        row = rows[int(points[0]["customdata"][0])]
        episode_list.show(resources(), " › ".join(row["path"]), row["episodes"][::-1], f"trees_{'_'.join(row['path'])}")

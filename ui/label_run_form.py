"""A labelling run with a model: what is asked for, the plan with its cost before anything is spent, and the result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from flows import settings
from flows.label import labels
from flows.label.labelling_llm import Asked
from flows.label.labelling_said import money
from labeling.llm.model import LabelSettings
from policies.library import labelling_sets
from ui.plain import code, message, plain
from ui.shell import FORM_WIDTH
from wiring import POLICY_SET, Parts

KEPT = ("model", "policies", "episodes", "examples", "budget", "each", "concurrency")
ALL = "All that wait for review"
NONE = "no examples"


def keep_answers() -> None:
    """Keep what was entered while the form is not shown: Streamlit forgets widgets that a script run does not draw."""
    for name in KEPT:
        if f"label_run_{name}" in st.session_state:
            st.session_state[f"label_run_{name}"] = st.session_state[f"label_run_{name}"]


def ask(parts: Parts) -> Asked | None:
    """The run as it was asked for when Plan was pressed, else None."""
    saved, waiting = settings.load(parts), labels.to_review(parts)
    rows = {row["id"]: row["objective"] for row in parts.episodes.catalogue.search(actor="human", limit=1000).rows}
    with st.form("label_run", width=FORM_WIDTH):
        with st.container(horizontal=True):
            model = st.selectbox(
                "Model",
                [saved.model] if saved.model else [],
                key="label_run_model",
                accept_new_options=True,
                placeholder="its name at the endpoint",
            )
            sets = list(labelling_sets())
            policy_set = st.selectbox("Policies", sets, index=sets.index(POLICY_SET), key="label_run_policies")
        episodes = st.multiselect(
            "Demonstrations",
            waiting,
            key="label_run_episodes",
            format_func=lambda one: _short(rows.get(one) or one),
            placeholder=f"{ALL} ({len(waiting)})",
        )
        shown = st.selectbox(
            "Shown to the model as examples",
            [NONE, *_label_sets(parts)],
            key="label_run_examples",
            format_func=lambda one: one if one == NONE else f"label set {one}",
            help="Up to three demonstrations of a label set, none of them labelled now or kept for tests.",
        )
        with st.container(horizontal=True):
            budget = st.text_input(
                "Budget", key="label_run_budget", placeholder="no limit", help="400k (tokens), 30calls or 2.5usd."
            )
            each = st.text_input("Budget of each demonstration", key="label_run_each", placeholder="no limit")
            at_a_time = st.number_input("Requests at a time", 1, 64, 4, key="label_run_concurrency")
        if not st.form_submit_button("Plan", icon=":material/calculate:", help="Nothing is asked of the model yet."):
            return None
    if not model:
        st.warning("Name the model. Nothing was planned.", icon=":material/info:")
        return None
    return Asked(
        str(model).strip(),
        policy_set=str(policy_set),
        budget=budget.strip(),
        budget_each=each.strip(),
        settings=LabelSettings(concurrency=int(at_a_time)),
        label_set="" if shown == NONE else str(shown),
        episodes=tuple(episodes),
    )


def show_plan(plan: dict[str, Any]) -> bool:
    """The plan, and whether Start was pressed under it."""
    total = plan["total"]
    missing = total["calls"] - total["kept"]
    with st.container(border=True, width=FORM_WIDTH):
        with st.container(horizontal=True):
            st.metric("Demonstrations", len(plan["episodes"]))
            st.metric("Requests", f"{missing:,}")
            st.metric("Tokens in", f"{total['tokens_in']:,}")
            st.metric("Tokens out", f"{total['tokens_out']:,}")
            st.metric("Cost", money(total["cost"]) if total["cost"] is not None else "unknown")
        st.caption(_explained(plan, missing))
        return st.button("Start", type="primary", icon=":material/play_arrow:", key="label_run_start")


def show_result(result: dict[str, Any], objectives: dict[str, str]) -> str | None:
    """What came of a run; the demonstration to open in Label, if one was chosen."""
    ledger = result["ledger"]
    if result["stopped"]:
        st.info(
            f"Stopped with {len(result['left_out'])} demonstrations to go. What was answered is kept: plan and start "
            "again, and only what is missing is asked.",
            icon=":material/stop_circle:",
        )
    st.markdown(
        f"**{len(result['labelled'])} demonstrations labelled by {plain(result['model'])}.** All its runs so far: "
        f"{ledger['attempts']:,} requests, {ledger['failed']:,} failed, {ledger['tokens_in']:,} tokens in, "
        f"{ledger['tokens_out']:,} out, cost {money(ledger['cost'])}."
    )
    if result["examples"]:
        st.caption(f"Shown as examples: {_titles(result['examples'], objectives)}.")
    for reason, episodes in _left_out(result).items():
        st.warning(f"{message(reason)} Left out: {_titles(episodes, objectives)}.", icon=":material/info:")
    return _chosen(result["labelled"], objectives)


def _left_out(result: dict[str, Any]) -> dict[str, list[str]]:
    """The demonstrations that were left out by the reason; that they were not reached before a stop is told already."""
    found: dict[str, list[str]] = {}
    for one in result["left_out"]:
        if not (result["stopped"] and one["reason"].startswith("Stopped")):
            found.setdefault(one["reason"], []).append(one["episode"])
    return found


def _chosen(labelled: Sequence[dict[str, Any]], objectives: dict[str, str]) -> str | None:
    listed = st.container(gap=None)
    for one in labelled:
        calls = f"{len(one['segments'])} calls" if len(one["segments"]) != 1 else "1 call"
        notes = [calls, *(["the budget ended"] if one["status"] == "partial" else [])]
        notes += [f"{one['fallbacks']} windows by the rules"] if one["fallbacks"] else []
        notes += [f"{one['repairs']} mends"] if one["repairs"] else []
        title = _short(objectives.get(one["episode"]) or one["episode"])
        if listed.button(f"{title} · {' · '.join(notes)}", key=f"open_{one['episode']}", type="tertiary"):
            return str(one["episode"])
    return None


def _explained(plan: dict[str, Any], missing: int) -> str:
    total = plan["total"]
    parts = [f"{plain(plan['model'])} at {code(plan['endpoint'] or 'the vendor')}."]
    if total["kept"]:
        parts.append(f"{total['kept']:,} further requests are answered already.")
    if missing:
        parts.append(f"Where passes differ or replies cannot be used, it may take up to {total['most_calls']:,}.")
    if total["cost"] is None and missing:
        parts.append("The model is not in the price table, so what it costs is not known.")
    elif plan["prices_of"] and missing:
        parts.append(f"Prices of {plan['prices_of']}.")
    if plan["examples"]:
        parts.append(f"{len(plan['examples'])} accepted demonstrations are shown as examples.")
    return " ".join(parts)


def _label_sets(parts: Parts) -> list[str]:
    return [one.id for one in parts.labels.label_sets()[::-1]]


def _titles(episodes: Sequence[str], objectives: dict[str, str]) -> str:
    return "; ".join(_short(objectives.get(one) or one) for one in episodes)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return plain(words if len(words) <= 90 else words[:89] + "…")

"""The Experiments screen's form, and an experiment's result: one sentence, n, a figure, the table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import streamlit as st

from flows.experiment.experiments import EXPERIMENTS, matrix
from flows.experiment.result import Across, Asked
from flows.record.tasks import task_names
from ui.experiment_figure import figure_of
from ui.figures.drawing import QUIET
from ui.plain import message, plain
from ui.run_report_view import chance
from ui.urls import runs_link

SURE = 0.05
"""The p below which a difference is called more than chance."""


def ask(name: str) -> Asked | None:
    """The experiment as asked for when Start was pressed, else None."""
    plays = EXPERIMENTS[name].browser
    with st.form(f"experiment_{name}"):
        tasks = st.multiselect(
            "Tasks", list(task_names()), key=f"tasks_{name}", placeholder="Six tasks that differ in how much they call"
        )
        with st.container(horizontal=True):
            shown = st.number_input(
                "Demonstrations shown",
                1,
                100,
                5,
                key=f"shown_{name}",
                help="Of each task; the others are asked or left.",
            )
            seeds = st.text_input(
                "Seeds",
                "5000:5005",
                key=f"seeds_{name}",
                disabled=not plays,
                help="0:20 is 0 to 19; the same for all arms.",
            )
            model = st.text_input("Model", "demos", key=f"model_{name}", help="demos, or openai:NAME at your endpoint.")
            policies = st.text_input("Policy set", "miniwob", key=f"policies_{name}", help="The stack's.")
            workers = st.number_input("Workers", 1, 16, 2, key=f"workers_{name}", disabled=not plays)
        across: Across = "site" if name == "transfer" and _by_site() else "task"
        if st.form_submit_button("Start", type="primary", icon=":material/play_arrow:"):
            return Asked(
                name, tuple(tasks), seeds, model, policies, shown=int(shown), workers=int(workers), across=across
            )
    return None


def _by_site() -> bool:
    return st.toggle("From site to site", key="by_site", help="Otherwise from task to task.")


def show(told: dict[str, Any]) -> None:
    """A kept result."""
    when = datetime.fromtimestamp(told["at"], UTC)
    asked = told["asked"]
    st.markdown(f"**{told['answer']}**")
    terms = "".join(f"{term} · " for term in told.get("terms", ()))
    st.caption(
        f"n = {told['n']} · {plain(asked['model'])} · {asked['shown']} demonstrations of a task · policy set "
        f"{asked['policy_set']} · {terms}{told['seconds']:.0f} s on {when:%Y-%m-%d %H:%M} UTC · 95 % intervals"
    )
    dark = st.context.theme.type == "dark"
    st.plotly_chart(figure_of(told, dark=dark), key=f"figure_{told['name']}", config=QUIET)
    if told.get("left_out"):
        st.caption(message(f"Left out: {'; '.join(told['left_out'])}."))
    _pairs(told["pairs"])
    with st.expander("Table", icon=":material/table:"):
        st.dataframe(
            [
                {
                    "arm": row["arm"],
                    "of": row["of"],
                    **({"played in": row["where"]} if matrix(told["rows"]) else {}),
                    "right": f"{row['ok']} of {row['n']}",
                    "share": row["value"],
                    "95 %": f"{row['low']:.2f} to {row['high']:.2f}",
                    "notes": row["notes"],
                }
                for row in told["rows"]
            ],
            hide_index=True,
            column_config={"share": st.column_config.NumberColumn(format="percent")},
        )
    if told["runs"]:
        st.markdown("Episodes: " + ", ".join(f"[{run}]({runs_link(run)})" for run in told["runs"]))


def _pairs(pairs: list[dict[str, Any]]) -> None:
    """Arms against each other; nothing where there is one only."""
    if not pairs:
        return
    st.dataframe(
        [
            {
                "arm": one["arm"],
                "against": one["against"],
                "pairs": one["n"],
                "difference": f"{one['difference']:+.2f}",
                "95 %": f"{one['low']:+.2f} to {one['high']:+.2f}",
                "": f"{chance(one['p'])}: {'more than chance' if one['p'] < SURE else 'could be chance'}",
            }
            for one in pairs
        ],
        hide_index=True,
    )

"""Practice on the Run screen: start it, watch it, see how success went, and play what it learned."""

from __future__ import annotations

from typing import Any

import streamlit as st

from flows.problems import OURS
from flows.record.tasks import task_names
from flows.run import practice_log, practising
from traces.sentences import counted
from ui import jobs
from ui.figures.drawing import QUIET
from ui.figures.shares import curve
from ui.plain import problem_text
from wiring import Parts

MOST_LINES = 6
"""Tasks that have a line of their own in the figure, beside that of all."""


def show(parts: Parts) -> None:
    """The form, the practice that runs, and the newest one's course."""
    with st.expander("Practice: let the model demos improve by playing", icon=":material/exercise:"):
        asked = _ask(parts)
        if asked is not None:
            _begin(parts, asked)
        jobs.show("practice", lambda job: None)
        logs = practice_log.listed(parts)
        if not logs:
            st.caption(
                "Nothing was practised yet. It needs no demonstration and no model elsewhere; runs compare both."
            )
            return
        said = {log["id"]: f"{log['id']} · {log['state']} · {counted(log['episodes'], 'episode')}" for log in logs}
        chosen = st.selectbox("Practice", list(said), format_func=said.__getitem__, key="practice_shown")
        _course(next(log for log in logs if log["id"] == chosen))


def _ask(parts: Parts) -> practising.Asked | None:
    sets = [one.id for one in parts.labels.prompt_sets()[::-1]]
    with st.form("practice_form"):
        tasks = st.multiselect("Tasks", list(task_names()), key="practice_tasks", placeholder="Tasks with an evaluator")
        with st.container(horizontal=True):
            begun = st.selectbox("Begins with", sets, key="practice_set", help="The prompt set it was taught by.")
            episodes = st.number_input(
                "Episodes of each task", practising.TRIES, practising.MOST, 100, key="practice_most"
            )
            minutes = st.number_input("Minutes at most", 1, 600, 10, key="practice_minutes")
        if st.form_submit_button("Practise", icon=":material/play_arrow:"):
            return practising.Asked(tuple(tasks), str(begun), int(episodes), minutes=float(minutes))
    return None


def _begin(parts: Parts, asked: practising.Asked) -> None:
    try:
        practising.check(parts, asked)
    except OURS as error:
        st.warning(problem_text(error), icon=":material/info:")
        return
    jobs.jobs().start("practice", lambda report, stop: practising.practise(parts, asked, report, stop))


def _course(log: dict[str, Any]) -> None:
    """Seeds right at the first try by episodes played, and what runs call the weights."""
    lines = {"all tasks": _points(log)}
    if 1 < len(log["tasks"]) <= MOST_LINES:
        lines |= {
            task: _points({"groups": [one for one in log["groups"] if one["task"] == task]}) for task in log["tasks"]
        }
    figure = curve(
        lines, x_title="episodes played", y_title="right at the first try", dark=st.context.theme.type == "dark"
    )
    st.plotly_chart(figure, key="practice_curve", config=QUIET)
    if log["model"]:
        st.markdown(
            f"Runs play what it learned as `{log['model']}`, from {log['prompt_set']}. Each point is a "
            "round: the seeds on which its first try succeeded, which is what a run would do."
        )


def _points(log: dict[str, Any]) -> list[tuple[float, float]]:
    return [(row["episodes"], row["share"]) for row in practising.curve(log)]

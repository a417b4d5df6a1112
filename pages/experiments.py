"""Experiments: the paper's open questions, answered with this workspace's demonstrations."""

import streamlit as st

from flows.experiment import experiments
from flows.experiment.experiments import EXPERIMENTS
from flows.problems import OURS
from ui import jobs
from ui.experiment_view import ask, show
from ui.plain import problem_text
from ui.resources import resources
from ui.shell import empty, open_page

parts = resources()
open_page(
    "Experiments",
    "What the SteP paper (arXiv 2310.03720) leaves open, answered with your demonstrations on the same seeds.",
)
if not parts.workspace.tracks():
    empty(
        "Nothing to compare yet",
        "Experiments teach the agent with accepted demonstrations of tasks. Record some and accept their labels.",
        "label",
        "record",
    )
    st.stop()

kept = experiments.kept(parts)
names = list(EXPERIMENTS)
name = (
    st.segmented_control(
        "Experiment",
        names,
        default=next((one for one in names if one in kept), names[0]),
        key="experiment",
        label_visibility="collapsed",
        format_func=lambda one: f"{one.capitalize()} ✓" if one in kept else one.capitalize(),
    )
    or names[0]
)
st.subheader(EXPERIMENTS[name].question, anchor=False)
asked = ask(name)
if asked is not None:
    try:
        jobs.jobs().start("experiment", lambda report, stop: experiments.run(parts, asked, report, stop), about=name)
    except OURS as error:
        st.warning(problem_text(error), icon=":material/info:")


def finished(job: jobs.Job) -> None:
    if job.result is not None and job.result["stopped"]:
        st.info("Stopped. Everything finished is kept; start it again to go on.", icon=":material/stop_circle:")


jobs.show("experiment", finished)
now = experiments.kept(parts).get(name)
if now is not None:
    show(now)
else:
    st.caption(f"Not run yet. Counted would be {EXPERIMENTS[name].counts}.")

"""Label run: let a model propose the calls of many demonstrations; the plan first, then progress, stop and go on."""

import streamlit as st

from flows import settings
from flows.label import labelling_llm
from flows.label.labels import to_review
from flows.problems import OURS
from llm_client.endpoint import endpoint_from_environment
from llm_client.errors import NoEndpoint
from ui import jobs
from ui.label_run_form import ask, keep_answers, show_plan, show_result
from ui.plain import problem_text
from ui.resources import resources
from ui.shell import FORM_WIDTH, empty, open_page
from wiring import with_endpoint

parts = resources()
open_page(
    "Label run",
    "A model proposes the calls of demonstrations nobody has decided on. Its proposals are reviewed on Label, beside "
    "the rules' own; nothing is accepted here.",
)
if not parts.demonstrations(limit=1):
    empty("Nothing to label yet", "Record a demonstration first.", "record", "home")
    st.stop()
try:
    endpoint_from_environment(with_endpoint(settings.load(parts).model_endpoint))
except NoEndpoint:
    st.info(
        "No model endpoint is set. Name one on Settings; the rules need none, they propose when a demonstration is "
        "opened on Label.",
        icon=":material/info:",
    )
    st.page_link("pages/settings.py", label="Settings", icon=":material/settings:")
    st.stop()

objectives = {row["id"]: row["objective"] for row in parts.episodes.catalogue.search(actor="human", limit=1000).rows}


def finished(job: jobs.Job) -> None:
    if job.result is None:
        return
    episode = show_result(job.result, objectives)
    if episode is not None:
        st.switch_page("pages/label.py", query_params={"episode": episode})


keep_answers()
job = jobs.jobs().get("labelling")
if job is not None and job.state == "running":
    with st.container(width=FORM_WIDTH):
        jobs.show("labelling", finished)
    st.stop()
if not to_review(parts):
    empty("Every demonstration is decided", "Record another one, or look at the labels.", "record", "label")
else:
    asked = ask(parts)
    if asked is not None:
        st.session_state.pop("label_run_plan", None)
        try:
            with st.spinner("Counting what it would take"):
                st.session_state["label_run_plan"] = (asked, labelling_llm.plan(parts, asked))
        except OURS as error:
            st.warning(problem_text(error), icon=":material/info:")
    planned = st.session_state.get("label_run_plan")
    if planned is not None and show_plan(planned[1]):
        wanted, plan = st.session_state.pop("label_run_plan")
        expected = plan["total"]["calls"] - plan["total"]["kept"]
        jobs.jobs().start("labelling", lambda report, stop: labelling_llm.label(parts, wanted, report, stop, expected))
        st.rerun()
with st.container(width=FORM_WIDTH):
    jobs.show("labelling", finished)

"""What the model at the configured endpoint takes, as it was found, and a button that asks it."""

from __future__ import annotations

import datetime

import streamlit as st

from flows.problems import OURS
from flows.run import run_models
from llm_client.chat import Form
from llm_client.probing import Takes
from ui.plain import plain, problem_text
from wiring import Parts

FORMS: dict[Form, str] = {"json_schema": "a JSON schema", "json_object": "any JSON object", "text": "lines of text"}


def show(parts: Parts, model: str) -> None:
    """Nothing where no model is named."""
    if not model:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        again = st.button("Ask the model what it takes", icon=":material/network_check:", key="probe")
        try:
            with st.spinner("Asking …", show_time=True):
                found = run_models.find_out(parts, model, again=True) if again else run_models.known(parts, model)
        except OURS as error:
            st.error(problem_text(error), icon=":material/error:")
            return
        st.caption(plain(told(model, found)) if found else "Not asked yet; a run asks it before it begins.")


def told(model: str, found: Takes) -> str:
    """What was found, for a person."""
    at = datetime.datetime.fromtimestamp(found.at, datetime.UTC).strftime("%d %b %H:%M UTC")
    kept = {True: "and keeps to it", False: "", None: "its answer was cut off"}[
        found.kept if found.form != "text" else False
    ]
    parts = [f"openai:{model} is asked for {FORMS[found.form]}", kept, f"answered in {found.milliseconds / 1000:.1f} s"]
    counts = "" if found.counts_tokens else "counts no tokens"
    return ", ".join(filter(None, [*parts, counts])) + f" ({at})."

"""Leaving each example out: run it here, offline or with a model, and read what came of it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from flows import settings
from flows.prompt import prompt_checks
from labeling.prompts.leave_one_out import Check
from labeling.prompts.model import PromptSet
from ui import jobs
from ui.urls import prompts_link
from wiring import Parts

JOB = "prompt_check"


def newest(parts: Parts, prompt_set: PromptSet) -> Check | None:
    """What was found last of the set: a model's word before the nearest examples'."""
    found = prompt_checks.checks(parts, prompt_set.id)
    return max(found, key=lambda one: one.by != "nearest", default=None)


def show(parts: Parts, prompt_set: PromptSet) -> None:
    """The two ways to check, the run under way, and what was found so far."""
    if not prompt_set.pieces:
        st.info("This set is of an earlier form without chosen examples. Build it again to check it.")
        return
    _start(parts, prompt_set)
    jobs.show(JOB, lambda job: None)
    found = prompt_checks.checks(parts, prompt_set.id)
    if not found:
        st.caption("Not checked yet.")
    for one in sorted(found, key=lambda one: one.by != "nearest", reverse=True):
        _result(prompt_set, one)


def _start(parts: Parts, prompt_set: PromptSet) -> None:
    st.caption(
        "Each example is taken out, with all that is from the same demonstration or task, and predicted from the rest. "
        "The nearest examples vote on the kind of answer; a model is asked for the answer itself."
    )
    saved = settings.load(parts).model
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button("Check by nearest examples", icon=":material/rule:", type="primary"):
            prompt_checks.check(parts, prompt_set.id)
        model = st.text_input("Model at your endpoint", saved, key="check_model", width=220)
        budget = st.text_input("Budget", "200k", key="check_budget", width=120, help="200k (tokens) or 30calls.")
        if st.button("Check with the model", icon=":material/smart_toy:", disabled=not model):
            jobs.jobs().start(
                JOB, lambda report, stop: prompt_checks.check(parts, prompt_set.id, model, budget, report, stop)
            )
            st.rerun()


def _result(prompt_set: PromptSet, check: Check) -> None:
    by = "the nearest examples" if check.by == "nearest" else check.by
    judged, matched = sum(row.judged for row in check.scores), sum(row.matched for row in check.scores)
    st.markdown(f"**By {by}**: {matched} of {judged} examples are predicted without themselves.")
    if check.unasked:
        st.caption(f"{check.unasked} could not be judged: no other task shows their policy, or nothing was answered.")
    rows = [_row(prompt_set, one.model_dump()) for one in check.verdicts]
    st.dataframe(
        sorted(rows, key=lambda row: (row["flag"] == "", row["flag"], row["policy"])),
        hide_index=True,
        height=min(420, 40 + 36 * len(rows)),
        column_config={
            "example": st.column_config.LinkColumn("example", display_text=r"example=(.*)"),
            "helps": st.column_config.NumberColumn(
                "helps", help="Other answers right only with it, less those right only without it."
            ),  # fmt: skip
        },
        key=f"check_{check.prompt_set}_{check.by}",
    )


def _row(prompt_set: PromptSet, one: dict[str, Any]) -> dict[str, Any]:
    match = {True: "yes", False: "no", None: "not judged"}[one["match"]]
    return {
        "flag": one["flag"],
        "policy": one["policy"],
        "example": prompts_link(prompt_set.id, one["piece"]),
        "answer": one["gold"],
        "predicted": one["predicted"] or "",
        "match": match,
        "helps": one["helps"],
        "of": one["asked"],
        "note": one["note"],
    }

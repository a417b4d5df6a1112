"""What a prompt set was made from and what was made with it: labels, settings, what stayed out, runs."""

from __future__ import annotations

from collections import Counter
from typing import Any

import streamlit as st

from flows.prompt import lineage
from labeling.prompts.model import PromptSet
from traces.sentences import counted
from ui import teaching_links
from ui.plain import code, plain
from ui.urls import prompts_link, replay_link
from wiring import Parts


def left_out(facts: dict[str, Any]) -> None:
    """Every demonstration and turn that became no example, and why."""
    if not facts["left_out"]:
        st.caption("Nothing was left out.")
        return
    rows = [
        {
            "what": "demonstration" if not one["step"] else f"turn of {one['policy']}",
            "why": one["reason"],
            "step": replay_link(one["episode"], one["step"] or None),
        }
        for one in facts["left_out"]
    ]
    st.dataframe(
        rows,
        hide_index=True,
        column_config={"step": st.column_config.LinkColumn("look at it", display_text="Replay")},
        key=f"left_out_{facts['prompt_set']}",
    )


def held_out_note(prompt_set: PromptSet) -> None:
    """Say which demonstrations are not in it and so teach nothing, before a failed run does."""
    reasons = Counter(one.reason for one in prompt_set.left_out if not one.step)
    if not reasons:
        return
    said = "; ".join(f"{counted(number, 'demonstration')}, as {reason}" for reason, number in sorted(reasons.items()))
    st.info(
        f"Not in this set: {plain(said)}. *Held out for tests*, in the form above, decides what is held out.",
        icon=":material/info:",
    )


def show(parts: Parts, prompt_set: PromptSet) -> None:
    """Where it comes from, and which runs used it."""
    made = [f"Labels {', '.join(map(code, prompt_set.label_sets))}"]
    if prompt_set.parent:
        made.append(f"changed from [{prompt_set.parent}]({prompts_link(prompt_set.parent)})")
    if prompt_set.pruner:
        made += [f"pruned by {code(prompt_set.pruner)}", f"templates {code(prompt_set.template)}"]
    st.markdown(" · ".join(made))
    teaching_links.of_set(parts, prompt_set)
    runs = lineage.runs_of(parts, prompt_set.id)
    if not runs:
        st.caption("No run has used it yet.")
        return
    st.markdown("**Used by runs**")
    for run in runs:
        with st.container(horizontal=True, vertical_alignment="center"):
            episodes = counted(run["episodes"], "episode")
            st.markdown(plain(f"{run['run']} · {run['model']} · {run['status']} · {episodes}"))
            st.page_link("pages/episodes.py", label="Episodes", query_params={"run": run["run"]})
    if any(run["model"] == "demos" for run in runs):
        st.caption("The model `demos` learns from all examples of the set, whatever prompts show.")

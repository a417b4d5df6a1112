"""The form of the Run screen: what is asked for is what `flows.run.runs.plan` takes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from flows import settings
from flows.record.tasks import task_names
from flows.run import practice_log
from wiring import Parts

OTHERS = (
    "Also by typing: openai:NAME at your endpoint; human:choose_date+demos to play a policy yourself while a model "
    "plays the rest; replay:EPISODE to say a recorded run again."
)
FIRST = ("miniwob:enter-text", "miniwob:choose-date")
"""Tasks to begin with, where the prompt set names none."""


def ask(parts: Parts) -> dict[str, Any] | None:
    """The run as asked for when Start was pressed, else None."""
    tasks = list(task_names())
    saved = settings.load(parts)
    practised = [log["model"] for log in practice_log.listed(parts) if log["model"]]
    models = ["demos", *practised, *([f"openai:{saved.model}"] if saved.model else [])]
    sets = {one.id: one for one in parts.labels.prompt_sets()[::-1]}
    linked = st.query_params.get("set", "")
    set_first = [linked] if linked in sets else list(sets)[:1]
    taught = [one.task for key in set_first for one in sets[key].examples if one.task in tasks]
    with st.form("run_form"):
        envs = st.multiselect(
            "Tasks",
            tasks,
            default=list(dict.fromkeys(taught))[: len(FIRST)] or list(FIRST),
            accept_new_options=True,
            key="run_tasks",
            help="Tasks, sets such as miniwob:paper45 (@timed behind it: the pages' time limits count), url:http://….",
        )
        with st.container(horizontal=True):
            seeds = st.text_input("Seeds", "1000:1010", key="run_seeds", help="0:20 is 0 to 19; 3,5,8 are those three.")
            played = st.multiselect(
                "Models", models, default=["demos"], key="run_models", accept_new_options=True, help=OTHERS
            )
            chosen = st.multiselect(
                "Prompt sets",
                list(sets),
                default=set_first,
                key="run_sets",
                help="Every model plays with every prompt set, on the same tasks and seeds.",
                format_func=lambda key: f"{key} · {len(sets[key].examples)} examples",
            )
            workers = st.number_input("Workers", 1, 16, 2, key="run_workers", help="Browsers at a time.")
        if st.form_submit_button("Start", type="primary", icon=":material/play_arrow:"):
            return {"envs": envs, "seeds": seeds, "model": played, "prompt_set": chosen, "workers": int(workers)}
    return None

"""Run: choose tasks, seeds, model and prompt set; watch the episodes as they finish; stop and go on."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from flows import run_rows, runs
from flows.problems import OURS, explained
from ui import jobs
from ui.episode_rows import counted
from ui.figures import success_by_task
from ui.resources import resources
from ui.run_form import ask
from ui.shell import empty, open_page
from ui.urls import open_replay

parts = resources()
open_page("Run", "Tasks × seeds with one model and one prompt set. A finished episode is never run again.")
if not parts.labels.prompt_sets():
    empty(
        "Nothing to run with yet",
        "The model `demos` learns from a prompt set. Build one from accepted labels.",
        "prompts",
        "home",
    )
    st.stop()


def begin(make: Callable[[], runs.PlannedRun]) -> None:
    try:
        planned = make()
        jobs.jobs().start("run", lambda report, stop: runs.execute(planned, report, stop), about=planned.plan.id)
    except OURS as error:
        st.warning(explained(error).said, icon=":material/info:")


asked = ask(parts)
if asked is not None:
    begin(partial(runs.plan, parts, **asked))
gone_on = next((row["id"] for row in run_rows.listed(parts) if st.session_state.get(f"go_on_{row['id']}")), None)
if gone_on is not None:
    begin(partial(runs.again, parts, gone_on))


def finished(run: str) -> None:
    rows = parts.episodes.catalogue.search(run=run, limit=100).rows
    listed = st.container(gap=None)
    for row in rows[:12]:
        mark = {"success": ":green[✓]", "failed": ":red[✕]", "running": "…"}.get(row["status"], "!")
        size = f"{counted(row['n_steps'] or 0, 'step')} · depth {row['max_depth'] or 1}"
        label = f"{mark} {row['task']} · seed {row['seed']} · {size}"
        if listed.button(label, key=f"open_{row['id']}", type="tertiary"):
            open_replay(row["id"])
    if rows:
        st.page_link("pages/episodes.py", label="All episodes of this run", query_params={"run": run})


def show_result(job: jobs.Job) -> None:
    result: dict[str, Any] = job.result or {}
    if result.get("tasks"):
        st.subheader(f"{result['run']} in {result['seconds']} s", anchor=False)
        st.plotly_chart(success_by_task(result["tasks"], dark=st.context.theme.type == "dark"), key="run_success")
    finished(str(job.about))


jobs.show("run", show_result, watch=lambda job: finished(str(job.about)))

earlier = run_rows.listed(parts)
if earlier:
    st.subheader("Runs", anchor=False)
    job = jobs.jobs().get("run")
    busy = job is not None and job.state == "running"
    for row in earlier[:20]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            tasks = ", ".join(row["environments"][:4]) + (" …" if len(row["environments"]) > 4 else "")
            played = ", ".join(arm.title for arm in run_rows.arms_of(row))
            st.markdown(
                f"**{row['id']}** · {row['status']} · {played} · {counted(len(row['seeds']), 'seed')} · {tasks}"
            )
            if row["status"] in run_rows.UNFINISHED:
                st.button(
                    "Go on",
                    icon=":material/play_arrow:",
                    key=f"go_on_{row['id']}",
                    disabled=busy,
                    help="Runs the episodes that are not finished; the others are kept.",
                )
            st.page_link("pages/episodes.py", label="Episodes", query_params={"run": row["id"]})

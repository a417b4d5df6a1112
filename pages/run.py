"""Run: choose tasks, seeds, model and prompt set; watch the episodes as they finish; stop and go on."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from flows.problems import OURS
from flows.run import run_rows, runs
from traces.sentences import counted
from ui import jobs, practice_view, run_by_hand, run_report_view
from ui.plain import plain, problem_text
from ui.resources import resources
from ui.run_form import ask
from ui.shell import empty, open_page
from ui.urls import open_replay

parts = resources()
open_page("Run", "Every model plays every task and seed with every prompt set. What has ended is not played again.")
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
        st.warning(problem_text(error), icon=":material/info:")


asked = ask(parts)
if asked is not None:
    begin(partial(runs.plan, parts, **asked))
gone_on = next((row["id"] for row in run_rows.listed(parts) if st.session_state.get(f"go_on_{row['id']}")), None)
if gone_on is not None:
    begin(partial(runs.again, parts, gone_on))


def finished(run: str) -> None:
    catalogue = parts.episodes.catalogue
    live = catalogue.search(run=run, status="running", limit=16).rows
    for row in live:
        label = f"Watch {row['task']} · seed {row['seed']}"
        if st.button(plain(label), key=f"watch_{row['id']}", icon=":material/visibility:"):
            open_replay(row["id"])
    rows = [row for row in catalogue.search(run=run, limit=100).rows if row not in live]
    listed = st.container(gap=None)
    for row in rows[:12]:
        mark = {"success": ":green[✓]", "failed": ":red[✕]"}.get(row["status"], "!")
        size = f"{counted(row['n_steps'] or 0, 'step')} · depth {row['max_depth'] or 1}"
        label = f"{mark} {plain(row['task'] or '')} · seed {row['seed']} · {size}"
        if listed.button(label, key=f"open_{row['id']}", type="tertiary"):
            open_replay(row["id"])
    if rows:
        st.page_link("pages/episodes.py", label="All episodes of this run", query_params={"run": run})


def show_result(job: jobs.Job) -> None:
    result: dict[str, Any] = job.result or {}
    if result.get("tasks"):
        st.subheader(f"{result['run']} in {result['seconds']} s", anchor=False)
    finished(str(job.about))


def watch(job: jobs.Job) -> None:
    run_by_hand.watch()
    finished(str(job.about))


run_by_hand.show(parts.people.name_of(st.context.cookies))
jobs.show("run", show_result, watch=watch)

unfinished = [row for row in run_rows.listed(parts) if row["status"] in run_rows.UNFINISHED][:5]
job = jobs.jobs().get("run")
for row in unfinished:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{row['id']}** · {plain(run_report_view.said(row))}")
        st.button(
            "Go on",
            icon=":material/play_arrow:",
            key=f"go_on_{row['id']}",
            disabled=job is not None and job.state == "running",
            help="Runs the episodes that are not finished; the others are kept.",
        )
run_report_view.show(parts)
practice_view.show(parts)

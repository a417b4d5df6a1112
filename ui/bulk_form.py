"""What can be done to episodes chosen in a list: tag, export, run again, delete; with progress and stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from flows import bulk
from flows.progress import Report, Stop
from flows.run import rerunning
from flows.transfer import episode_shelf
from flows.transfer.episode_exports import export_episodes
from store.errors import StoreError
from store.filters import Filter
from traces.annotations import LONGEST_TAG
from traces.formats.exports import EXPORTS
from traces.sentences import counted
from ui.episode_export import AT_ONCE
from ui.jobs import Job, jobs, left_out
from ui.jobs import show as show_job
from ui.plain import problem_text
from ui.resources import resources
from ui.standalone import viewer
from ui.urls import runs_link

JOB = "episodes"
DELETED = "episodes_deletions"


def deletions() -> int:
    """How often episodes were deleted from here; after each, nothing is chosen any more."""
    return int(st.session_state.get(DELETED, 0))


def watch() -> None:
    """The work that is going on, or what came of the last."""
    show_job(JOB, _done)


def show(ids: Sequence[str], every: Filter | None, total: int) -> None:
    """The bar below a list in which something is chosen: these ids, or all of a filter (`total` of them)."""
    count = total if every is not None else len(ids)
    running = jobs().get(JOB)
    busy = running is not None and running.state == "running"
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{count:,} chosen**", width="content")
        with st.popover("Tag", icon=":material/sell:", disabled=busy):
            _tag(ids, every)
        if st.button("Export", icon=":material/download:", disabled=busy):
            _export(ids, every)
        if st.button("Run again", icon=":material/replay:", disabled=busy):
            _again(ids, every)
        if st.button("Delete", icon=":material/delete:", disabled=busy):
            _delete(ids, every)


def _tag(ids: Sequence[str], every: Filter | None) -> None:
    name = st.text_input("Tag", key="bulk_tag", max_chars=LONGEST_TAG, live=True)
    person = resources().people.name_of(st.context.cookies)
    with st.container(horizontal=True):
        for label, do, does in (("Add", bulk.tag, "tagged"), ("Take away", bulk.untag, "untagged")):
            if st.button(label, key=f"bulk_{does}", disabled=not name.strip()):
                try:
                    kept = bulk.checked_tag(name)
                except StoreError as error:
                    st.error(problem_text(error), icon=":material/error:")
                    continue
                _start(does, _work(do, ids, every, kept, person))


def _work(do: Callable[..., bulk.Result], ids: Sequence[str], every: Filter | None, *more: Any) -> Callable[..., Any]:
    parts = resources()
    return lambda report, stop: do(parts, bulk.chosen(parts, ids, every), *more, report, stop)


@st.dialog("Export", width="medium")
def _export(ids: Sequence[str], every: Filter | None) -> None:
    parts = resources()
    meant = bulk.chosen(parts, ids, every)
    st.write(f"{counted(len(meant), 'episode')}.")
    name = st.selectbox("Format", list(EXPORTS), format_func=lambda one: f"{one} · {EXPORTS[one].said}")
    redact = st.checkbox("Redacted: without what was typed, answers, queries and pictures")
    if st.button("Write", type="primary", icon=":material/ios_share:"):
        to, page = episode_shelf.target(parts, meant, name, redact=redact), viewer()

        def work(report: Report, stop: Stop) -> Any:
            return export_episodes(parts, meant, name, to, viewer=page, redact=redact, report=report, stop=stop)

        _start("written", work)


@st.dialog("Run again", width="medium")
def _again(ids: Sequence[str], every: Filter | None) -> None:
    parts = resources()
    again = rerunning.plan(parts, bulk.chosen(parts, ids, every))
    left_out(again.left_out)
    if not again.plans:
        st.info("None of the chosen episodes can be run again.", icon=":material/block:")
        return
    st.write(
        f"{counted(again.episodes, 'episode')} to be played anew with task, seed, model, prompt set and limits as they "
        "were. The finished ones stay."
    )
    if st.button("Start", type="primary", icon=":material/play_arrow:"):
        _start("played", lambda report, stop: rerunning.execute(again, report, stop))


@st.dialog("Delete for good?", width="medium")
def _delete(ids: Sequence[str], every: Filter | None) -> None:
    parts = resources()
    meant = bulk.chosen(parts, ids, every)
    plan = bulk.deletion(parts, meant)
    if not plan["episodes"]:
        st.info("Somebody else deleted what was chosen: nothing is left to delete.", icon=":material/block:")
        return
    st.write(bulk.deletion_said(plan).replace("\n", "  \n"))
    sure = st.checkbox(f"Yes, delete {counted(plan['episodes'] - plan['running'], 'episode')}")
    if st.button("Delete", type="primary", icon=":material/delete_forever:", disabled=not sure):
        st.session_state[DELETED] = deletions() + 1
        _start("deleted", lambda report, stop: bulk.delete(parts, meant, report, stop))


def _start(does: str, work: Callable[[Report, Stop], Any]) -> None:
    jobs().start(JOB, work, about=does)
    st.rerun()


def _done(job: Job) -> None:
    result = job.result
    if result is None:
        return
    if "out" in result:
        _written(Path(result["out"]), result)
    elif "runs" in result:
        links = ", ".join(f"[{run}]({runs_link(run)})" for run in result["runs"])
        _ended(f"{counted(len(result['episodes']), 'episode')} played in {links}", stopped=result["stopped"])
    else:
        _ended(bulk.said(result, job.about), stopped=result["stopped"])
    left_out(result["left_out"])


def _ended(told: str, *, stopped: bool) -> None:
    """What came of the work; stopped work is no success."""
    if stopped:
        st.info(f"Stopped: {told.removesuffix(' (stopped)')}. What was done is kept.", icon=":material/stop_circle:")
    else:
        st.success(f"{told}.", icon=":material/check:")


def _written(file: Path, result: dict[str, Any]) -> None:
    told = f"{counted(len(result['episodes']), 'episode')} written to {file} ({result['bytes'] / 1e6:,.1f} MB)."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(told, icon=":material/check:")
        if result["bytes"] <= AT_ONCE and file.is_file():
            st.download_button("Download", file.read_bytes, file.name, on_click="ignore", icon=":material/download:")

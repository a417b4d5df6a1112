"""What can be done to episodes chosen in a list: tag, export, run again, delete; with progress and stop."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from flows import bulk, rerunning
from flows.problems import explained
from flows.progress import Report, Stop
from store.errors import StoreError
from store.filters import Filter
from ui.jobs import Job, jobs
from ui.jobs import show as show_job
from ui.resources import resources
from ui.urls import runs_link

JOB = "episodes"
SHOWN = 5
"""Messages about single episodes that are shown; the number of the others is told."""
FETCHED = 300_000_000
"""Bytes of an archive up to which it is also handed to the browser, which keeps it in memory."""


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
            _start("Packing", lambda report, stop: _packed(ids, every, report, stop))
        if st.button("Run again", icon=":material/replay:", disabled=busy):
            _again(ids, every)
        if st.button("Delete", icon=":material/delete:", disabled=busy):
            _delete(ids, every)


def _tag(ids: Sequence[str], every: Filter | None) -> None:
    name = st.text_input("Tag", key="bulk_tag", max_chars=bulk.TAG_LETTERS)
    person = resources().people.name_of(st.context.cookies)
    with st.container(horizontal=True):
        for label, do, does in (("Add", bulk.tag, "tagged"), ("Take away", bulk.untag, "untagged")):
            if st.button(label, key=f"bulk_{does}", disabled=not name.strip()):
                try:
                    kept = bulk.checked_tag(name)
                except StoreError as error:
                    st.error(explained(error).said, icon=":material/error:")
                    continue
                _start(does, _work(do, ids, every, kept, person))


def _work(do: Callable[..., bulk.Result], ids: Sequence[str], every: Filter | None, *more: Any) -> Callable[..., Any]:
    parts = resources()
    return lambda report, stop: do(parts, bulk.chosen(parts, ids, every), *more, report, stop)


def _packed(ids: Sequence[str], every: Filter | None, report: Report, stop: Stop) -> bulk.Result:
    parts = resources()
    folder = Path(tempfile.mkdtemp(prefix="export-", dir=_shelf()))
    return bulk.archive(parts, bulk.chosen(parts, ids, every), folder / "episodes.zip", report, stop)


def _shelf() -> Path:
    """Where archives wait for being fetched: in the workspace, so that there is room for them."""
    folder = resources().workspace.root / "exports"
    folder.mkdir(exist_ok=True)
    return folder


@st.dialog("Run again", width="medium")
def _again(ids: Sequence[str], every: Filter | None) -> None:
    parts = resources()
    again = rerunning.plan(parts, bulk.chosen(parts, ids, every))
    _messages(again.left_out, "left out")
    if not again.plans:
        st.info("None of the chosen episodes can be run again.", icon=":material/block:")
        return
    st.write(
        f"{again.episodes:,} episodes are played anew with their tasks, seeds, models, prompt sets and limits. "
        "The finished ones stay."
    )
    if st.button("Start", type="primary", icon=":material/play_arrow:"):
        _start("played", lambda report, stop: rerunning.execute(again, report, stop))


@st.dialog("Delete for good?", width="medium")
def _delete(ids: Sequence[str], every: Filter | None) -> None:
    parts = resources()
    meant = bulk.chosen(parts, ids, every)
    plan = bulk.deletion(parts, meant)
    st.write(bulk.deletion_said(plan).replace("\n", "  \n"))
    sure = st.checkbox(f"Yes, delete {plan['episodes'] - plan['running']:,} episodes")
    if st.button("Delete", type="primary", icon=":material/delete_forever:", disabled=not sure):
        _start("deleted", lambda report, stop: bulk.delete(parts, meant, report, stop))


def _start(does: str, work: Callable[[Report, Stop], Any]) -> None:
    jobs().start(JOB, work, about=does)
    st.rerun()


def _done(job: Job) -> None:
    result = job.result
    if result is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if "runs" in result:
            links = ", ".join(f"[{run}]({runs_link(run)})" for run in result["runs"])
            st.success(f"{len(result['episodes']):,} episodes played in {links}.", icon=":material/check:")
        else:
            st.success(bulk.said(result, job.about) + ".", icon=":material/check:")
        if "file" in result:
            _offer(Path(result["file"]), result["bytes"])
    _messages(result["left_out"], "left out")


def _offer(file: Path, size: int) -> None:
    st.caption(f"{file} ({size / 1e6:,.1f} MB)")
    if size <= FETCHED and file.is_file():
        st.download_button("Save", file.read_bytes, file.name, "application/zip", icon=":material/save:")


def _messages(messages: Sequence[str], what: str) -> None:
    if messages:
        more = f"\n\nand {len(messages) - SHOWN:,} more" if len(messages) > SHOWN else ""
        st.warning(f"{len(messages):,} {what}:\n\n" + "\n\n".join(messages[:SHOWN]) + more, icon=":material/warning:")

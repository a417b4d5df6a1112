"""Files from elsewhere through the screen: what is uploaded is put in a folder of its own, imported, and told."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from flows import importing
from flows.importing import Elsewhere
from flows.progress import Report, Stop, Stopped, Update
from ui import jobs
from ui.episode_rows import counted
from ui.shell import FORM_WIDTH
from ui.urls import open_replay
from wiring import Parts

JOB = "import"
KINDS = ("episode", "zip", "json", "jsonl")
OPENED = 12


def ask(parts: Parts) -> None:
    """Draw the form; Import starts the job."""
    with st.form("import", width=FORM_WIDTH, clear_on_submit=True):
        files = st.file_uploader(
            "Episode files, bundles (.zip), or recordings of Chrome DevTools and Playwright",
            KINDS,
            accept_multiple_files=True,
            key="import_files",
        )
        st.caption(
            "A recording made elsewhere has no observations: it is replayed once on its page and recorded anew. "
            "Say where and what for, if the file does not."
        )
        with st.container(horizontal=True):
            url = st.text_input("Address or task of a recording", key="import_url", placeholder="as the file says")
            objective = st.text_input("Its objective", key="import_objective")
        if st.form_submit_button("Import", type="primary", icon=":material/upload_file:"):
            _start(parts, files, Elsewhere(url.strip() or None, objective.strip()))


def _start(parts: Parts, files: Sequence[Any], asked: Elsewhere) -> None:
    if not files:
        st.warning("No file was chosen. Nothing was imported.", icon=":material/info:")
        return
    held = [(Path(file.name.replace("\\", "/")).name, file.getvalue()) for file in files]
    jobs.jobs().start(JOB, lambda report, stop: _work(parts, held, asked, report, stop))


def _work(
    parts: Parts, files: Sequence[tuple[str, bytes]], asked: Elsewhere, report: Report, stop: Stop
) -> dict[str, Any]:
    """Import them from a folder that is gone afterwards."""

    def progress(line: str) -> None:
        if stop():
            raise Stopped
        report(Update(line))

    with tempfile.TemporaryDirectory(prefix=".upload-", dir=parts.workspace.root) as folder:
        paths = [Path(folder) / name for name, _ in files]
        for path, (_, data) in zip(paths, files, strict=True):
            path.write_bytes(data)
        progress(f"Importing {counted(len(paths), 'file')}")
        result = importing.import_any(parts, sorted(set(paths)), asked, progress)
        result["refused"] = [message.replace(f"{folder}/", "") for message in result["refused"]]
        return {**result, "told": importing.told(result).replace(f"{folder}/", "")}


def show(parts: Parts, job: jobs.Job) -> None:
    """What came of an import, with what was refused and ways to what is new."""
    if job.problem is not None or not job.result:
        return
    result = job.result
    ids = [*result["imported"], *result["already_there"]]
    lines = [line for line in result["told"].splitlines() if not line.startswith("refused: ")]
    (st.success if ids else st.info)("  \n".join(lines), icon=":material/task_alt:" if ids else ":material/info:")
    for message in result["refused"]:
        st.warning(message, icon=":material/block:")
    with st.container(gap=None):
        for row in filter(None, map(parts.episodes.catalogue.get, ids[:OPENED])):
            label = row["objective"] or row["id"]
            if st.button(label, key=f"imported_{row['id']}", type="tertiary", icon=":material/layers:", wrap=False):
                open_replay(row["id"])

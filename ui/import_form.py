"""Files from elsewhere through the screen: uploaded or named by their path, looked at first, imported, and told."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from flows.progress import Report, Stop
from flows.transfer.import_paths import Imported, import_paths, preview
from flows.transfer.importing import Elsewhere
from traces.sentences import counted
from ui import jobs
from ui.plain import plain
from ui.shell import FORM_WIDTH
from ui.urls import open_replay
from wiring import Parts

JOB, LOOK = "import", "import_preview"
OPENED = 12
UPLOAD = ".upload-"
Named = Sequence[tuple[str, bytes]]


def ask(parts: Parts) -> None:
    """Draw the form; Look tells what the files are, Import starts the job."""
    with st.form("import", width=FORM_WIDTH):
        files = st.file_uploader(
            "Files, or a zip of a folder", accept_multiple_files=True, key="import_files",
            help="Logs of SteP, renderings of WebArena, AgentLab folders, BrowserGym-style JSON and others: "
            "what a file is, is told by its content.",
        )  # fmt: skip
        path = _path() if parts.allow_private else ""
        with st.expander("For recordings of Chrome DevTools and Playwright codegen"):
            st.caption("They have no observations: each is replayed once on its page and recorded anew.")
            url = st.text_input("Address or task", key="import_url", placeholder="as the file says")
            objective = st.text_input("Its objective", key="import_objective")
        with st.container(horizontal=True):
            start = st.form_submit_button("Import", type="primary", icon=":material/upload_file:")
            look = st.form_submit_button("Look first", icon=":material/visibility:")
    if start or look:
        _start(parts, files, path.strip(), Elsewhere(url.strip() or None, objective.strip()), look_only=look)


def _path() -> str:
    """Only who is at this machine (or was let in by its owner) may name its files."""
    return st.text_input("or a file or folder on this machine", key="import_path", placeholder="/home/me/logs")


def _start(parts: Parts, files: Sequence[Any], path: str, asked: Elsewhere, *, look_only: bool) -> None:
    if not files and not path:
        st.warning("No file was chosen and no path named. Nothing was imported.", icon=":material/info:")
        return
    held = [(_file_name(file.name), file.getvalue()) for file in files]
    named = [Path(path).expanduser()] if path else []
    name, work = (LOOK, _look) if look_only else (JOB, partial(_take, parts, asked))
    for other in (LOOK, JOB):
        jobs.jobs().forget(other)
    jobs.jobs().start(name, lambda report, stop: _with_files(parts, held, named, partial(work, report, stop)))


def _file_name(given: str) -> str:
    """The name of an uploaded file as one of ours: no path, no NUL, at most 200 bytes."""
    name = given.replace("\\", "/").rpartition("/")[2].replace("\0", "")
    cut = name.encode("utf-8", "replace")[:200].decode("utf-8", "ignore")
    return "file" if cut in ("", ".", "..") else cut


def _with_files(parts: Parts, held: Named, named: Sequence[Path], work: Callable[[Sequence[Path]], Any]) -> Any:
    """Do it with the uploaded files in a folder that is gone afterwards; each has one of its own, whatever its name."""
    with tempfile.TemporaryDirectory(prefix=UPLOAD, dir=parts.workspace.root) as folder:
        paths = []
        for number, (name, data) in enumerate(held):
            path = Path(folder) / str(number) / name
            path.parent.mkdir()
            path.write_bytes(data)
            paths.append(path)
        return work([*paths, *named])


def _look(_report: Report, stop: Stop, paths: Sequence[Path]) -> list[dict[str, str]]:
    return preview(paths, stop)


def _take(parts: Parts, asked: Elsewhere, report: Report, stop: Stop, paths: Sequence[Path]) -> Imported:
    return import_paths(parts, paths, asked, report, stop)


def looked(job: jobs.Job) -> None:
    """What was recognised, before anything is imported."""
    if job.problem is not None or job.result is None:
        return
    st.markdown(f"**{counted(len(job.result), 'file')} looked at.** Nothing was imported yet.")
    if job.result:
        st.dataframe(job.result, hide_index=True, key="import_looked")


def show(parts: Parts, job: jobs.Job) -> None:
    """What came of an import: the new episodes and ways to them, warnings by position, what was left and why."""
    if job.problem is not None or job.result is None:
        return
    result: Imported = job.result
    new = len(result.episodes) - len(set(result.already_there))
    said = f"Imported {counted(new, 'episode')}."
    if result.already_there:
        said += f" {len(set(result.already_there))} were there already."
    (st.success if new else st.info)(said, icon=":material/task_alt:" if new else ":material/info:")
    if result.stopped:
        st.info("Stopped between two files. Import the same again to go on.", icon=":material/stop_circle:")
    for one in result.bundles:
        added = ", ".join(f"{number} {what}" for what, number in one["added"].items())
        st.caption(f"The bundle brought the label set {plain(one['label_set'])}: {added or 'all was there already'}.")
    _links(parts, result.episodes)
    _warnings(result.episodes)
    for one in result.replayed:
        for entry in one["not_recorded"]:
            st.warning(f"Not recorded: {plain(entry)}", icon=":material/block:")
    _skipped(result.skipped)


def _links(parts: Parts, episodes: Sequence[Mapping[str, Any]]) -> None:
    with st.container(gap=None):
        for one in episodes[:OPENED]:
            row = parts.episodes.catalogue.get(one["id"])
            if row is not None:
                label = f"{plain(row['objective'] or row['task'] or row['id'])} · {counted(one['steps'], 'step')}"
                if st.button(label, key=f"imported_{row['id']}", type="tertiary", icon=":material/layers:", wrap=False):
                    open_replay(row["id"])
    if len(episodes) > OPENED:
        st.caption(f"and {len(episodes) - OPENED:,} more on the Episodes screen.")


def _warnings(episodes: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        {"episode": one["id"], "where": str(warned["position"]), "what": warned["message"]}
        for one in episodes
        for warned in one["warnings"]
    ]
    if rows:
        with st.expander(f"{counted(len(rows), 'warning')}: what was read otherwise, or not at all", expanded=True):
            st.dataframe(rows, hide_index=True, key="import_warnings")


def _skipped(skipped: Sequence[Mapping[str, str]]) -> None:
    if skipped:
        with st.expander(f"{counted(len(skipped), 'file')} left out, and why", expanded=True):
            st.dataframe(
                [{**one, "path": _uploaded(one["path"])} for one in skipped], hide_index=True, key="import_skipped"
            )


def _uploaded(path: str) -> str:
    """The path, of an uploaded file its name alone."""
    held = Path(path).parts
    place = next((number for number, part in enumerate(held) if part.startswith(UPLOAD)), None)
    return path if place is None else str(Path(*held[place + 2 :]))

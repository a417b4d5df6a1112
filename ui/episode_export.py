"""The form that writes episodes in a format of other programs, and the files it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from flows.transfer import episode_shelf
from flows.transfer.episode_exports import export_episodes
from traces.formats.exports import EXPORTS
from traces.sentences import counted
from ui import jobs
from ui.export_form import day
from ui.plain import message, plain
from ui.shell import FORM_WIDTH, empty
from ui.standalone import viewer
from wiring import Parts

JOB = "episode export"
OFFERED = 300
"""Episodes one can choose from here; Episodes finds any other."""
AT_ONCE = 30_000_000
"""Bytes up to which a file is handed to the browser with the page; a larger one is told with its path."""


def show(parts: Parts, wanted: Sequence[str] = ()) -> None:
    """Draw the form with these episodes chosen, how far the writing is, and what was written."""
    offered = _offered(parts, wanted)
    if not offered:
        empty("No episodes yet", "Record a demonstration or load the examples; then write them here.", "record", "home")
        return
    with st.container(width=FORM_WIDTH):
        _form(parts, offered, [one for one in wanted if one in offered])
    jobs.show(JOB, _written)
    for one in episode_shelf.kept(parts):
        _row(parts, one)


def _form(parts: Parts, offered: dict[str, str], chosen: Sequence[str]) -> None:
    ids = st.multiselect(
        "Episodes", list(offered), list(chosen), format_func=offered.__getitem__, key="export_episodes"
    )
    name = st.selectbox("Format", list(EXPORTS), 1, format_func=_titled, key="export_episode_format")
    redact = st.checkbox(
        "Redacted: without what was typed, answers, queries and pictures",
        key="export_redact",
        help="Words that were typed or answered are taken out wherever they stand. What stands on a page and was "
        "never typed stays, so look at the file before you give it away.",
    )
    if st.button("Write episodes", type="primary", icon=":material/ios_share:", disabled=not ids):
        to = episode_shelf.target(parts, ids, name, redact=redact)
        work = partial(_work, parts, tuple(ids), name, to, redact)
        jobs.jobs().start(JOB, work, about=to.name)


def _work(parts: Parts, ids: Sequence[str], name: str, to: Any, redact: bool, report: Any, stop: Any) -> Any:
    return export_episodes(parts, ids, name, to, viewer=viewer(), redact=redact, report=report, stop=stop)


def _written(job: jobs.Job) -> None:
    result = job.result
    if result is None:
        return
    st.success(f"{job.about} was written: {counted(len(result['episodes']), 'episode')}.", icon=":material/check:")
    for one in result["left_out"]:
        st.warning(message(f"Left out: {one['episode']}: {one['reason']}"), icon=":material/info:")
    gone = [f"{number:,} {what}" for what, number in result["removed"].items() if number]
    if result["redacted"]:
        st.caption(f"Taken out: {', '.join(gone) or 'nothing was found'}.")


def _row(parts: Parts, one: episode_shelf.Kept) -> None:
    name = one.path.name
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(name)}** · {one.bytes / 1000:,.0f} kB · {day(one.written)} UTC")
        st.space("stretch")
        if one.bytes <= AT_ONCE:
            st.download_button("Download", one.path.read_bytes(), name, key=f"get_{name}", on_click="ignore")
        else:
            st.caption(plain(f"Large; it is at {one.path}"))
        if st.button("Remove", key=f"remove_{name}", icon=":material/delete:", type="tertiary"):
            episode_shelf.remove(parts, name)
            st.rerun()


def _offered(parts: Parts, wanted: Sequence[str]) -> dict[str, str]:
    """Ids with what a person knows them by: those asked for, then the newest."""
    catalogue = parts.episodes.catalogue
    asked = (catalogue.get(one) for one in dict.fromkeys(wanted))
    rows = [row for row in asked if row is not None] + list(catalogue.search(limit=OFFERED).rows)
    return {
        row["id"]: f"{(row['objective'] or 'No objective')[:70]} · {row['status']} · {row['id'][:12]}" for row in rows
    }


def _titled(name: str) -> str:
    return f"{name} · {EXPORTS[name].said}"

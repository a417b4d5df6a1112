"""Import and export: labels and prompts for other programs with what was left out, and episodes from elsewhere."""

from functools import partial

import streamlit as st

from flows.transfer import export_shelf
from flows.transfer.exporting import export_labels
from labeling.exports.registry import FORMATS
from ui import episode_export, export_form, import_form, jobs
from ui.plain import message, plain
from ui.resources import resources
from ui.shell import open_page

JOB = "export"
parts = resources()
wanted = [one for text in st.query_params.get_all("episode") for one in text.split(",") if one]
open_page(
    "Import and export",
    "Labels, prompts and episodes for other programs; runs of SteP, WebArena, Playwright, AgentLab and others come in.",
)
names = ["Export labels", "Export episodes", "Import"]
linked = st.query_params.get("tab", "")
first = linked if linked in names else names[bool(wanted)]
exports, episodes, imports = st.tabs(names, default=first, key="transfer_tab", on_change="rerun")


def written(job: jobs.Job) -> None:
    if job.result:
        st.toast(plain(f"{job.about} was written"), icon=":material/check:")
        job.result = None


def row(one: export_shelf.Kept) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(one.name)}** · {one.bytes / 1000:,.0f} kB · {export_form.day(one.written)} UTC")
            st.space("stretch")
            st.download_button(
                "Download", one.path.read_bytes, one.name, "application/zip", key=f"get_{one.name}", on_click="ignore"
            )
            if st.button("Remove", key=f"remove_{one.name}", icon=":material/delete:", type="tertiary"):
                export_shelf.remove(parts, one.name)
                st.rerun()
        if one.manifest is None:
            st.warning(message(f"It cannot be read: {one.problem}. It was left as it is."), icon=":material/error:")
            return
        kind = FORMATS.get(one.manifest.kind)
        st.caption(plain(f"{kind.said if kind else one.manifest.kind} · {export_form.held(one.manifest)}"))
        export_form.show_left_out(one.manifest, one.name)


if exports.open:
    with exports:
        asked = export_form.ask(parts)
        if asked is not None:
            jobs.jobs().start(JOB, partial(export_labels, parts, asked), about=asked.to.name)
        jobs.show(JOB, written)
        for one in export_shelf.kept(parts):
            row(one)

if episodes.open:
    with episodes:
        episode_export.show(parts, wanted)

if imports.open:
    with imports:
        import_form.ask(parts)
        jobs.show(import_form.LOOK, import_form.looked)
        jobs.show(import_form.JOB, lambda job: import_form.show(parts, job))

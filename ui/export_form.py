"""The form of an export, and what a person is told of one: what it holds, what was left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from flows.transfer import export_shelf
from flows.transfer.exporting import Asked
from labeling.exports.out import Manifest
from labeling.exports.registry import FORMATS, Format
from labeling.model import LabelSet
from labeling.prompts.model import PromptSet
from traces.sentences import counted
from ui.plain import message, plain
from ui.shell import FORM_WIDTH
from wiring import Parts

STATUS = {
    "reviewed": "reviewed: a person decided every call",
    "gold": "gold: two people came to the same calls",
    "proposed": "proposed: some calls are undecided",
}
SPLITS = {"all": "all, a file for each", "train": "train", "dev": "dev", "test": "test"}
SECRETS = {"blank": "blank it", "refuse": "write nothing"}
LISTED = 200


def ask(parts: Parts) -> Asked | None:
    """Draw the form; the export as asked for when Write was pressed, else None."""
    with st.container(width=FORM_WIDTH):
        chosen = FORMATS[st.selectbox("Format", list(FORMATS), format_func=_titled, key="export_format")]
        sources = _sources(parts, chosen)
        what = "Prompt set" if chosen.from_prompts else "Label set"
        if not sources:
            missing = "Build one on Prompts" if chosen.from_prompts else "Finish a review on Label"
            st.info(f"There is no {what.lower()} to export yet. {missing}, then write it here.", icon=":material/info:")
            return None
        source = st.selectbox(what, list(sources), format_func=sources.__getitem__, key=f"export_{what}")
        options = {} if chosen.whole else _options(chosen)
        if not chosen.whole:
            st.caption(f"Takes demonstrations that ended as {', '.join(chosen.ended)}.")
        pressed = st.button("Write", type="primary", icon=":material/ios_share:")
    return export_shelf.asked(parts, chosen.name, source, **options) if pressed else None


def held(manifest: Manifest) -> str:
    """One line: what an export holds."""
    counts = ", ".join(f"{number:,} {what}" for what, number in manifest.counts.items()) or "nothing"
    return f"{counts} · from {manifest.label_set or manifest.prompt_set}"


def show_left_out(manifest: Manifest, key: str) -> None:
    """Everything that is not in an export, or not as it was, with the reason."""
    for number, why in _counted(manifest.secrets):
        st.warning(plain(f"Blanked: {number} × {why}"), icon=":material/password:")
    for note in manifest.notes:
        st.caption(message(f"Note: {note}"))
    left = sum(manifest.left_out_by_reason.values())
    if not left:
        st.caption("Nothing was left out.")
        return
    with st.expander(f"{left:,} left out", key=f"left_{key}"):
        _listed(manifest)


def _listed(manifest: Manifest) -> None:
    st.dataframe(
        [{"how many": n, "left out because": why} for n, why in _counted(manifest.left_out_by_reason)], hide_index=True
    )
    st.dataframe([entry.model_dump() for entry in manifest.left_out[:LISTED]], hide_index=True)
    if len(manifest.left_out) > LISTED:
        st.caption(f"The first {LISTED} one by one; manifest.json in the download has {len(manifest.left_out):,}.")


def day(when: float) -> str:
    """As in `2026-11-21 09:30`, in UTC."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d %H:%M")


def _titled(name: str) -> str:
    return f"{name} · {FORMATS[name].said}"


def _sources(parts: Parts, chosen: Format) -> dict[str, str]:
    """Ids and how they are told, the newest first."""
    if chosen.from_prompts:
        return {one.id: _prompts(one) for one in parts.labels.prompt_sets()[::-1]}
    return {one.id: _labels(one) for one in parts.labels.label_sets()[::-1]}


def _labels(one: LabelSet) -> str:
    return f"{one.id} · {counted(len(one.trees), 'demonstration')} · by {one.actor} · {day(one.created)} UTC"


def _prompts(one: PromptSet) -> str:
    return f"{one.id} · {counted(len(one.examples), 'example')} · {one.policy_set}"


def _options(chosen: Format) -> dict[str, Any]:
    with st.container(horizontal=True):
        split = st.selectbox("Split", list(SPLITS), format_func=SPLITS.__getitem__, key="export_split")
        secrets = st.selectbox(
            "Where a secret stands in the clear", list(SECRETS), format_func=SECRETS.__getitem__, key="export_secrets"
        )
    found = {"split": None if split == "all" else split, "secrets": secrets}
    if chosen.from_prompts:
        return found
    status = st.selectbox("Labels at least", list(STATUS), format_func=STATUS.__getitem__, key="export_status")
    return {**found, "status": status}


def _counted(counts: dict[str, int]) -> Sequence[tuple[int, str]]:
    return sorted(((number, why) for why, number in counts.items()), key=lambda one: (-one[0], one[1]))

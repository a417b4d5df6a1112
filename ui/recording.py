"""A running recording on the Record screen: drawn by its component, ended here, and what is said when it is gone."""

from __future__ import annotations

import time
from secrets import token_urlsafe
from typing import Any

import streamlit as st

from browser.live.registry import UnknownRecording
from flows.problems import OURS, explained
from flows.record import chords, taught
from flows.record.recording import Request
from flows.record.tasks import is_task
from store.errors import StoreError
from traces.catalogue import INTERRUPTED
from ui.components.live import live_view
from ui.keys import keys_of
from ui.plain import message, plain
from ui.resources import live_tasks, resources

REC = "rec"
"""The query parameter that names the running recording, so that a reload finds it again."""
TOLD = "record_told"
"""(A recording, what is to be said over it while it runs), in the session."""


def start(request: Request, owner: str) -> None:
    """Begin to record and show it; an error is told and the form stays as it was typed."""
    try:
        with st.spinner("Opening the page …"):
            recording = live_tasks().start(request, owner)
    except OURS as error:
        problem = explained(error)
        st.error(message(f"{problem.what} Nothing was recorded. {problem.next}"), icon=":material/error:")
        return
    st.query_params.from_dict({REC: recording})
    st.rerun()


def owner() -> str:
    """Whose recordings are shown here: this browser's, by its cookie; where it keeps none, this session's alone."""
    known = resources().people.browser_of(st.context.cookies)
    return known or str(st.session_state.setdefault("record_owner", token_urlsafe(16)))


def show(recording: str, owner: str, person: str) -> None:
    """Draw the running recording, with the person's own chords, and do what its view asks for."""
    parts = resources()
    try:
        options = parts.live.recording(recording, owner).options
    except UnknownRecording:
        _gone(recording)
        return
    about, told = st.session_state.get(TOLD, ("", ""))
    if told and about == recording:
        st.caption(f":material/replay: {plain(told)}")
    result = live_view(
        recording,
        parts.guard.issue(recording),
        parts.guard.token,
        objective=options.objective,
        site=(options.task or options.site).replace(":", " · "),
        prefix=url_prefix(),
        problem=st.session_state.get("record_problem"),
        chords=chords.load(parts, person),
        sheet=key_sheet(),
        judged=is_task(options.task or ""),
    )
    if result.stop and is_new(result.stop):
        _stop(recording, owner, result.stop)
    if result.discard and is_new(result.discard):
        _discard(recording, owner)
    if result.stopped:
        _after(recording)
    if result.discarded or result.closed:
        _back()


def key_sheet() -> list[tuple[str, str]]:
    """(command, what it does) of the chords, as docs/keys.md has them."""
    commands = {chord.replace("+", " "): name for name, chord in chords.DEFAULTS.items()}
    return [(commands[keys[0]], does) for keys, does in keys_of("Record")]


def _stop(recording: str, owner: str, asked: dict[str, Any]) -> None:
    try:
        live_tasks().stop(recording, str(asked.get("outcome", "unsure")), asked.get("answer"), owner)
    except OURS as error:
        _tell(error)
    else:
        _after(recording)


def _after(recording: str) -> None:
    """Where a recording that has ended is gone on with: Label, or Teach where it was begun from."""
    link = taught.of(resources(), recording)
    if link is None:
        st.switch_page("pages/label.py", query_params={"episode": recording})
    st.switch_page("pages/teach.py", query_params={"episode": link.episode, "step": link.step})


def _discard(recording: str, owner: str) -> None:
    try:
        live_tasks().discard(recording, owner)
    except OURS as error:
        _tell(error)
    else:
        st.toast("The recording was discarded", icon=":material/delete:")
        _back()


def is_new(asked: dict[str, Any]) -> bool:
    """Whether the wish is new, which it is once: a component's state stays over reruns."""
    new: bool = st.session_state.get("record_heeded") != asked["at"]
    st.session_state["record_heeded"] = asked["at"]
    return new


def _tell(error: Exception) -> None:
    st.session_state["record_problem"] = {"at": time.time(), "text": explained(error).said}
    st.rerun()


def _back() -> None:
    st.query_params.clear()
    st.rerun()


def _gone(recording: str) -> None:
    """The recording is over, or was never here: where its episode is, if there is one."""
    parts = resources()
    try:
        path = parts.episodes.path(recording)
        parts.episodes.register_file(path)
    except StoreError:
        st.warning("There is no such recording. It was discarded, or the address is not complete.")
    else:
        row = parts.episodes.catalogue.get(recording) or {}
        link = taught.of(parts, recording)
        if row.get("status") == INTERRUPTED:
            st.warning(
                "This recording was interrupted. What was done is kept; its page is gone.", icon=":material/warning:"
            )
        else:
            st.info("This recording has ended and is sealed with the steps it had.", icon=":material/check_circle:")
            if st.button("Label it", type="secondary" if link else "primary"):
                st.switch_page("pages/label.py", query_params={"episode": recording})
        if link is not None and st.button("Back to the lesson", type="primary", icon=":material/school:"):
            _after(recording)
    st.button("Record another", on_click=st.query_params.clear)


def url_prefix() -> str:
    """The app's base path, as components put it before their addresses."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""

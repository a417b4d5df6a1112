"""Recordings whose process died, on the Record screen: seal or discard one, or go on from its last page."""

from __future__ import annotations

import streamlit as st

from flows.problems import OURS
from flows.record import interrupted, taught
from flows.record.interrupted import Interrupted
from flows.record.recording import Request
from traces.sentences import counted
from ui.plain import plain, problem_text
from ui.record_form import WEB
from ui.resources import resources

CONTINUES = "record_continues"
"""The episode the next recording goes on from, in the session."""
TROUBLE = "record_continues_trouble"
"""What came in between when somebody wanted to go on, until it is drawn."""


def offer(person: str) -> None:
    """Draw what was interrupted of this person's, each with what can be done about it."""
    trouble = st.session_state.pop(TROUBLE, None)
    if trouble is not None:
        _tell(trouble)
    for left in interrupted.found(resources(), person):
        _one(left)


def continued(request: Request) -> Request:
    """The request as a continuation, where its address is the one somebody chose to go on from."""
    chosen = st.session_state.pop(CONTINUES, None)
    if chosen is None or chosen["url"] != request.url:
        return request
    return Request(**{**vars(request), "continues": chosen["id"]})


def _one(left: Interrupted) -> None:
    episode = left.episode
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        kept = f"{counted(left.steps, 'step')} kept" if left.steps else "nothing was done yet"
        told = "what was recorded can be read, and sealed." if left.steps else "there is nothing to seal."
        st.write(f"**Interrupted:** {plain(episode.objective) or 'a recording'} · {kept}. Its browser is gone; {told}")
        lesson = taught.of(resources(), episode.id)
        if left.steps:
            if st.button("Seal it", key=f"seal_{episode.id}", icon=":material/inventory_2:"):
                _seal(episode.id)
        elif st.button("Discard it", key=f"discard_{episode.id}", icon=":material/delete:"):
            _discard(episode.id)
        if lesson is not None:
            if st.button("Go on with the lesson", key=f"lesson_{episode.id}", icon=":material/school:"):
                st.switch_page("pages/teach.py", query_params={"episode": lesson.episode, "step": lesson.step})
        elif left.can_go_on:
            st.button("Go on from its last page", key=f"go_on_{episode.id}", on_click=_go_on, args=(episode.id,))


def _seal(episode: str) -> None:
    try:
        interrupted.seal(resources(), episode)
    except OURS as error:
        _tell(error)
        return
    st.switch_page("pages/label.py", query_params={"episode": episode})


def _discard(episode: str) -> None:
    try:
        interrupted.discard(resources(), episode)
    except OURS as error:
        _tell(error)
        return
    st.rerun()


def _go_on(episode: str) -> None:
    """Seal it and fill in the form: sign-ins and declared secret fields are the person's to give again.

    Runs before the page is drawn: fields that are drawn already would tell of themselves as empty.
    """
    try:
        request = interrupted.going_on(resources(), episode)
    except OURS as error:
        st.session_state[TROUBLE] = error
        return
    st.session_state["record_url"], st.session_state["record_objective"] = request.url, request.objective
    st.session_state["record_kind"] = WEB
    st.session_state[CONTINUES] = {"id": episode, "url": request.url}
    st.toast("Sealed. Name secret fields again, then start.", icon=":material/play_arrow:")


def _tell(error: Exception) -> None:
    st.error(problem_text(error))

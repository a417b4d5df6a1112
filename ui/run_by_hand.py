"""The page of a run that waits for a person: shown in the live view, until they give it back."""

from __future__ import annotations

import streamlit as st

from flows.problems import OURS
from flows.record import chords
from ui.components.live import live_view
from ui.plain import problem_text
from ui.recording import is_new, key_sheet, url_prefix
from ui.resources import resources

SHOWN = "hand_shown"


def watch() -> None:
    """Have the whole page drawn anew when it is somebody's turn, or no longer."""
    asked = resources().lending.asked
    if st.session_state.get(SHOWN) != (asked and asked.recording):
        st.rerun()


def show(person: str) -> None:
    """The page, what is to be done on it, and the way back; nothing while a model plays."""
    parts = resources()
    asked = parts.lending.asked
    st.session_state[SHOWN] = asked and asked.recording
    if asked is None:
        return
    st.info(
        f"It is your turn to play **{asked.policy}**. Do on the page what is asked, then press *Return*; what you did "
        "becomes its actions.",
        icon=":material/pan_tool:",
    )
    result = live_view(
        asked.recording,
        parts.guard.issue(asked.recording),
        parts.guard.token,
        objective=asked.objective,
        site=asked.policy,
        prefix=url_prefix(),
        chords=chords.load(parts, person),
        sheet=key_sheet(),
        lent=True,
    )
    if result.stop and is_new(result.stop):
        try:
            parts.lending.give_back(asked.recording, str(result.stop["outcome"]), result.stop.get("answer"))
        except OURS as error:
            st.error(problem_text(error), icon=":material/error:")
            return
        st.rerun()

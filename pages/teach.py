"""Teach: back to a step of a failed run, show there how it is done, and let the agent try again."""

import streamlit as st

from traces.sentences import counted
from ui import recording, teaching
from ui.episode_rows import shown
from ui.plain import plain
from ui.resources import resources
from ui.shell import empty, open_page
from ui.urls import open_replay

parts = resources()
episode, step = st.query_params.get("episode"), st.query_params.get("step")
open_page(
    "Teach from here", "Back to the page where a run went wrong: show how it is done, and let the agent try again."
)


def choose() -> None:
    found = parts.episodes.catalogue.search(actor="agent", status="failed", limit=8)
    if not found.rows:
        empty(
            "No failed run yet",
            "Run the agent; where it fails, teach it from the step it went wrong at.",
            "run",
            "home",
        )
        return
    with st.container(border=True, gap="xsmall"):
        st.subheader("Choose a failed run", anchor=False)
        st.caption("In Replay, go to the step from which on you want to show it, and press `t`.")
        for row in found.rows:
            cells = shown(row)
            label = f"{cells['task']} · {counted(cells['steps'] or 0, 'step')} · {cells['objective']}"
            if st.button(plain(label), key=f"open_{row['id']}", type="tertiary", icon=":material/layers:", wrap=False):
                open_replay(row["id"], row.get("began_step"))
        label = f"{counted(found.total, 'failed run')} in all, by what went wrong"
        st.page_link("pages/failures.py", label=label, icon=":material/report:")


if not episode or not step:
    choose()
elif (lesson := teaching.lesson_or_told(episode, step)) is not None:
    teaching.show(lesson, recording.owner(), parts.people.name_of(st.context.cookies))
else:
    teaching.left(episode)

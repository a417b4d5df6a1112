"""Replay: one episode step by step. The component brings its own heading and keeps the address up to date."""

import streamlit as st

from flows import settings
from flows.prompt import lineage
from traces.sentences import counted
from ui import import_warnings, teaching_links
from ui.components.replay import replay
from ui.episode_rows import shown
from ui.plain import plain
from ui.resources import resources
from ui.shell import empty, open_page
from ui.urls import endpoints, open_replay

parts = resources()
episode = st.query_params.get("episode")


def choose() -> None:
    open_page("Replay", "One episode, step by step: the stack of calls over time, the pages, the reasons.")
    found = parts.episodes.catalogue.search(limit=8)
    if not found.rows:
        todo = "Record a demonstration or load the examples; then step through them here."
        empty("No episodes yet", todo, "record", "home", "import")
        return
    with st.container(border=True):
        st.subheader("Choose an episode", anchor=False)
        for row in found.rows:
            cells = shown(row)
            label = f"{cells['status']} · {cells['objective']} · {counted(cells['steps'] or 0, 'step')}"
            if st.button(plain(label), key=f"open-{row['id']}", type="tertiary", icon=":material/layers:", wrap=False):
                open_replay(row["id"])
        st.page_link("pages/episodes.py", label=f"All {found.total:,} episodes", icon=":material/list:")


if episode is None:
    choose()
else:
    row = parts.episodes.catalogue.get(episode)
    own = parts.call_trees.reference(episode) if row and row["actor"] == "human" else None
    label_ref = st.query_params.get("label_ref") or own
    held = lineage.of_steps(parts, episode) if own else None
    step = st.query_params.get("step")
    teaching_links.show(parts, episode, human=bool(row) and row["actor"] == "human")
    go = replay(
        endpoints(),
        parts.guard.token,
        episode,
        label_ref=label_ref,
        step=step,
        held=held,
        listed=st.query_params.get("list", ""),
        tags=settings.load(parts).tags,
    )
    import_warnings.show(parts, episode, row)
    if go is not None:
        wanted = {name: go.get(name) for name in ("episode", "step")} | {"list": st.query_params.get("list")}
        st.query_params.from_dict({name: str(value) for name, value in wanted.items() if value is not None})
        st.rerun()

"""A short list of episodes behind a point or a cell, each one press from Replay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from traces.sentences import counted
from ui.episode_rows import shown
from ui.plain import plain
from ui.urls import open_replay
from wiring import Parts

SHOWN = 30


def show(parts: Parts, title: str, episodes: Sequence[str], key: str, steps: Iterable[str | None] = ()) -> None:
    """The first of some episodes (ids) as rows; `steps` says at which step each opens."""
    at = dict(zip(episodes, steps, strict=False))
    rows = [row for episode in episodes[:SHOWN] if (row := parts.episodes.catalogue.get(episode))]
    st.markdown(f"**{plain(title)}**: {counted(len(episodes), 'episode')}")
    opened = f"{key}_opened"
    st.dataframe(
        [{name: value for name, value in shown(row).items() if name not in ("took", "started")} for row in rows],
        hide_index=True,
        height="content",
        key=key,
        placeholder="",
        column_config={"open": st.column_config.ButtonColumn("", type="tertiary", key=opened, pinned=True)},
    )
    if len(episodes) > SHOWN:
        st.caption(f"The first {SHOWN} of them.")
    if clicked := st.session_state.get(opened):
        row = rows[clicked["row"]]
        open_replay(row["id"], at.get(row["id"]))

"""The latest episodes as cards with a small film strip each; a click opens one in Replay."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from store.errors import StoreError
from traces.sentences import counted
from ui.episode_rows import shown
from ui.plain import plain
from ui.urls import endpoints, open_replay
from wiring import Parts

THUMBS = 8
_STRIP = "display:flex;gap:6px;overflow:hidden;height:56px"
_THUMB = "height:54px;border-radius:4px;border:1px solid color-mix(in srgb, currentColor 18%, transparent)"


def recent(parts: Parts, count: int = 5) -> None:
    """Draw the newest episodes; nothing when there is none."""
    rows = parts.episodes.catalogue.search(limit=count).rows
    if rows:
        st.subheader("Latest episodes", anchor=False)
    for row in rows:
        _card(parts, row)


def _card(parts: Parts, row: dict[str, Any]) -> None:
    cells = shown(row)
    with st.container(border=True, gap="xsmall"):
        if st.button(plain(cells["objective"]), key=f"recent_{row['id']}", type="tertiary", wrap=False):
            open_replay(row["id"])
        steps = counted(cells["steps"] or 0, "step")
        st.caption(plain(f"{cells['status']} · {cells['by']} · {steps} · depth {cells['depth']}"))
        if strip := _strip(parts, row["id"]):
            st.html(strip)


def _strip(parts: Parts, episode: str) -> str:
    try:
        with parts.episode(episode) as reader:
            pictures = [key for key in reader.skeleton()["steps"]["before"] if key]
    except (StoreError, KeyError):
        pictures = []
    if not pictures:
        return ""
    shown = min(THUMBS, len(pictures))
    chosen = [pictures[at * (len(pictures) - 1) // max(1, shown - 1)] for at in range(shown)]
    base = f"{endpoints()}/episodes/{escape(episode)}/thumbs"
    images = "".join(
        f'<img src="{base}/{escape(key)}?t={parts.guard.token}" style="{_THUMB}" alt="" loading="lazy">'
        for key in chosen
    )
    return f'<div style="{_STRIP}" aria-hidden="true">{images}</div>'

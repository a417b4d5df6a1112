"""What a demonstration teaches and which demonstrations teach at a run, as one line of links."""

from __future__ import annotations

import streamlit as st

from flows import taught
from ui.urls import replay_link, teach_link
from wiring import Parts


def show(parts: Parts, episode: str, *, human: bool) -> None:
    """Draw the line; nothing where nothing was taught."""
    line = _teaches(parts, episode) if human else _taught(parts, episode)
    if line:
        st.markdown(line)


def _teaches(parts: Parts, demonstration: str) -> str:
    link = taught.of(parts, demonstration)
    if link is None:
        return ""
    there = f"[step {link.seq + 1} of the run {link.episode}]({replay_link(link.episode, link.step)})"
    how_far = f"[how far it is]({teach_link(link.episode, link.step)})"
    return f":material/school: Begins at {there} and shows how it goes on · {how_far}"


def _taught(parts: Parts, episode: str) -> str:
    found = taught.by(parts, episode)
    if not found:
        return ""
    shown = ", ".join(f"[at step {link.seq + 1}]({replay_link(row['id'])})" for row, link in found[:5])
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    _, newest = found[0]
    return f":material/school: Taught {shown}{more} · [how far it is]({teach_link(episode, newest.step)})"

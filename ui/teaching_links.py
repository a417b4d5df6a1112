"""What a demonstration teaches and which demonstrations teach at a run, as one line of links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from flows.record import taught
from labeling.prompts.model import PromptSet
from ui.urls import prompts_link, replay_link, teach_link
from wiring import Parts


def show(parts: Parts, episode: str, *, human: bool) -> None:
    """Draw the line; nothing where nothing was taught."""
    line = _teaches(parts, episode) if human else _taught(parts, episode)
    if line:
        st.markdown(line)


def between(parts: Parts, one: str, other: str) -> None:
    """Draw what was taught at one of two runs before the other was tried with it; nothing where nothing was."""
    for run, again in ((one, other), (other, one)):
        learned = (parts.episodes.catalogue.get(again) or {}).get("prompt_set")
        used = taught.known_set(parts, learned)
        held = {example.episode for example in used.examples} if used else set()
        for row, link in taught.by(parts, run):
            if used and row["id"] in held:
                shown = f"[how it goes on from step {link.seq + 1}]({replay_link(row['id'])})"
                learned_by = f"[{used.id}]({prompts_link(used.id)})"
                far = f"[how far it is]({teach_link(run, link.step)})"
                st.markdown(f":material/school: Between them a person showed {shown}; learned in {learned_by} · {far}")


def of_set(parts: Parts, prompt_set: PromptSet) -> None:
    """Draw which runs the demonstrations of a prompt set teach at."""
    for demonstration in taught.among(parts, {one.episode for one in prompt_set.examples}):
        shown = f"[{demonstration}]({replay_link(demonstration)})"
        st.markdown(f"{_teaches(parts, demonstration)} · {shown}")


def _teaches(parts: Parts, demonstration: str) -> str:
    link = taught.of(parts, demonstration)
    if link is None:
        return ""
    place = f"step {link.seq + 1} of the run {link.episode}"
    if parts.episodes.catalogue.get(link.episode) is None:
        return f":material/school: Begins at {place}, which was deleted, and shows how it goes on"
    there = f"[{place}]({replay_link(link.episode, link.step)})"
    how_far = f"[how far it is]({teach_link(link.episode, link.step)})"
    return f":material/school: Begins at {there} and shows how it goes on · {how_far}"


def _taught(parts: Parts, episode: str) -> str:
    found = taught.by(parts, episode)
    if not found:
        return ""
    links = ((f"at step {link.seq + 1}", row) for row, link in found[:5])
    shown = ", ".join(f"[{where}{_unfinished(row)}]({replay_link(row['id'])})" for where, row in links)
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    _, newest = found[0]
    return f":material/school: Taught {shown}{more} · [how far it is]({teach_link(episode, newest.step)})"


def _unfinished(row: Mapping[str, Any]) -> str:
    """How a lesson ended that did not reach its goal; two at one step are told apart by it."""
    return "" if row["status"] == "success" else f" ({row['status']})"

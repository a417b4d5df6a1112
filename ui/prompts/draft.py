"""Pins and bans that a person has set and not built yet: they begin as those of the prompt set that is looked at."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from labeling.prompts.model import PromptSet

Kind = Literal["pins", "bans"]


def begin(prompt_set: PromptSet | None) -> None:
    """Start anew when another set is looked at."""
    of = prompt_set.id if prompt_set else ""
    if st.session_state.get("prompt_draft_of") != of:
        st.session_state["prompt_draft_of"] = of
        st.session_state["prompt_pins"] = list(prompt_set.config.pins) if prompt_set else []
        st.session_state["prompt_bans"] = list(prompt_set.config.bans) if prompt_set else []


def ids(kind: Kind) -> list[str]:
    """The examples that are pinned or banned."""
    return list(st.session_state.get(f"prompt_{kind}", []))


def toggle(kind: Kind, examples: tuple[str, ...]) -> None:
    """Set or take back; what is pinned is no longer banned, and the other way round."""
    mine, other = ids(kind), "bans" if kind == "pins" else "pins"
    there = set(examples) <= set(mine)
    st.session_state[f"prompt_{kind}"] = [one for one in mine if one not in examples] + ([] if there else [*examples])
    st.session_state[f"prompt_{other}"] = [one for one in st.session_state[f"prompt_{other}"] if one not in examples]


def changed(prompt_set: PromptSet) -> bool:
    """Whether it differs from the set that is looked at."""
    pins, bans = prompt_set.config.pins, prompt_set.config.bans
    return sorted(ids("pins")) != sorted(pins) or sorted(ids("bans")) != sorted(bans)


def said() -> str:
    """How many there are, in words."""
    pins, bans = len(ids("pins")), len(ids("bans"))
    return f"{pins} pinned, {bans} banned"

"""Two prompt sets side by side: settings, tokens by policy, and every example that came, went or reads otherwise."""

from __future__ import annotations

import difflib

import streamlit as st

from flows.prompt.prompt_views import text_of
from labeling.prompts.differences import Difference, PromptDiff, compare
from labeling.prompts.model import Piece, PromptSet
from ui.plain import code

SIGNS = {"added": ":green[:material/add:]", "removed": ":red[:material/remove:]", "changed": ":material/edit:"}


def show(prompt_set: PromptSet, others: list[PromptSet]) -> None:
    """Choose the older set, then read what changed."""
    if not others:
        st.caption("There is only one prompt set. Build another to compare.")
        return
    first = next((at for at, one in enumerate(others) if one.id == prompt_set.parent), 0)
    older = st.selectbox(
        "From",
        others,
        index=first,
        format_func=lambda one: f"{one.id} · {len(one.examples)} examples",
        key=f"compare_{prompt_set.id}",
        width=420,
    )
    if older is not None:
        _difference(compare(older, prompt_set))


def _difference(found: PromptDiff) -> None:
    counts = {change: sum(one.change == change for one in found.differences) for change in SIGNS}
    st.markdown(" · ".join(f"{SIGNS[change]} {number} {change}" for change, number in counts.items()))
    if found.settings:
        rows = [{"setting": name, "before": one, "after": other} for name, one, other in found.settings]
        st.dataframe(rows, hide_index=True, key=f"settings_{found.before}_{found.after}")
    tokens = [
        {"policy": row.policy, "before": row.before, "after": row.after, "change": row.after - row.before}
        for row in found.tokens
    ]
    st.dataframe(tokens, hide_index=True, key=f"tokens_{found.before}_{found.after}")
    for at, one in enumerate(found.differences):
        _one(one, f"{found.before}_{found.after}_{at}")
    if not found.differences:
        st.caption("Prompts show the same examples.")


def _one(one: Difference, key: str) -> None:
    actions = code(" · ".join(one.piece.actions), 160)
    how = f" ({', '.join(one.fields)})" if one.fields else ""
    with st.expander(f"{SIGNS[one.change]} **{one.policy}** {actions}{how}", key=f"change_{key}"):
        if one.before and one.after:
            st.code(_lines(one.before, one.after), language="diff")
        else:
            st.code(text_of(one.piece.model_dump()), language=None)


def _lines(before: Piece, after: Piece) -> str:
    old, new = (text_of(one.model_dump()).split("\n") for one in (before, after))
    return "\n".join(difflib.unified_diff(old, new, lineterm="", n=2))

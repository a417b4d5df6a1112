"""Prompts: prompt sets, what each policy's prompt shows and why, where it comes from, checks and comparisons."""

import streamlit as st

from flows.prompt import prompts
from ui.figures.drawing import QUIET
from ui.figures.shares import piece_tokens
from ui.plain import plain
from ui.prompts import build_form, checking, comparing, draft, examples, history
from ui.resources import resources
from ui.shell import empty, open_page

parts = resources()
open_page(
    "Prompts", "Accepted labels, frozen as few-shot examples. A prompt set never changes; runs name it by its hash."
)

sets = parts.labels.prompt_sets()[::-1]
named = {one.id: one for one in sets}
linked = st.query_params.get("set")
if linked and linked not in named:
    st.warning(f"There is no prompt set {plain(linked)} in this workspace.", icon=":material/info:")


def choose() -> None:
    st.query_params["set"] = st.session_state["prompt_set"]
    st.query_params.pop("example", None)


chosen = named.get(linked or "", sets[0] if sets else None)
draft.begin(chosen)
with st.expander("Build a prompt set", icon=":material/library_add:", expanded=not sets):
    build_form.ask(parts, chosen)

if chosen is None:
    empty(
        "No prompt sets yet",
        "Build one from what is accepted. Nothing accepted yet? Record a demonstration and decide on its labels.",
        "label",
        "record",
    )
    st.stop()

ids = list(named)
st.session_state["prompt_set"] = chosen.id
st.selectbox(
    "Prompt set",
    ids,
    key="prompt_set",
    on_change=choose,
    format_func=lambda key: (
        f"{key} · {len(named[key].examples)} examples, {len(named[key].pieces)} shown · "
        f"{named[key].policy_set} · {build_form.MODES[named[key].config.mode]}"
    ),
)
if draft.changed(chosen):
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"{draft.said()} since {chosen.id}: not built yet.", width="stretch")
        st.button("Forget", on_click=lambda: st.session_state.pop("prompt_draft_of"))
        if st.button("Build with these", type="primary", icon=":material/library_add:"):
            pins, bans = tuple(sorted(draft.ids("pins"))), tuple(sorted(draft.ids("bans")))
            asked = {
                "policy_set": chosen.policy_set,
                "label_set": chosen.label_sets[-1],
                "config": chosen.config.model_copy(update={"pins": pins, "bans": bans}),
            }
            build_form.build(parts, asked, chosen)

history.held_out_note(chosen)
st.page_link("pages/run.py", label="Run with this set", icon=":material/play_arrow:", query_params={"set": chosen.id})
facts = prompts.facts(chosen)
rows = sorted(facts["policies"], key=lambda row: -row["tokens"])
TABS = ("Examples", "Left out", "Check", "Compare", "Made from, used by")
view = st.segmented_control("View", TABS, default="Examples", key="prompts_view", label_visibility="collapsed")
if view == "Left out":
    history.left_out(facts)
elif view == "Check":
    checking.show(parts, chosen)
elif view == "Compare":
    comparing.show(chosen, [one for one in sets if one.id != chosen.id])
elif view == "Made from, used by":
    history.show(parts, chosen)
else:
    check = checking.newest(parts, chosen)
    if linked_example := st.query_params.get("example"):
        examples.wanted(parts, chosen, linked_example, check)
    if chosen.pieces:
        st.plotly_chart(
            piece_tokens(rows, chosen.config.room, examples.WHY, dark=st.context.theme.type == "dark"),
            key="prompt_tokens",
            config=QUIET,
        )
    st.caption(
        f"{chosen.config.reckoning}. Tokens are estimates (characters ÷ 4). "
        + (
            f"At run time the {chosen.config.retrieve} likest examples are shown instead of these. "
            if chosen.config.retrieve
            else ""
        )
        + "The model demos learns from all examples of the set."
    )
    examples.show(chosen, rows, check)

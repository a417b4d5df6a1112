"""Prompts: which examples each policy's prompt holds, how long they are, where each comes from, what was left out."""

import streamlit as st

from flows import prompts
from flows.problems import OURS, explained
from policies.library import set_names
from ui.figures import example_tokens
from ui.resources import resources
from ui.shell import empty, open_page
from ui.urls import replay_link

SHOWN = 50  # examples of one policy drawn at most
parts = resources()
open_page(
    "Prompts", "Accepted labels, frozen as few-shot examples. A prompt set never changes; runs name it by its hash."
)

with st.container(horizontal=True, vertical_alignment="bottom"):
    policy_set = st.selectbox("Policy set", set_names(), index=set_names().index("web"), width=160)
    build = st.button("Build from accepted labels", type="primary", icon=":material/library_add:")
if build:
    try:
        made = prompts.build(parts, policy_set=policy_set)
        st.toast(f"Prompt set {made.id} with {len(made.examples)} examples", icon=":material/check:")
    except OURS as error:
        st.warning(explained(error).said, icon=":material/info:")

sets = parts.labels.prompt_sets()[::-1]
if not sets:
    empty(
        "No prompt sets yet",
        "Record a demonstration, accept its labels, then build a prompt set here.",
        "label",
        "record",
    )
    st.stop()

chosen = st.selectbox("Prompt set", sets, format_func=lambda s: f"{s.id} · {len(s.examples)} examples · {s.policy_set}")
facts = prompts.facts(chosen)
st.plotly_chart(example_tokens(facts["policies"], dark=st.context.theme.type == "dark"), key="prompt_tokens")
st.caption("Tokens are estimates (characters ÷ 3.6). A prompt takes what fits its budget; the model demos takes all.")


def show_examples(policy: str, count: int) -> None:
    for number, example in enumerate(chosen.of(policy)[:SHOWN]):
        link = replay_link(example.episode, example.step, f"set:{example.label_set}")
        with st.container(border=True):
            st.markdown(f"`{example.action}` · [{example.task or 'demonstration'}, the step it comes from]({link})")
            st.caption(example.objective)
            with st.popover("Prompt text", icon=":material/article:", key=f"text_{policy}_{number}"):
                st.code("\n".join([*example.previous, example.observation]), language=None)
    if count > SHOWN:
        st.caption(f"{count - SHOWN} more are not shown.")


for row in sorted(facts["policies"], key=lambda row: -row["tokens"]):
    said = f"**{row['policy']}** · {row['examples']} examples · about {row['tokens']:,} tokens"
    with st.expander(said, on_change="rerun", key=f"examples_{chosen.id}_{row['policy']}") as opened:
        if opened.open:
            show_examples(row["policy"], row["examples"])

if facts["left_out"]:
    st.subheader("Left out", anchor=False)
    st.dataframe([{"episode": one["episode"], "why": one["reason"]} for one in facts["left_out"]], hide_index=True)

"""The form that builds a prompt set: what it is made from, what is held out, how much a prompt shows."""

from __future__ import annotations

from typing import Any

import streamlit as st

from flows.problems import OURS, explained
from flows.prompt import prompts
from labeling.prompts.model import PromptConfig, PromptSet
from labeling.splits import SPLITS
from policies.library import set_names
from ui.plain import message
from ui.prompts import draft
from wiring import Parts

NOW = "What is accepted now"
TRUST = {
    "reviewed": "Decided by one person",
    "gold": "Settled by a second person",
    "auto_accepted": "Also accepted automatically",
}
MODES = {"step": "One call at a time (SteP)", "heap": "A list of calls for a page (HeaP)"}
RESERVES = {
    "reserve_instruction": "the instruction",
    "reserve_observation": "page and earlier turns",
    "reserve_output": "the answer",
}
HELD = {"tasks": "Tasks of the dev and test splits", "none": "Nothing"}


def ask(parts: Parts, like: PromptSet | None) -> None:
    """Draw the form, beginning with the settings of the set that is looked at, and build when it is sent."""
    config = like.config if like else PromptConfig()
    with st.form("build_prompts", border=False):
        asked = _made_from(parts, like) | _held_out(config)
        with st.expander("How much a prompt shows", icon=":material/tune:"):
            asked |= _size(config)
        if like is not None:
            st.caption(f"Single examples: {draft.said()}. Pin and ban them in the list below; pinned is always shown.")
        sent = st.form_submit_button("Build", type="primary", icon=":material/library_add:")
    if sent:
        build(parts, {**asked, "config": config_of(asked)}, like)
    elif st.session_state.get("prompt_build_held"):
        offer_all(parts, like)


def build(parts: Parts, asked: dict[str, Any], like: PromptSet | None) -> None:
    """Build, and show the set; a refusal is said, and where all is held out the way on is offered."""
    try:
        made = prompts.build(
            parts,
            policy_set=asked["policy_set"],
            label_set=asked["label_set"],
            config=asked["config"],
            author=parts.people.name_of(st.context.cookies),
            parent=like.id if like else None,
        )
    except OURS as error:
        said = explained(error).said
        st.warning(message(said), icon=":material/info:")
        st.session_state["prompt_build_held"] = asked if "hold nothing out" in said else None
        if st.session_state["prompt_build_held"]:
            offer_all(parts, like)
        return
    st.session_state["prompt_build_held"] = None
    st.query_params["set"] = made.id
    st.query_params.pop("example", None)
    st.toast(f"Prompt set {made.id}: prompts show {len(made.pieces)} of {len(made.examples)} examples")
    st.rerun()


def offer_all(parts: Parts, like: PromptSet | None) -> None:
    """One press that builds the same with nothing held out."""
    asked = st.session_state["prompt_build_held"]
    if st.button("Hold nothing out and build", icon=":material/lock_open:", key="prompts_hold_nothing"):
        freed = {"splits": SPLITS, "exclude_sites": (), "exclude_tasks": ()}
        config = asked["config"].model_copy(update=freed)
        build(parts, {**asked, "config": config}, like)


def _made_from(parts: Parts, like: PromptSet | None) -> dict[str, Any]:
    frozen = {one.id: one for one in parts.labels.label_sets()[::-1]}
    names = set_names()
    with st.container(horizontal=True):
        policy_set = st.selectbox(
            "Policy set", names, index=names.index(like.policy_set if like and like.policy_set in names else "web")
        )
        label_set = st.selectbox(
            "Labels",
            [NOW, *frozen],
            format_func=lambda key: key if key == NOW else f"{key} · {len(frozen[key].trees)} demonstrations",
            help="What is accepted now is frozen as a label set first, so that it can be found again.",
        )
        trust = list(TRUST).index(like.config.labels if like else "reviewed")
        labels = st.selectbox("Trust", list(TRUST), trust, format_func=TRUST.__getitem__)
    return {"policy_set": policy_set, "label_set": "" if label_set == NOW else label_set, "labels": labels}


def _held_out(config: PromptConfig) -> dict[str, Any]:
    with st.container(horizontal=True):
        held = st.selectbox(
            "Held out for tests",
            list(HELD),
            index=0 if config.splits == ("train",) else 1,
            format_func=HELD.__getitem__,
            help="A task is in one split for ever. What is nearly the same as something held out stays out too.",
        )
        sites = st.multiselect("Sites held out as well", list(config.exclude_sites), list(config.exclude_sites),
                               accept_new_options=True)  # fmt: skip
        tasks = st.multiselect("Tasks held out as well", list(config.exclude_tasks), list(config.exclude_tasks),
                               accept_new_options=True)  # fmt: skip
    return {"held": held, "sites": sites, "tasks": tasks}


def _size(config: PromptConfig) -> dict[str, Any]:
    with st.container(horizontal=True):
        mode = st.selectbox(
            "The planner answers", list(MODES), index=list(MODES).index(config.mode), format_func=MODES.__getitem__
        )
        budget = st.number_input("Tokens for a policy", 0, 200_000, config.budget, step=500,
                                 help="For the examples of one policy's prompt; an estimate.")  # fmt: skip
        most = st.number_input("Examples for a policy", 0, 200, config.most)
        retrieve = st.number_input("Chosen at run time", 0, 50, config.retrieve,
                                   help="0: prompts show the examples chosen here. Else so many, the most like the "
                                   "page and goal, are chosen anew for every question.")  # fmt: skip
    with st.container(horizontal=True):
        context = st.number_input("Context window", 0, 2_000_000, config.context, step=1_000,
                                  help="0: the tokens for a policy are as set above. Otherwise what the "
                                  "three reserves leave takes their place.")  # fmt: skip
        reserved = {
            name: int(st.number_input(f"Kept for {said}", 0, 200_000, getattr(config, name), step=100))
            for name, said in RESERVES.items()
        }
    recovery = st.checkbox("Mis-clicks and detours are examples too", config.keep_recovery,
                           help="Steps that the rules remarked so. Shown, they teach how to recover.")  # fmt: skip
    size = {"budget": int(budget), "most": int(most), "retrieve": int(retrieve), "context": int(context), **reserved}
    return {"mode": mode, "size": size, "recovery": recovery}


def config_of(asked: dict[str, Any]) -> PromptConfig:
    """The settings a form stands for."""
    return PromptConfig(
        splits=("train",) if asked["held"] == "tasks" else SPLITS,
        exclude_sites=tuple(sorted(asked["sites"])),
        exclude_tasks=tuple(sorted(asked["tasks"])),
        labels=asked["labels"],
        mode=asked["mode"],
        **asked["size"],
        keep_recovery=asked["recovery"],
        pins=tuple(sorted(draft.ids("pins"))),
        bans=tuple(sorted(draft.ids("bans"))),
    )

"""Proposals of new policies on the screen: where each occurs, and the three ways to decide for all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st
from pydantic import ValidationError

from flows.label import proposals
from flows.problems import OURS
from labeling.proposals import Cluster, card, policy_name
from policies.library import problems
from policies.operations import Create
from traces.sentences import counted
from ui.plain import plain, problem_text
from ui.policies.forms import created, policy_form
from ui.resources import resources
from ui.urls import label_link, replay_link

SHOWN = 200
"""Occurrences of one proposal that are listed."""


def show() -> None:
    """Every open proposal, and the decisions that can be taken back."""
    parts = resources()
    person = parts.people.name_of(st.context.cookies)
    found = proposals.proposals(parts, person)
    if not found:
        st.info(
            "No labeller proposes a policy that is not there. Where one meets steps that no policy covers, or the same "
            "few calls over and over, its proposal is listed here with every place it occurs at.",
            icon=":material/lightbulb:",
        )
    for cluster in found:
        with st.container(border=True):
            _cluster(cluster, person)
    _earlier(person)


def _cluster(cluster: Cluster, person: str) -> None:
    others = ", ".join(cluster.names[1:])
    demonstrations = len({one.episode for one in cluster.occurrences})
    st.subheader(plain(cluster.name), anchor=False)
    st.caption(
        f"{counted(len(cluster.occurrences), 'occurrence')} in {counted(demonstrations, 'demonstration')}"
        + (f" · also proposed as {others}" if others else "")
        + f" · {cluster.occurrences[0].segment.evidence or 'no evidence was given'}"
    )
    rows = [
        {
            "call": one.segment.call,
            "what it does": " → ".join(one.does),
            "stands in": "your labels" if one.track else "a proposal",
            "objective": one.objective,
            "Label": label_link(one.episode, one.segment.first),
            "Replay": replay_link(
                one.episode, one.segment.first, f"track:{one.track}" if one.track else f"run:{one.run}"
            ),
        }
        for one in cluster.occurrences[:SHOWN]
    ]
    links = {
        name: st.column_config.LinkColumn(name, display_text=f"open {name}", width=90) for name in ("Label", "Replay")
    }
    st.dataframe(rows, hide_index=True, height="content" if len(rows) < 8 else 260, column_config=links)
    _decide(cluster, person)


def _decide(cluster: Cluster, person: str) -> None:
    parts, key = resources(), cluster.key
    policy_set = cluster.occurrences[0].policy_set
    ways = {"map": "It is a policy there is", "create": "It is a new policy", "reject": "It is no policy"}
    way = st.segmented_control("Decide for all", ways, format_func=ways.__getitem__, key=f"way_{key}")
    if way == "map":
        names = sorted(policy.name for policy in parts.policies(policy_set) if policy.kind != "planner")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.selectbox("Policy", names, key=f"map_{key}", width=260)
            if st.button("Call it so everywhere", type="primary", key=f"do_map_{key}"):
                _done(lambda: proposals.map_to(parts, cluster, name, person))
    elif way == "create":
        _create(cluster, policy_set, person)
    elif way == "reject":
        st.caption("Its steps, and the calls in it, go to the caller.")
        if st.button("Take it away everywhere", type="primary", key=f"do_reject_{key}"):
            _done(lambda: proposals.reject(parts, cluster, person))


def _create(cluster: Cluster, policy_set: str, person: str) -> None:
    parts, key = resources(), cluster.key
    suggested = card(cluster, parts.policies(policy_set))
    name = st.text_input("Name", policy_name(cluster.name), key=f"name_{key}", width=360)
    texts, parameters = policy_form(suggested, policy_set, f"new_{key}")
    st.caption("Prefilled from the occurrences: what differs from one to the other is a parameter.")
    if st.button("Make it, and call it so everywhere", type="primary", key=f"do_create_{key}"):

        def make() -> proposals.Decided:
            asked: Create = created(policy_set, name.strip(), texts, parameters)
            return proposals.create(parts, cluster, asked.home, asked.policy, person)

        _done(make)


def _done(decide: Callable[[], proposals.Decided]) -> None:
    try:
        done = decide()
    except ValidationError as error:
        st.warning(plain(problems(error)), icon=":material/info:")
        return
    except OURS as error:
        st.error(problem_text(error), icon=":material/error:")
        return
    if done.left_out:
        st.session_state["policies_left_out"] = f"Left out: {'; '.join(done.left_out)}"
    wanting = (
        f" · {counted(done.wanting, 'call')} still without an argument, fill it in on Label" if done.wanting else ""
    )
    st.session_state["policies_told"] = f"{done.said}: {counted(done.calls, 'call')}{wanting}"
    st.rerun()


def _earlier(person: str) -> None:
    parts = resources()
    found = proposals.earlier(parts, person)
    if found:
        st.subheader("Decided", anchor=False)
    for one in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"{one.said} · {counted(len(one.episodes), 'demonstration')}")
            if st.button("Take back", icon=":material/undo:", key=f"back_{one.gesture}"):
                _done(partial(proposals.undo, parts, one.gesture, person))

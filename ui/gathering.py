"""Before calls can be counted they are read from the episodes once: asks for it, shows how far it is, and stops it."""

from __future__ import annotations

import streamlit as st

from analysis.frame_facts import Attempt
from flows import stack_facts
from flows.stack_facts import Asked
from traces.sentences import counted
from ui import jobs
from wiring import Parts

FEW = 50
"""Episodes that are read while the page opens."""
NAMES = {"actor": {"agent": "an agent", "human": "a person"}}
LABELS = {"actor": "By", "prompt_set": "Prompt set", "policy_set": "Policy set"}


def gathered(parts: Parts, actor: str | None = "agent") -> bool:
    """Read what is new (of an actor, None for all), and say whether all is read.

    What takes longer is a job that the person starts, watches and may stop.
    """
    waiting = stack_facts.missing(parts, actor or "")
    if not waiting:
        return True
    if len(waiting) <= FEW:
        told = stack_facts.read_all(parts, actor=actor or "")
        if told["left_out"]:
            st.warning(_left_out(told["left_out"]), icon=":material/info:")
        return True
    with st.container(border=True):
        st.markdown(f"The calls of {counted(len(waiting), 'episode')} have not been read yet; that is done once.")
        if st.button("Read them", type="primary", icon=":material/play_arrow:", key="gather"):
            jobs.jobs().start("gathering", lambda report, stop: stack_facts.read_all(parts, report, stop, actor or ""))
        jobs.show("gathering", lambda job: None)
    return False


def filters(parts: Parts, key: str, *names: str) -> tuple[dict[str, str | None], tuple[Attempt, ...]]:
    """What the person narrows the episodes to, by filter, and those. The choices begin as the address says."""
    every = stack_facts.attempts(parts, Asked(actor=""))
    chosen: dict[str, str | None] = {}
    with st.container(horizontal=True):
        for name in names:
            chosen[name] = _facet(name, every, key)
    asked = Asked(**{"actor": "", **{name: value or "" for name, value in chosen.items()}})
    return chosen, tuple(one for one in every if asked.fits(one))


def _facet(name: str, every: tuple[Attempt, ...], key: str) -> str | None:
    values = list(NAMES.get(name) or sorted({getattr(one, name) for one in every} - {None}))
    asked = st.query_params.get(name, "agent" if name == "actor" else None)
    first = values.index(asked) if asked in values else None
    label = LABELS.get(name, name.capitalize())
    said = {value: NAMES.get(name, {}).get(value, value) for value in values}
    chosen: str | None = st.selectbox(label, values, first, said.__getitem__, key=f"{key}_{name}", placeholder="any")
    return chosen


def _left_out(left_out: list[dict[str, str]]) -> str:
    return f"{counted(len(left_out), 'episode')} could not be read. {left_out[0]['reason']}"

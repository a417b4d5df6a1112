"""Which ended episodes are counted on a screen: its filters, in the address, and the reading of calls before it counts.

Calls are read from the episodes once; what takes long the person starts, watches and may stop.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analysis.frame_facts import Attempt
from flows.understand import stack_facts
from flows.understand.stack_facts import Asked, Counted
from traces.sentences import counted
from ui import jobs
from ui.plain import message
from wiring import Parts

FEW = 50
"""Episodes that are read while the page opens."""
NAMES = {"actor": {"agent": "an agent", "human": "a person"}}
LABELS = {"actor": "By", "prompt_set": "Prompt set", "policy_set": "Policy set"}
USUAL = {"actor": "agent"}
"""What a filter says where the address says nothing."""
ANY = "any"
"""What the address says of a filter that is usually set, and was cleared."""


class Narrowing:
    """The filters of a screen: `key` names its widgets. They say what the address does when somebody comes by it."""

    def __init__(self, key: str, *names: str) -> None:
        self._key, self._names = key, names
        query, state = st.query_params, st.session_state
        said = {name: query.get(name) or USUAL.get(name, "") for name in names}
        if state.get(f"{key}_said") != said or any(self._widget(name) not in state for name in names):
            for name, value in said.items():
                state[self._widget(name)] = None if value in ("", ANY) else value

    @property
    def asked(self) -> Asked:
        """What is chosen."""
        return Asked(**{"actor": "", **{name: self._chosen(name) for name in self._names}})

    @property
    def query(self) -> dict[str, str | None]:
        """The same for the address; what is as usual is left out."""
        said = {name: self._chosen(name) or (ANY if name in USUAL else "") for name in self._names}
        return {name: value if value != USUAL.get(name, "") else None for name, value in said.items()}

    @property
    def used(self) -> bool:
        """Whether anything is left out."""
        return any(self._chosen(name) for name in self._names)

    def draw(self, known: Counted) -> Asked:
        """The widgets; what is chosen."""
        with st.container(horizontal=True):
            for name in self._names:
                self._facet(name, known)
        st.session_state[f"{self._key}_said"] = {
            name: value or USUAL.get(name, "") for name, value in self.query.items()
        }
        return self.asked

    def _facet(self, name: str, known: Counted) -> None:
        values = list(NAMES.get(name) or known.answer(Asked(actor=""), _values, name))
        if self._chosen(name) not in values:
            st.session_state[self._widget(name)] = None
        label = LABELS.get(name, name.capitalize())
        said = {value: NAMES.get(name, {}).get(value, value) for value in values}
        st.selectbox(label, values, None, said.__getitem__, key=self._widget(name), placeholder="any")

    def _chosen(self, name: str) -> str:
        return st.session_state.get(self._widget(name)) or ""

    def _widget(self, name: str) -> str:
        return f"{self._key}_{name}"


def gathered(parts: Parts, actor: str = "agent") -> bool:
    """Read what is new (of an actor, "" for all), and say whether all is read."""
    waiting = stack_facts.missing(parts, actor)
    if not waiting:
        return True
    if len(waiting) <= FEW:
        told = stack_facts.read_all(parts, actor=actor)
        if told["left_out"]:
            st.warning(_left_out(told["left_out"]), icon=":material/info:")
        return True
    with st.container(border=True):
        st.markdown(f"The calls of {counted(len(waiting), 'episode')} have not been read yet; that is done once.")
        if st.button("Read them", type="primary", icon=":material/play_arrow:", key="gather"):
            jobs.jobs().start("gathering", lambda report, stop: stack_facts.read_all(parts, report, stop, actor))
        jobs.show("gathering", lambda job: None)
    return False


def _values(attempts: Sequence[Attempt], name: str) -> list[str]:
    return sorted({getattr(one, name) for one in attempts} - {None})


def _left_out(left_out: list[dict[str, str]]) -> str:
    return f"{counted(len(left_out), 'episode')} could not be read. {message(left_out[0]['reason'])}"

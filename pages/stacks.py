"""Stacks: does depth adapt to complexity? Depth over time, against the length of tasks, and with success."""

import streamlit as st

from flows.understand import stack_facts
from ui import stack_view
from ui.gathering import Narrowing, gathered
from ui.resources import resources
from ui.shell import empty, open_page
from ui.urls import keep_in_address

parts = resources()
open_page("Stacks", "Does depth adapt to complexity? How deep calls go over time, by task, and with what success.")
if not parts.episodes.catalogue.search(limit=1).total:
    empty("No stacks yet", "Run the agent, or record and label demonstrations.", "run", "record", "home", "import")
    st.stop()
narrowing = Narrowing("stacks", "actor", "run", "task", "policy_set", "prompt_set", "model")
all_read = gathered(parts, narrowing.asked.actor)
with st.spinner("Looking for episodes…"):
    known = stack_facts.now(parts)
asked = narrowing.draw(known)
keep_in_address(narrowing.query)
if known.attempts(asked):
    stack_view.show(parts, known, asked)
elif all_read:
    st.info("No ended episode fits these filters. Clear one of them to see more.", icon=":material/filter_alt_off:")

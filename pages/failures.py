"""Failures: failed runs put together by what went wrong, the largest group first, with the way to each."""

import streamlit as st

from flows.understand import failures, signals
from store.filters import Filter
from traces.sentences import counted
from ui import failure_view
from ui.episode_filters import Filters
from ui.jobs import jobs, show
from ui.resources import resources
from ui.shell import empty, open_page

FACETS = ("task", "run", "policy_set", "prompt_set", "model", "signal", "blame", "blamed_policy", "tag")
parts = resources()

open_page("Failures", "Failed runs put together by what they have in common: signals, blame, policy and page.")
if not parts.episodes.catalogue.lists.count(failures.failed(Filter())):
    ran = parts.episodes.catalogue.lists.count(Filter.of(actor="agent"))
    todo = "Run the agent on some tasks; what fails is put together here by what went wrong."
    empty(
        "No failures yet" if ran else "No runs yet",
        f"{counted(ran, 'run')} and none failed." if ran else todo,
        "run",
        "home",
        "import",
    )
    st.stop()
filters = Filters("failures", FACETS, failures.failed)
asked = filters.current()
filters.draw(asked)
found = failures.overview(parts, asked)
show("signals", failure_view.looked)
if found.unseen and st.button(f"Look at {found.unseen:,} that nobody looked at yet", icon=":material/troubleshoot:"):
    jobs().start("signals", lambda report, stop: signals.recompute(parts, report=report, stop=stop))
    st.rerun()
if found.total:
    failure_view.draw(parts, found, key="failures")
else:
    filters.nothing_fits("failed run")

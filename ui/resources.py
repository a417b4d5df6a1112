"""What every page shares: the workspace's parts, made once per process and handed to pages and routes alike."""

from __future__ import annotations

import streamlit as st

from flows.record.checks import Checks
from flows.record.recording import LiveTasks
from wiring import Parts

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@st.cache_resource(show_spinner=False)
def resources() -> Parts:
    """The parts of the configured workspace. Raises StoreError when it cannot be used."""
    return Parts(own_ports=(int(st.get_option("server.port")),), loopback=st.get_option("server.address") in LOOPBACK)


@st.cache_resource(show_spinner=False)
def live_tasks() -> LiveTasks:
    """The recordings that run in the Record screen, whoever looks at them."""
    return LiveTasks(resources(), checks().start)


@st.cache_resource(show_spinner=False)
def checks() -> Checks:
    """The replay checks of this process."""
    return Checks(resources())

"""What was not read as it stood, or not at all, when an episode came from another program: told below its replay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from flows.transfer import foreign_runs
from traces.draft import TAG
from traces.sentences import counted
from wiring import Parts


def show(parts: Parts, episode: str, row: Mapping[str, Any] | None) -> None:
    """A closed list of the import's warnings; nothing of episodes that were not imported or went in whole."""
    if row is None or TAG not in (row["tags"] or ""):
        return
    with parts.episode(episode) as reader:
        warned = foreign_runs.warnings(reader)
    if warned:
        with st.expander(f"{counted(len(warned), 'warning')} of the import", icon=":material/input:"):
            rows = [{"where": str(one["position"]), "what": one["message"]} for one in warned]
            st.dataframe(rows, hide_index=True, key="import_warnings")

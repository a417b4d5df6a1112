"""Episodes: find one among all of them, and open it in Replay. The filters are part of the address."""

import math
from collections.abc import Mapping

import streamlit as st

from store.filters import Filter
from ui.episode_rows import STATUS, counted, shown
from ui.resources import resources
from ui.shell import empty, open_page
from ui.urls import keep_in_address, open_replay

PAGE = 100
ACTORS = {"human": "a person", "agent": "an agent"}
COLUMNS = {
    "open": st.column_config.ButtonColumn("", type="tertiary", key="episodes_opened", pinned=True),
    "objective": st.column_config.TextColumn("Objective", width="large"),
    **{name: name.capitalize() for name in ("status", "by", "task", "steps", "depth", "took")},
    "reward": st.column_config.NumberColumn("Reward", format="%.2f"),
    "started": st.column_config.DatetimeColumn("Started (UTC)", format="YYYY-MM-DD HH:mm"),
}
catalogue = resources().episodes.catalogue


def facet(label: str, column: str, names: Mapping[str, str]) -> str | None:
    counts = catalogue.lists.facet(Filter(), column)
    counts.pop("", None)
    said = {value: f"{names.get(value, value)} ({n:,})" for value, n in counts.items()}
    asked = st.query_params.get(column)
    first = list(counts).index(asked) if asked in counts else None
    return st.selectbox(label, list(counts), first, said.__getitem__, key=f"episodes_{column}", placeholder="any")


open_page("Episodes", "Every demonstration and every run.")
if not catalogue.search(limit=1).total:
    empty("No episodes yet", "Record a demonstration, or load the examples to look around.", "record", "home")
    st.stop()
with st.container(horizontal=True):
    asked = st.query_params.get("text", "")
    text = st.text_input("Search", asked, key="episodes_text", type="search", live=True, placeholder="objective, task")
    chosen = {"actor": facet("By", "actor", ACTORS), "status": facet("Status", "status", STATUS)}
    chosen |= {"task": facet("Task", "task", {}), "run": facet("Run", "run", {})}
if keep_in_address({"text": text or None, **chosen}):
    st.session_state["episodes_page"] = 1
first = (st.session_state.get("episodes_page", 1) - 1) * PAGE
found = catalogue.search(text=text or "", limit=PAGE, offset=first, **chosen)
if not found.rows:
    st.info("No episode fits these filters. Clear one of them to see more.", icon=":material/filter_alt_off:")
    st.stop()
rows = [shown(row) for row in found.rows]
height = 640 if len(rows) > 18 else "content"
st.dataframe(rows, key="episodes_rows", hide_index=True, height=height, placeholder="", column_config=COLUMNS)
if clicked := st.session_state.get("episodes_opened"):
    open_replay(found.rows[clicked["row"]]["id"])
st.caption(counted(found.total, "episode"))
if found.total > PAGE:
    st.pagination(math.ceil(found.total / PAGE), key="episodes_page")

"""Policies: the library. What an agent may call and labels may say, how that changes, and what labellers propose."""

import time

import streamlit as st

from flows.label import policies, policy_checks, policy_facts
from flows.label.policy_facts import stamp
from policies.exchange import exported
from policies.state import Entry
from ui.plain import plain
from ui.policies import forms, proposals, scorecard
from ui.policies.card import show_card, show_findings, show_versions
from ui.resources import resources
from ui.shell import open_page
from ui.urls import keep_in_address

VIEWS = {"library": "Library", "scorecard": "Scorecard", "proposals": "Proposals", "history": "History"}
parts = resources()
open_page(
    "Policies", "What an agent may call and what labels may say. Labels follow every change; nothing is rewritten."
)
policies.catch_up(parts)
if told := st.session_state.pop("policies_told", None):
    st.toast(plain(told), icon=":material/check:")
if left_out := st.session_state.pop("policies_left_out", None):
    st.warning(plain(left_out), icon=":material/info:")


def library() -> None:
    names = parts.library.names()
    asked = st.query_params.get("set", "web")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        default = asked if asked in names else names[0]
        chosen = st.segmented_control("Policy set", names, default=default, key="policies_set") or default
        if st.button("New policy", icon=":material/add:", key="policies_new"):
            forms.create(chosen)
        if st.button("Import", icon=":material/upload:", key="policies_import"):
            forms.import_file(chosen)
        st.download_button(
            "Export",
            lambda: exported(parts.library.now, chosen),
            f"policies-{chosen}-{time.strftime('%Y%m%d')}.yaml",
            "application/yaml",
            icon=":material/download:",
            on_click="ignore",
        )
    found = policy_checks.check(parts, chosen)
    st.caption(parts.library.now.sets[chosen].description + ("" if found else " Checked: no problems found."))
    show_findings(found)
    rows = policy_facts.table(parts, chosen)
    left, right = st.columns([6, 5], gap="medium")
    with left:
        picked = table(rows)
    row = picked or next((one for one in rows if one["id"] == st.query_params.get("policy")), rows[0])
    keep_in_address({"set": chosen, "policy": row["id"]})
    with right, st.container(border=True):
        one_policy(row, chosen)


def table(rows: list[policy_facts.Row]) -> policy_facts.Row | None:
    shown = st.dataframe(
        [
            {name: row[name] for name in ("name", "kind", "version", "calls", "examples", "status")}
            | {"calls with": row["signature"].partition(" ")[2]}
            for row in rows
        ],
        hide_index=True,
        height="content",
        on_select="rerun",
        selection_mode="single-row",
        key=f"policies_table_{parts.library.now.number}",  # a change may move rows: the address says which one it is
        column_order=["name", "calls with", "kind", "version", "calls", "examples", "status"],
        column_config={
            "calls with": st.column_config.TextColumn(width=150),
            "kind": st.column_config.TextColumn(width=70),
            "version": st.column_config.NumberColumn(width=55),
            "calls": st.column_config.NumberColumn("in labels", help="Calls in the labels that count", width=65),
            "examples": st.column_config.NumberColumn(help="In the newest prompt set of each policy set", width=65),
            "status": st.column_config.TextColumn(width=60),
        },
    )
    return next((rows[place] for place in shown.selection.rows if place < len(rows)), None)


def one_policy(row: policy_facts.Row, policy_set: str) -> None:
    entry = parts.library.now.entries[row["id"]]
    found = policy_facts.card(parts, entry)
    show_card(found, row["calls"], row["examples"])
    with st.container(horizontal=True):
        if st.button("Edit", icon=":material/edit:", key="policy_edit"):
            forms.edit(entry, policy_set)
        if row["kind"] != "planner":
            other_operations(entry, policy_set)
    with st.expander(f"Versions ({len(found['versions'])})"):
        show_versions(found["versions"])


def other_operations(entry: Entry, policy_set: str) -> None:
    if st.button("Rename", key="policy_rename"):
        forms.rename(entry)
    if st.button("Merge", key="policy_merge"):
        forms.merge(entry, policy_set)
    if st.button("Split", key="policy_split"):
        forms.split(entry, policy_set)
    if entry.status == "active" and st.button("Retire", key="policy_retire"):
        forms.retire(entry)
    if entry.status == "retired" and st.button("Restore", key="policy_restore"):
        forms.restore(entry)


def history() -> None:
    for row in policy_facts.history(parts)[:100]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{row['number']}** · {plain(row['said'])}{' · :gray[taken back]' if row['undone'] else ''}")
            st.caption(plain(f"{row['actor']}, {stamp(row['at'])}"))
            standing = row["op"] not in ("seed", "undo") and not row["undone"]
            if standing and st.button("Take back", icon=":material/undo:", key=f"undo_change_{row['number']}"):
                forms.undo(row["number"])


asked = st.query_params.get("view", "library")
asked = asked if asked in VIEWS else "library"
view = st.segmented_control(
    "View", VIEWS, format_func=VIEWS.__getitem__, default=asked, key="policies_view", label_visibility="collapsed"
)
{"library": library, "scorecard": scorecard.show, "proposals": proposals.show, "history": history}[view or "library"]()

"""Two prompt sets or runs on the same tasks and seeds: a paired table whose cells lead to the episodes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from flows.understand import arms, stack_facts
from traces.sentences import counted
from ui.comparing import line
from ui.gathering import gathered
from ui.plain import plain
from ui.run_report_view import chance
from ui.shell import empty
from ui.urls import keep_in_address
from wiring import Parts

SHOWN = 50
NOTHING = "Run two prompt sets or two models on the same seeds; then they are compared here in pairs."
COLUMNS = {"both": "both right", "one": "only one", "other": "only other", "neither": "neither"}


def show_arms(parts: Parts) -> None:
    """Which two, the table, and the pairs of episodes behind a chosen cell."""
    all_read = gathered(parts)
    known = stack_facts.now(parts)
    found = known.attempts()
    names = known.answer(stack_facts.EVERY, arms.names)
    if len(names) < 2:
        if all_read:
            empty("No two to compare yet", NOTHING, "run", "import")
        return
    first = known.answer(stack_facts.EVERY, arms.most_in_common, tuple(names))
    with st.container(horizontal=True):
        one = _box("One", names, first[0])
        other = _box("Other", names, first[1])
    keep_in_address({"one": one, "other": other})
    rows = arms.table(arms.of(found, one), arms.of(found, other))
    if not rows:
        st.info("They have no task and seed in common. Run one on the seeds of the other.", icon=":material/info:")
        return
    _overall(rows[0])
    chosen = st.dataframe(
        [_cells(row) for row in rows],
        hide_index=True,
        height=640 if len(rows) > 18 else "content",
        key=f"arms_{one}_{other}",
        on_select="rerun",
        selection_mode="single-cell",
        placeholder="",
        column_config={
            "one": st.column_config.NumberColumn("one right", format="%.0f%%"),
            "other": st.column_config.NumberColumn("other right", format="%.0f%%"),
        },
    )
    cells = [(row, name) for row, name in chosen.selection.cells if name in COLUMNS.values() and row < len(rows)]
    if not cells:
        st.caption("Choose a number under both right, only one, only other or neither for its episodes.")
        return
    place, said = cells[0]
    which = next(name for name, words in COLUMNS.items() if words == said)
    _pairs(parts, f"{rows[place]['task']}, {said}", rows[place][which])


def _box(label: str, names: list[str], first: str) -> str:
    asked = st.query_params.get(label.lower(), first)
    at = names.index(asked if asked in names else first)
    return str(st.selectbox(label, names, at, key=f"arms_{label}"))


def _overall(row: dict[str, Any]) -> None:
    sure = "more than chance" if row["p"] < 0.05 else "could be chance"
    st.markdown(
        f"**{row['share_one']:.0%} against {row['share_other']:.0%}** on {counted(row['n'], 'pair')}: "
        f"{row['difference']:+.1%} ({row['low']:+.1%} to {row['high']:+.1%}, bootstrap), only one right "
        f"{row['better']}, only the other {row['worse']}, McNemar's exact test {chance(row['p'])}: {sure}."
    )


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "task": row["task"],
        "pairs": row["n"],
        "one": 100 * row["share_one"],
        "other": 100 * row["share_other"],
        **{words: len(row[name]) for name, words in COLUMNS.items()},
        "apart": f"{row['difference']:+.0%} ({row['low']:+.0%} to {row['high']:+.0%})",
        "McNemar": chance(row["p"]),
    }


def _pairs(parts: Parts, title: str, pairs: list[list[str]]) -> None:
    """Each pair of episodes, one press from their comparison."""
    st.markdown(f"**{plain(title)}**: {counted(len(pairs), 'pair')}")
    rows = []
    for one, other in pairs[:SHOWN]:
        ends = [parts.episodes.catalogue.get(episode) for episode in (one, other)]
        if all(ends):
            rows.append({"open": ":material/compare_arrows: Compare", "one": line(ends[0] or {}),
                         "other": line(ends[1] or {}), "ids": [one, other]})  # fmt: skip
    if not rows:
        return
    st.dataframe(
        [{name: row[name] for name in ("open", "one", "other")} for row in rows],
        hide_index=True,
        height="content",
        key="arms_pairs",
        column_config={"open": st.column_config.ButtonColumn("", type="tertiary", key="arms_opened", pinned=True)},
    )
    if len(pairs) > SHOWN:
        st.caption(f"The first {SHOWN} of them.")
    if clicked := st.session_state.get("arms_opened"):
        one, other = rows[clicked["row"]]["ids"]
        st.switch_page("pages/compare.py", query_params={"a": one, "b": other})

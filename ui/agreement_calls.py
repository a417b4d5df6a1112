"""From figures to the calls behind them: which policies are taken for which, and the least agreed on demonstrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from analysis.agreement import Agreement
from flows.label.agreement import Compared
from ui.figures.agreement import confusion
from ui.figures.drawing import QUIET
from ui.plain import plain
from wiring import Parts

WORST = 12
BEHIND = 200
LABEL = "pages/label.py"
COLUMNS = ("boundary_f1", "segment_f1_50", "bracket_f1", "argument_exact", "step_accuracy")


def names_of(parts: Parts, compared: Compared) -> dict[str, str]:
    """What each demonstration is called: its objective."""
    rows = {case.episode: parts.episodes.catalogue.get(case.episode) for case in compared.agreement.cases}
    return {episode: str(row["objective"] or episode) if row else episode for episode, row in rows.items()}


def show_confusion(compared: Compared, sides: tuple[str, str], names: Mapping[str, str]) -> None:
    """The matrix, and the calls behind the square that was clicked (at first: the largest difference)."""
    st.subheader("Which policies are taken for which", anchor=False)
    table = compared.agreement.confusion
    st.caption(
        "Steps by the policy of their innermost call; “own” are the planner's own. On the diagonal both say the same; "
        "the fuller a square, the larger its share of the row. Click one to see its calls."
    )
    figure = confusion(table.labels, table.total.tolist(), sides=sides, dark=st.context.theme.type == "dark")
    left, right = st.columns(2, gap="large")
    with left:
        event = st.plotly_chart(
            figure, key="agreement_confusion", on_select="rerun", selection_mode="points", config=QUIET
        )
    points = event["selection"]["points"]
    with right:
        chosen = points[0]["customdata"][:2] if points else compared.agreement.confusion.worst
        if chosen is None:
            st.info("Both sides name every step alike.", icon=":material/check:")
            return
        one, other = chosen
        behind = compared.agreement.behind(one, other)
        st.markdown(
            f"**{plain(one)}** for {plain(sides[0])}, **{plain(other)}** for {plain(sides[1])}: {len(behind)} places"
        )
        rows = [
            {"open": ":material/label: Label", "steps": _steps(item.first, item.last), sides[0]: item.one,
             sides[1]: item.other, "demonstration": names[item.episode]}
            for item in behind[:BEHIND]
        ]  # fmt: skip
        _linked(rows, [item.episode for item in behind], "agreement_behind")


def show_worst(found: Agreement, names: Mapping[str, str]) -> None:
    """The demonstrations whose labels differ most, each with a way to Label."""
    st.subheader("Least agreed on", anchor=False)
    titles = {figure.name: figure.title for figure in found.figures}
    rows = [
        {"open": ":material/label: Label", "demonstration": names[case.episode], "steps": len(case.pair.one.uids),
         **{titles[name]: values[name] for name in COLUMNS}}
        for case, values in found.worst[:WORST]
    ]  # fmt: skip
    _linked(rows, [case.episode for case, _ in found.worst], "agreement_worst")


def _linked(rows: Sequence[Mapping[str, Any]], episodes: Sequence[str], key: str) -> None:
    """A table whose first cell leads to the demonstration in Label."""
    numbers = {name: st.column_config.NumberColumn(format="%.2f") for row in rows for name in row if name[0].isupper()}
    columns: dict[str, Any] = {
        "open": st.column_config.ButtonColumn("", type="tertiary", key=f"{key}_opened", pinned=True),
        **numbers,
    }
    st.dataframe(list(rows), hide_index=True, column_config=columns, key=key, placeholder="", height="content")
    if clicked := st.session_state.get(f"{key}_opened"):
        st.switch_page(LABEL, query_params={"episode": episodes[clicked["row"]]})


def _steps(first: int, last: int) -> str:
    return f"{first + 1}" if first == last else f"{first + 1}–{last + 1}"

"""The first part of Agreement: two sides chosen, their figures, and from every figure a way to the calls behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from analysis.agreement import Agreement, Figure, week
from analysis.kappa_example import example
from analysis.review_work import IDLE_S, WorkFigures
from flows.label import agreement, agreement_report
from flows.label.agreement import Compared
from flows.label.label_sides import LABELLER, Shelf
from labeling.measures import Estimate
from ui import confidence_view
from ui.agreement_calls import names_of, show_confusion, show_worst
from ui.figures.agreement import over_time
from ui.figures.drawing import QUIET
from ui.plain import message
from ui.shell import empty
from ui.urls import keep_in_address
from wiring import Parts

VIEWS = ("Agreement", "Confidence", "Automatic acceptance")
TILES = ("boundary_f1", "segment_f1_50", "bracket_f1", "argument_exact", "step_accuracy", "kappa")


@st.cache_resource(max_entries=2, show_spinner="Reading labels …")
def _shelf(_parts: Parts, stamp: tuple[int, int]) -> Shelf:
    return Shelf(_parts)


@st.cache_resource(max_entries=8, show_spinner="Comparing …")
def _compared(_shelf: Shelf, stamp: tuple[int, int], one: str, other: str) -> tuple[Compared, dict[str, Any]]:
    compared = agreement.compare(_shelf, one, other)
    return compared, agreement.facts(compared, _shelf)


@st.cache_resource(max_entries=4, show_spinner="Comparing label runs …")
def _over_runs(_shelf: Shelf, stamp: tuple[int, int], labeller: str, other: str) -> Agreement:
    return agreement.over_runs(_shelf, labeller, other)


def show(parts: Parts) -> None:
    """Draw it; an empty state where there are no two sides."""
    stamp = parts.workspace.labels_stamp()
    shelf = _shelf(parts, stamp)
    view = _view()
    if view == VIEWS[1]:
        confidence_view.show_confidence(parts, shelf)
    elif view == VIEWS[2]:
        confidence_view.told()
        confidence_view.show_accepting(parts, shelf, parts.people.name_of(st.context.cookies))
    else:
        _show_agreement(parts, shelf, stamp)


def _view() -> str:
    """Which part is shown; it is in the address."""
    asked = st.query_params.get("view", VIEWS[0])
    first = asked if asked in VIEWS else VIEWS[0]
    view = (
        st.segmented_control("View", VIEWS, default=first, key="agreement_view", label_visibility="collapsed") or first
    )
    if view != VIEWS[0]:
        keep_in_address({"view": view})
    return view


def _show_agreement(parts: Parts, shelf: Shelf, stamp: tuple[int, int]) -> None:
    first = agreement.default_sides(shelf.sides)
    if first is None:
        empty(
            "Nothing to compare yet",
            "It takes two sides that labelled the same demonstration: a labeller and the person who reviewed its "
            "proposals, or two people. Decide on the calls of a demonstration in Label, or label one blind there.",
            "label",
            "home",
        )
        return
    one, other = _choose(shelf, first)
    short = {side.name: side.short for side in shelf.sides}
    sides = (short[one], short[other])
    compared, told = _compared(shelf, stamp, one, other)
    if not compared.agreement.cases:
        st.info(
            "These two have no demonstration in common. Choose other sides, or review one of these demonstrations.",
            icon=":material/join_inner:",
        )
        return
    if compared.warning:
        st.warning(message(compared.warning), icon=":material/visibility:")
    _tiles(compared.agreement.figures)
    _all_measures(told)
    left, right = st.columns(2, gap="large")
    with left:
        _over_time(shelf, stamp, compared)
    with right:
        _by_policy(compared.agreement, sides)
    names = names_of(parts, compared)
    show_confusion(compared, sides, names)
    show_worst(compared.agreement, names)
    _work(agreement.by_kind(shelf.work), shelf.everybody)
    if compared.left_out:
        st.caption("Left out: " + " · ".join(compared.left_out))


def _choose(shelf: Shelf, first: tuple[str, str]) -> tuple[str, str]:
    names = [side.name for side in shelf.sides]
    said = {side.name: f"{side.said} ({side.demonstrations})" for side in shelf.sides}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = [
            st.selectbox(
                label,
                names,
                names.index(_asked(key, names, default)),
                said.__getitem__,
                key=f"agreement_{key}",
                width=300,
            )
            for label, key, default in (("Compare", "of", first[0]), ("with", "against", first[1]))
        ]
        _example()
    keep_in_address({"of": chosen[0], "against": chosen[1]})
    return chosen[0], chosen[1]


def _asked(key: str, names: Sequence[str], default: str) -> str:
    asked = st.query_params.get(key, default)
    return asked if asked in names else default


def _tiles(figures: Sequence[Figure]) -> None:
    by_name = {figure.name: figure for figure in figures}
    for column, name in zip(st.columns(len(TILES)), TILES, strict=True):
        figure = by_name[name]
        with column.container(border=True, height="stretch"):
            st.metric(figure.title, _value(figure.estimate), help=f"Counts as the same: {figure.tolerance}.")
            st.caption(_within(figure.estimate))


def _all_measures(told: Mapping[str, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, ending, made in (
            ("CSV", "csv", agreement_report.as_csv(told)),
            ("Report (HTML)", "html", agreement_report.as_html(told)),
        ):
            st.download_button(
                label, made, f"agreement.{ending}", icon=":material/download:", key=f"agreement_{ending}"
            )
        st.caption("Means over demonstrations; the interval holds the mean of 95 of 100 corpora drawn again from them.")
    rows = [
        {"measure": one["title"], "value": one["value"], "low": one["low"], "high": one["high"],
         "demonstrations": one["n"], "counts as the same": one["tolerance"]}
        for one in told["figures"].values()
    ]  # fmt: skip
    with st.expander(f"All {len(rows)} measures"):
        st.dataframe(rows, hide_index=True, column_config=_NUMBERS, height="content", placeholder="nothing to find")


_NUMBERS = {name: st.column_config.NumberColumn(format="%.2f") for name in ("value", "low", "high", "F1", "arguments")}


def _over_time(shelf: Shelf, stamp: tuple[int, int], compared: Compared) -> None:
    st.subheader("Over time", anchor=False)
    titles = {figure.name: figure.title for figure in compared.agreement.figures if figure.name in TILES[:5]}
    by_run = compared.one.startswith(LABELLER)
    with st.container(horizontal=True):
        name = st.selectbox("Measure", list(titles), 0, titles.__getitem__, key="agreement_measure", width=180)
        kinds = ("week of review", "label run") if by_run else ("week of review",)
        by = kinds[0]
        if len(kinds) > 1:
            by = st.segmented_control("By", kinds, default=by, key="agreement_by") or by
    if by == "label run":
        found = _over_runs(shelf, stamp, compared.one.removeprefix(LABELLER), compared.other)
        rows = found.over_time(name, agreement.run_day)
    else:
        rows = compared.agreement.over_time(name, week)
    if not rows:
        st.caption("There is nothing of this to find in these demonstrations.")
        return
    points = [{"at": at, "value": e.value, "low": e.low, "high": e.high, "n": e.n} for at, e in rows]
    st.plotly_chart(over_time(points, title=titles[name], dark=_dark()), key="agreement_time", config=QUIET)


def _by_policy(found: Agreement, sides: tuple[str, str]) -> None:
    st.subheader("By policy", anchor=False)
    rows = [
        {"policy": row.policy, "F1": row.f1, sides[0]: row.one, sides[1]: row.other, "matched": row.matched,
         "arguments": row.arguments.f1 if row.arguments.other else None}
        for row in found.by_policy
    ]  # fmt: skip
    st.dataframe(
        rows, hide_index=True, column_config=_NUMBERS, placeholder="", height=360 if len(rows) > 9 else "content"
    )
    st.caption("Calls on either side; matched when they share half their steps. Arguments are of matched calls.")


def _work(by_kind: Mapping[str, WorkFigures], everybody: Estimate | None) -> None:
    st.subheader("What reviewing takes", anchor=False)
    rows = [
        {
            "review": {"shown": "proposal shown", "blind": "blind"}[kind],
            "demonstrations": took.tracks,
            "changes each": _with_interval(took.edits),
            "seconds a call": _with_interval(took.seconds_per_call),
            "proposed calls left as they were": _with_interval(took.kept),
        }
        for kind, took in by_kind.items()
    ]
    st.dataframe(rows, hide_index=True)
    st.caption(
        f"A pause of more than {IDLE_S:.0f} s counts as {IDLE_S:.0f} s. In blind reviews “left as they were” are the "
        "proposed calls the person made too without seeing them: what is higher above is what being shown does."
    )
    if everybody is not None:
        st.caption(
            f"All people who labelled blind, together: Krippendorff's α {_with_interval(everybody)} over {everybody.n} "
            "demonstrations that at least two of them labelled."
        )


def _example() -> None:
    with st.popover("κ = 1, and wrong", icon=":material/lightbulb:"):
        told, kappa = example()
        st.markdown(
            "Somebody fills two fields, four steps each. The labeller cuts one step too early:\n\n| step | 1 | 2 | "
            "3 | 4 | 5 | 6 | 7 | 8 |\n|---|---|---|---|---|---|---|---|---|\n| gold | A | A | A | A | B | B | B | "
            "B |\n| labeller | A | A | A | **B** | B | B | B | B |\n\nBoth are `fill_text`, so every step has its "
            f"policy: step accuracy is **{told['step_accuracy']:.0f}** and κ, with a second demonstration that "
            f"agrees, **{kappa:.0f}**. But step 4 fills another field than the call says. Boundary F1 is "
            f"**{told['boundary_f1']:.0f}** (within one step **{told['boundary_f1_1']:.0f}**), bracket F1 "
            f"**{told['bracket_f1']:.0f}**. So κ never stands alone here."
        )


def _value(found: Estimate | None) -> str:
    return "–" if found is None else f"{found.value:.2f}"


def _within(found: Estimate | None) -> str:
    if found is None:
        return "nothing to find"
    return f"{found.low:.2f} to {found.high:.2f} · n {found.n}"


def _with_interval(found: Estimate | None) -> str:
    return "–" if found is None else f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def _dark() -> bool:
    return bool(st.context.theme.type == "dark")

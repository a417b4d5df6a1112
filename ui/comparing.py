"""Two episodes on the Compare screen: choosing them, the aligned component, and what each call took on either side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from flows.problems import OURS
from flows.understand import comparing
from traces.sentences import shortened
from ui.components.compare import comparison
from ui.episode_rows import shown, status, task
from ui.plain import plain, problem_text
from ui.shell import empty
from ui.urls import endpoints, replay_link
from wiring import Parts

Row = Mapping[str, Any]
RECENT = 200
OBJECTIVE = 2_000
"""Characters of an objective that are shown: all of a task's, the beginning of one of megabytes from elsewhere."""
ENDS = {"returned": "returned", "ended": "task over", "limit": "limit", "error": "error", "abandoned": "abandoned",
        "open": "open"}  # fmt: skip


def choose(parts: Parts) -> dict[str, str | None]:
    """The two episodes, as the address names them or as the person chooses: same task and seed are offered first."""
    left, right = st.columns(2)
    rows = _recent(parts, st.query_params.get("a"))
    with left:
        a = _box("A", rows, st.query_params.get("a"))
    found = comparing.others(parts, a) if a else []
    asked = st.query_params.get("b")
    if asked and asked not in [row["id"] for row in found] and (other := parts.episodes.catalogue.get(asked)):
        found.append(other)
    with right:
        b = _box("B", {row["id"]: row for row in found}, asked, beside=parts.episodes.catalogue.get(a) if a else None)
    return {"a": a, "b": b}


def show(parts: Parts, chosen: Mapping[str, str | None]) -> None:
    """The comparison, or what is missing for one."""
    a, b = chosen["a"], chosen["b"]
    if a is None:
        _offer(parts)
        return
    if b is None:
        if comparing.others(parts, a):
            st.info("Choose the other episode: those of the same seed come first.", icon=":material/info:")
        else:
            empty("No other attempt at this task", "Run the agent on it, or record how it is done.", "run", "record")
        return
    try:
        told = comparing.compare(parts, a, b)
    except OURS as error:
        st.error(problem_text(error), icon=":material/error:")
        return
    st.text(told["said"])
    counts = told["counts"]
    aside = f" · {counts['aside']:,} calls and returns of a run set aside" if counts["aside"] else ""
    st.caption(
        f"{counts['same']:,} the same ({counts['done_alike']:,} leaving aside which calls are open) · "
        f"{counts['differ']:,} differ · {counts['only_a']:,} only in A · "
        f"{counts['only_b']:,} only in B{aside} · {'same seed' if told['same_seed'] else 'not the same seed'}"
    )
    comparison(endpoints(), parts.guard.token, told, step=st.query_params.get("step"))
    st.subheader("Calls", anchor=False)
    _calls(told)


def _offer(parts: Parts) -> None:
    """Failed runs beside another attempt at their task and seed, each pair one press away."""
    pairs = comparing.worth_comparing(parts)
    if not pairs:
        if parts.episodes.catalogue.search(limit=2).total < 2:
            empty(
                "Only one episode so far",
                "It takes a second attempt at its task to compare.",
                "run",
                "record",
                "import",
            )
        else:
            st.info("Choose an episode, then another attempt at its task.", icon=":material/info:")
        return
    st.subheader("Failed runs beside another attempt at the same task", anchor=False)
    with st.container(border=True, gap="xsmall"):
        for one, other in pairs:
            seed = "" if comparing.same_seed(one, other) or other["seed"] is None else f" (seed {other['seed']})"
            words = f"{task(one)} · {_end(one)} beside {_end(other)}{seed} · {one['objective'] or 'No objective'}"
            st.button(
                plain(words), key=f"offer_{one['id']}", type="tertiary", icon=":material/compare_arrows:", wrap=False,
                on_click=_take, args=(one["id"], other["id"]),
            )  # fmt: skip


def _take(a: str, b: str) -> None:
    """Choose both, before the boxes are drawn anew."""
    st.session_state["compare_A_"] = a
    st.query_params.from_dict({"a": a, "b": b})


def _end(row: Row) -> str:
    return f"{status(row)}, by {shown(row)['by']}"


def _recent(parts: Parts, asked: str | None) -> dict[str, Row]:
    """The newest episodes of a task, failed ones first; that which the address names is always among them."""
    catalogue = parts.episodes.catalogue
    rows = [*catalogue.search(status="failed", limit=RECENT).rows, *catalogue.search(limit=RECENT).rows]
    named = catalogue.get(asked) if asked else None
    return {row["id"]: row for row in ([named] if named else []) + [row for row in rows if row["task"]]}


def _box(name: str, rows: Mapping[str, Row], asked: str | None, beside: Row | None = None) -> str | None:
    said = {key: line(row, beside) for key, row in rows.items()}
    first = list(rows).index(asked) if asked and asked in rows else None
    chosen: str | None = st.selectbox(
        name, list(rows), first, said.__getitem__, key=f"compare_{name}_{beside['id'] if beside else ''}",
        placeholder="choose an episode",
    )  # fmt: skip
    if chosen and (objective := rows[chosen]["objective"]):
        st.text(shortened(objective, OBJECTIVE))
    return chosen


def line(row: Row, beside: Row | None = None) -> str:
    """An episode in one line; beside another of its task and seed that is said."""
    same = beside is not None and comparing.same_seed(row, beside)
    who = row["author"] or "a person" if row["actor"] == "human" else row["model"] or "an agent"
    words = [
        status(row),
        task(row) + (" (same)" if same else ""),
        who,
        (row["prompt_set"] or "")[:8],
        row["objective"] or "",
    ]
    return " · ".join(word for word in words if word)


def _calls(told: Mapping[str, Any]) -> None:
    spent = [name for name in ("tokens", "cost") if any(told[side][name] for side in ("a", "b"))]
    rows = [_cells(told, one, spent) for one in told["frames"]]
    link = st.column_config.LinkColumn(display_text="open", width=60)
    st.dataframe(
        rows, hide_index=True, height="content", placeholder="", key="compare_calls",
        column_config={"A": link, "B": link, "call": st.column_config.TextColumn(width="large")},
    )  # fmt: skip
    st.caption("Numbers are A / B with the calls inside; apart is B minus A. Calls that only one side has say so.")


def _cells(told: Mapping[str, Any], one: Mapping[str, Any], spent: list[str]) -> dict[str, Any]:
    a, b, apart = one["a"], one["b"], one["apart"]
    cells: dict[str, Any] = {
        "call": "\u2003" * (one["depth"] - 1) + one["objective"][:120],
        "in": {"both": "both", "a": "only A", "b": "only B"}[one["in"]],
    }
    for name, said in {"acts": "actions", "asked": "questions", **{name: name for name in spent}}.items():
        cells[said] = " / ".join("" if side is None or side[name] is None else f"{side[name]:g}" for side in (a, b))
        if apart and apart[name]:
            cells[said] += f" ({apart[name]:+g})"
    cells["ended"] = " / ".join("" if side is None else ENDS.get(side["end"], side["end"]) for side in (a, b))
    for name, side in (("A", a), ("B", b)):
        header = told[name.lower()]
        cells[name] = replay_link(header["id"], side["step"], header["label_ref"]) if side and side["step"] else None
    return cells

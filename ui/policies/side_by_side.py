"""One policy under two prompt sets (or models) side by side, on the tasks and seeds that both played."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from analysis.frame_facts import Attempt
from flows.understand import scorecard
from traces.sentences import counted

SHARES = {
    "returned": "returned",
    "empty": "empty returns",
    "abandoned": "abandoned",
    "loops": "looped",
    "no_effect": "no effect",
    "no_target": "bad target",
    "success": "success if called",
    "began": "failures begin in it",
}
MEDIANS = {
    "actions": "actions a call",
    "asked": "questions a call",
    "tokens": "tokens a call",
    "cost": "dollars a call",
}


def show_sides(found: Sequence[Attempt]) -> None:
    """Two arms and a policy to choose, and its figures on both sides."""
    arms = list(dict.fromkeys(one.arm for one in reversed(found)))
    if len(arms) < 2:
        st.info("There is one model with one prompt set here. Run another on the same seeds.", icon=":material/info:")
        return
    with st.container(horizontal=True):
        first = scorecard.most_in_common(found)
        one = st.selectbox("One side", arms, arms.index(first[0]), key="sides_one")
        other = st.selectbox("Other side", arms, arms.index(first[1]), key="sides_other")
        same = st.toggle("Same tasks and seeds only", value=True, key="sides_same")
    sides: tuple[Sequence[Attempt], Sequence[Attempt]] = (
        [attempt for attempt in found if attempt.arm == one],
        [attempt for attempt in found if attempt.arm == other],
    )
    if same:
        sides = scorecard.same_seeds(*sides)
    if not sides[0] or not sides[1]:
        st.info("They have no task and seed in common. Run one on the seeds of the other.", icon=":material/info:")
        return
    told = [{row["policy"]: row for row in scorecard.scorecard(mine, by_version=False)["policies"]} for mine in sides]
    names = list(dict.fromkeys([*told[0], *told[1]]))
    policy = st.selectbox("Policy", names, key="sides_policy")
    st.caption(f"{counted(len(sides[0]), 'episode')} against {counted(len(sides[1]), 'episode')}.")
    st.dataframe(rows(told[0].get(policy), told[1].get(policy)), hide_index=True, height="content", placeholder="")


def rows(one: dict[str, Any] | None, other: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The figures of both sides as text; a side that never called it is empty."""
    counts = [side["calls"] if side else 0 for side in (one, other)]
    out = [{"": "calls", "one": f"{counts[0]:,}", "other": f"{counts[1]:,}", "apart": f"{counts[1] - counts[0]:+,}"}]
    for name, said in SHARES.items():
        ends = [side and side[name] for side in (one, other)]
        out.append({"": said, "one": _share(ends[0]), "other": _share(ends[1]), "apart": _apart(*ends)})
    for name, said in MEDIANS.items():
        here, there = (side[name] if side else None for side in (one, other))
        apart = "" if here is None or there is None else f"{there - here:+g}"
        out.append({"": said, "one": _number(here), "other": _number(there), "apart": apart})
    return out


def _share(of: dict[str, Any] | None) -> str:
    if of is None or of["value"] is None:
        return ""
    return f"{of['value']:.1%} ({of['low']:.0%} to {of['high']:.0%}) of {of['n']:,}"


def _apart(one: dict[str, Any] | None, other: dict[str, Any] | None) -> str:
    """The difference; in brackets what it says where the intervals do not overlap."""
    if one is None or other is None or one["value"] is None or other["value"] is None:
        return ""
    clear = one["low"] > other["high"] or other["low"] > one["high"]
    return f"{other['value'] - one['value']:+.1%}{' (more than chance)' if clear else ''}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"

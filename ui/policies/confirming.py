"""Preview, then confirm: what a change of the policies would do to labels, and the button that does it.

A preview belongs to exactly what was asked: when the form says something else it has to be asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from flows.label import policies
from flows.label.policies import Made, Preview
from flows.label.policy_facts import differs
from flows.problems import OURS
from policies.operations import Change, Operation
from traces.sentences import counted
from ui.plain import plain, problem_text
from ui.resources import resources
from ui.urls import label_link

SHOWN = 500
"""Calls of a preview that are listed."""


def offer(asked: Operation | None, key: str) -> None:
    """A button that previews the operation, then what it would do and a button that does it. None: not complete yet."""
    slot = f"previewed_{key}"
    looked = st.button("Preview", icon=":material/visibility:", key=f"preview_{key}", disabled=asked is None)
    if asked is not None and looked:
        _look(slot, asked)
    known = st.session_state.get(slot)
    if asked is None or known is None or known[0] != asked:
        st.caption("Nothing is changed before you have seen what would.")
        return
    seen: Preview = known[1]
    show(seen)
    _button(key, lambda person: policies.make(resources(), asked, person, seen.base))


def offer_undo(number: int) -> None:
    """What taking a change back would do, with a button that does it."""
    try:
        seen = policies.preview_undo(resources(), number)
    except OURS as error:
        st.warning(problem_text(error), icon=":material/info:")
        return
    show(seen)
    _button(f"undo_{number}", lambda person: policies.undo(resources(), number, person, seen.base))


def show(seen: Preview) -> None:
    """What a change would do."""
    st.markdown(f"**{plain(seen.change.said)}**")
    _policies(seen.change)
    if seen.calls:
        st.markdown(
            f"{counted(len(seen.calls), 'call')} of {counted(seen.tracks, 'track')} would follow{_waiting(seen)}."
        )
        _calls(seen.calls[:SHOWN])
        if len(seen.calls) > SHOWN:
            st.caption(f"{len(seen.calls) - SHOWN} more are not listed.")
    else:
        st.markdown("No label has to change." + (f" {counted(seen.using, 'call')} use it." if seen.using else ""))
    stay = [f"label set {key} ({counted(count, 'call')})" for key, count in seen.label_sets]
    stay += [f"prompt set {key} ({counted(count, 'example')})" for key, count in seen.prompt_sets]
    if stay:
        st.caption(f"Stays as it is and keeps resolving: {', '.join(stay[:12])}{' …' if len(stay) > 12 else ''}")


def _policies(change: Change) -> None:
    """What becomes of the policy itself, field by field, and which others get a new version with it."""
    now = resources().library.now
    about = change.about if change.about in change.entries else next(iter(change.entries), "")
    rows = differs(now.entries.get(about), change.entries.get(about))
    if rows:
        st.dataframe(rows, hide_index=True, height="content")
    known = [entry for key, entry in now.entries.items() if key in change.entries and key != about]
    others = [f"{entry.policy.name} ({entry.home})" for entry in known]
    if others:
        st.caption(f"Changed with it: {', '.join(others)}")


def _calls(calls: Sequence[policies.CallChange]) -> None:
    rows = [
        {
            "before": call.before,
            "after": call.after + (" · waits for a person" if call.waits else ""),
            "labels of": call.track,
            "at": label_link(call.episode, call.step),
        }
        for call in calls
    ]
    st.dataframe(
        rows,
        hide_index=True,
        height="content" if len(rows) < 8 else 260,
        column_config={"at": st.column_config.LinkColumn("at", display_text="Label", width=60)},
    )


def _waiting(seen: Preview) -> str:
    waits = sum(call.waits for call in seen.calls)
    return f"; {waits} of them wait for a person again, since a value is missing" if waits else ""


def _button(key: str, do: Callable[[str], Made]) -> None:
    if not st.button("Do it", type="primary", icon=":material/check:", key=f"do_{key}"):
        return
    parts = resources()
    try:
        with st.spinner("Labels follow", show_time=True):
            made = do(parts.people.name_of(st.context.cookies))
    except OURS as error:
        st.error(problem_text(error), icon=":material/error:")
        return
    followed = f" · {counted(made.calls, 'call')} followed" if made.calls else ""
    st.session_state["policies_told"] = made.event.said + followed
    if made.waiting:
        who = ", ".join(made.waiting)
        st.session_state["policies_left_out"] = f"Being reviewed just now, and will follow: {who}"
    st.session_state.pop(f"previewed_{key}", None)
    st.rerun()


def _look(slot: str, asked: Operation) -> None:
    st.session_state.pop(slot, None)
    try:
        st.session_state[slot] = (asked, policies.preview(resources(), asked))
    except OURS as error:
        st.warning(problem_text(error), icon=":material/info:")

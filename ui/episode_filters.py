"""The filters of the Episodes and Failures screens: in the address, as widgets with counts, and saved by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from analysis.signals.registry import DETECTORS
from flows import saved_filters
from flows.problems import OURS
from store.filters import FACETS, Filter
from ui.episode_rows import STATUS
from ui.plain import plain, problem_text
from ui.resources import resources
from ui.urls import keep_in_address

MOST = 1000
"""Values of a facet that are offered; those that are chosen are always among them."""
MOST_KNOWN = 20 * MOST
"""Names of a facet's values that are remembered."""
LABELS = {
    "status": "Status",
    "task": "Task",
    "signal": "Signal",
    "blame": "Blame",
    "tag": "Tag",
    "actor": "By",
    "run": "Run",
    "model": "Model",
    "policy_set": "Policy set",
    "prompt_set": "Prompt set",
    "author": "Author",
    "blamed_policy": "Policy blamed",
    "failed_page": "Page of the failure",
    "signals": "Exactly these signals",
    "site": "Site",
}
FIRST = ("status", "task", "signal", "blame", "tag")
"""Facets that are always in sight; the others stand under *More filters*."""
NAMES: Mapping[str, Mapping[str, str]] = {
    "actor": {"human": "a person", "agent": "an agent"},
    "status": STATUS,
    "signal": {one.id: f"{one.id} {one.name}" for one in DETECTORS},
}


def named(facet: str, value: str) -> str:
    """A value of a facet as a person reads it."""
    if facet == "signals":
        return value.strip(",").replace(",", " ") or "none"
    return NAMES.get(facet, {}).get(value, value) or "none"


class Filters:
    """The filter of one screen: `page` names its widgets, `facets` are offered, `within` is what it always keeps to."""

    def __init__(
        self, page: str, facets: Sequence[str] = FACETS, within: Callable[[Filter], Filter] = lambda asked: asked
    ) -> None:
        self.page = page
        self.facets = [name for name in LABELS if name in facets]
        self.within = within
        self.lists = resources().episodes.catalogue.lists

    def current(self) -> Filter:
        """What is asked for: by the address when somebody came by it, else by the widgets; then the address says it."""
        self._mend_values()
        query, state = st.query_params, st.session_state
        said, place = Filter.from_query({name: query.get_all(name) for name in query}), _place(query.get("page"))
        if state.get(self._key("said")) != (said.address(), place) or self._key("text") not in state:
            self.show(said)
            state[self._key("page")] = place
        elif self._asked() != said:
            state[self._key("page")] = 1
        asked = self._asked()
        self._keep(asked)
        return asked

    def page_of(self, asked: Filter, pages: int) -> int:
        """The page of the list that is meant, from 1; the last one where there are fewer by now."""
        if st.session_state[self._key("page")] > max(1, pages):
            st.session_state[self._key("page")] = max(1, pages)
            self._keep(asked)
        return int(st.session_state[self._key("page")])

    def show(self, asked: Filter) -> None:
        """Make the widgets, which are not drawn yet, say this."""
        st.session_state[self._key("text")] = asked.text
        for name in self.facets:
            st.session_state[self._key(name)] = list(asked.values(name))
        st.session_state[self._key("since")], st.session_state[self._key("until")] = asked.since, asked.until
        st.session_state[self._key("order")] = asked.order

    def sort(self, order: str) -> None:
        """Sort by something else, and begin at the first page. Ends the script run."""
        st.session_state[self._key("order")] = order
        st.rerun()

    def nothing_fits(self, what: str) -> None:
        """Say that nothing fits, with the way back to everything."""
        st.info(f"No {what} fits these filters.", icon=":material/filter_alt_off:")
        st.button(
            "Clear all filters",
            icon=":material/filter_alt_off:",
            key=self._key("clear"),
            on_click=st.query_params.clear,
        )

    def draw(self, asked: Filter) -> None:
        """The widgets, with how many episodes stand behind each choice."""
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "Search", key=self._key("text"), type="search", live=True, placeholder="objective, actions", width=190
            )
            for facet in (name for name in FIRST if name in self.facets):
                self._facet(asked, facet)
        rest = [name for name in self.facets if name not in FIRST]
        used = sum(bool(asked.values(name)) for name in rest) + bool(asked.since) + bool(asked.until)
        with st.container(horizontal=True, vertical_alignment="center"):
            label = "More filters" + (f" ({used} in use)" if used else "")
            more = st.toggle(label, key=self._key("more"), value=used > 0)
            saved(self, asked)
        if more or used:
            with st.container(horizontal=True):
                for facet in rest:
                    self._facet(asked, facet)
                for name, label in (("since", "From day (UTC)"), ("until", "To day (UTC)")):
                    st.date_input(label, key=self._key(name), format="YYYY-MM-DD", width=150)

    def _facet(self, asked: Filter, facet: str) -> None:
        counts = self.lists.facet(self.within(asked), facet)
        options = list(dict.fromkeys([*asked.values(facet), *list(counts)[:MOST]]))

        def said(value: str) -> str:
            return f"{named(facet, value)} ({counts.get(value, 0):,})"

        self._known[facet] = {**self._known.get(facet, {}), **{said(value): value for value in options}}
        st.multiselect(LABELS[facet], options, key=self._key(facet), format_func=said, placeholder="any", width=150)

    @property
    def _known(self) -> dict[str, dict[str, str]]:
        """The values by what the widgets called them, for each facet."""
        known: dict[str, dict[str, str]] = st.session_state.setdefault(self._key("labels"), {})
        return known

    def _mend_values(self) -> None:
        """What a widget was told in words of before is made the value: its counts had changed when it was pressed."""
        for facet, known in self._known.items():
            held, values = st.session_state.get(self._key(facet)) or [], set(known.values())
            meant = [one if one in values else known.get(one, one) for one in held]
            if meant != held:
                st.session_state[self._key(facet)] = meant
            if len(known) > MOST_KNOWN:
                known.clear()

    def _asked(self) -> Filter:
        state = st.session_state
        asked = Filter.of(
            str(state.get(self._key("text")) or ""),
            **{name: state.get(self._key(name)) or None for name in self.facets},
        )
        order = str(state.get(self._key("order")) or asked.order)
        since, until = _day(state.get(self._key("since"))), _day(state.get(self._key("until")))
        return replace(asked, since=since, until=until, sort=order.lstrip("-"), descending=order.startswith("-"))

    def _keep(self, asked: Filter) -> None:
        """Make the address say it."""
        place = st.session_state.get(self._key("page")) or 1
        keep_in_address({**asked.query(), "page": str(place) if place > 1 else None})
        st.session_state[self._key("said")] = (asked.address(), place)

    def _key(self, name: str) -> str:
        return f"{self.page}_{name}"


def saved(filters: Filters, asked: Filter) -> None:
    """The filters that have a name: going to one, giving this one a name, renaming and deleting."""
    parts = resources()
    with st.popover("Saved", icon=":material/bookmark:"):
        held = saved_filters.listed(parts)
        for one in held:
            with st.container(horizontal=True, vertical_alignment="center"):
                link = f"{plain(one.name)} · {filters.lists.count(one.filter):,}"
                if st.button(link, key=f"saved_{one.name}", type="tertiary", icon=":material/filter_alt:"):
                    st.query_params.from_dict(one.filter.query())
                    st.rerun()
        if not held:
            st.caption("No filter has a name yet. Whoever opens this workspace will find those that are saved here.")
        st.divider()
        name = st.text_input(
            "Name for this filter", key=filters._key("save_as"), max_chars=saved_filters.MOST_LETTERS, live=True
        )
        if st.button("Save", key=filters._key("save"), type="primary", disabled=not name.strip() or asked.everything):
            _do(lambda: saved_filters.save(parts, name, asked, _person()), f"Saved as {name.strip()}.")
        if asked.everything:
            st.caption("Choose something to filter by first.")
        if held:
            _mend(filters, held)


def _mend(filters: Filters, held: Sequence[saved_filters.Saved]) -> None:
    parts = resources()
    st.divider()
    which = st.selectbox("Rename or delete", [one.name for one in held], key=filters._key("which"))
    other = st.text_input("New name", key=filters._key("rename_to"), max_chars=saved_filters.MOST_LETTERS, live=True)
    with st.container(horizontal=True):
        if st.button("Rename", key=filters._key("rename"), disabled=not other.strip()):
            _do(lambda: saved_filters.rename(parts, which, other), f"Now called {other.strip()}.")
        if st.button("Delete", key=filters._key("unsave"), icon=":material/delete:"):
            _do(lambda: saved_filters.delete(parts, which), f"{which} deleted. No episode was changed.")


def _do(what: Any, told: str) -> None:
    try:
        what()
    except OURS as error:
        st.error(problem_text(error), icon=":material/error:")
        return
    st.toast(plain(told), icon=":material/check:")
    st.rerun()


def _person() -> str:
    return resources().people.name_of(st.context.cookies)


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _place(said: str | None) -> int:
    """The page an address names, from 1."""
    return max(1, int(said)) if said and re.fullmatch("[0-9]{1,6}", said) else 1

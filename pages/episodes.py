"""Episodes: filtered, sorted, searched, opened, and worked on many at a time. The filters are part of the address."""

import math

import streamlit as st

from store.filters import Filter
from ui import bulk_form
from ui.components.listing import listing
from ui.episode_filters import Filters
from ui.episode_rows import listed
from ui.resources import resources
from ui.shell import empty, open_page
from ui.urls import endpoints, open_replay

PAGE = 100
parts = resources()
lists = parts.episodes.catalogue.lists

open_page("Episodes", "Every demonstration and every run.")
filters = Filters("episodes")
asked = filters.current()
if not lists.count(Filter()):
    todo = "Record a demonstration, load the examples to look around, or bring in runs you have."
    empty("No episodes yet", todo, "record", "home", "import")
    st.stop()
filters.draw(asked)
with st.spinner("Looking for episodes…"):
    pages = math.ceil(lists.count(asked) / PAGE)
    first = (filters.page_of(asked, pages) - 1) * PAGE
    found = lists.page(asked, PAGE, first)
bulk_form.watch()
if not found.rows:
    filters.nothing_fits("episode")
    st.stop()
address = asked.address()
done = listing(
    listed(found.rows, address),
    total=found.total,
    sort=asked.order,
    scope=f"{asked.unordered.address()}#{bulk_form.deletions()}",
    root=endpoints(),
    token=parts.guard.token,
    key="episodes_rows",
)
if done.opened:
    open_replay(done.opened[0], done.opened[1], listed=address)
if done.sort:
    filters.sort(done.sort)
if done.chosen or done.all:
    bulk_form.show(done.chosen, asked if done.all else None, found.total)
if pages > 1:
    st.pagination(pages, key="episodes_page")

"""A small Streamlit app whose widgets are recorded for the gold corpus; it keeps nothing."""

from __future__ import annotations

import streamlit as st  # noqa: TID251 - it is a page to be recorded, not one of ours

page = st.sidebar.radio("Go to", ["Trips", "New trip", "Settings"])
st.title(page)
if page == "Trips":
    people = st.multiselect("Who", ["Ada", "Ben", "Cleo", "Dev"])
    with st.expander("More filters"):
        st.toggle("Only this year")
        st.number_input("At most days", 1, 30, 7)
    overview, costs = st.tabs(["Overview", "Costs"])
    overview.write("Rome, 4 days: " + (", ".join(people) or "everybody"))
    costs.write("Rome cost 1,260 euros in all, of which 310 for trains.")

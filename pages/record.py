"""Record: do a task in a browser inside the page; each action becomes a step with the page as it was before it."""

import streamlit as st

from ui import interrupted, recording
from ui.record_form import ask
from ui.resources import live_tasks, resources
from ui.shell import open_page

person = resources().people.name_of(st.context.cookies)
owner = recording.owner()
running = st.query_params.get(recording.REC)
if running:
    recording.show(running, owner, person)
    st.stop()

open_page(
    "Record", "Do a task once, in a real browser on this machine. Every action is kept with what you saw before it."
)
for other in live_tasks().running(owner):
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.write("A recording of yours is still running.")
        if st.button("Go back to it", key=f"back_{other}"):
            st.query_params.from_dict({recording.REC: other})
            st.rerun()
interrupted.offer(person)
request = ask(person)
if request is not None:
    recording.start(interrupted.continued(request), owner)

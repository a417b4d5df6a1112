"""The form a recording begins with: an address, a scenario of the practice airline, or a MiniWoB++ task."""

from __future__ import annotations

import streamlit as st

from browser.miniwob import miniwob_tasks
from flows.recording import Request
from ui.shell import FORM_WIDTH

WEB, AIRLINE, MINIWOB = "A web page", "Practice airline", "MiniWoB++"
SCENARIOS = {
    "find_flight": "Find a flight",
    "book_flight": "Book a flight",
    "find_booking": "Find a booking",
    "update_passenger": "Update a passenger",
    "cancel_flight": "Cancel a flight",
}
"""What the practice airline's scenarios are called on the screen."""


def ask(author: str) -> Request | None:
    """Draw the form; what was asked for when it is sent, and then only if it is complete. Typed input stays."""
    kind = st.segmented_control(
        "Where", (WEB, AIRLINE, MINIWOB), default=_kind(st.query_params.get("task", "")), key="record_kind"
    )
    with st.form("record_form", enter_to_submit=True, width=FORM_WIDTH):
        request = {AIRLINE: _airline, MINIWOB: _miniwob}.get(kind or WEB, _web)(author)
        sent = st.form_submit_button("Start recording", type="primary", icon=":material/radio_button_checked:")
    if not sent:
        return None
    missing = _missing(request)
    if missing:
        st.warning(f"{missing} Nothing was started.", icon=":material/edit:")
    return None if missing else request


def _web(author: str) -> Request:
    objective = st.text_input(
        "Objective", key="record_objective", placeholder="Change the e-mail of booking NX4Q2 to …"
    )
    url = st.text_input("Start address", key="record_url", placeholder="https://…")
    secrets = st.text_input(
        "Secret fields",
        key="record_secrets",
        placeholder="#card-number, [name=pin]",
        help="CSS selectors of further fields whose values are never written down. Password fields always are secret.",
    )
    return Request(url.strip(), objective.strip(), secrets=(secrets.strip(),) if secrets.strip() else (), author=author)


def _airline(author: str) -> Request:
    names = tuple(SCENARIOS)
    left, right = st.columns([3, 1])
    asked = st.query_params.get("task", "").removeprefix("airline:")
    index = names.index(asked) if asked in names else 0
    name = left.selectbox("Task", names, index, format_func=SCENARIOS.__getitem__, key="record_scenario")
    seed = right.number_input("Seed", 0, 1_000_000, 1, key="record_seed_airline", help="The same seed, the same task.")
    objective = st.text_input("Objective", key="record_objective_airline", placeholder="left empty, the task asks")
    return Request(f"airline:{name}", objective.strip(), seed=int(seed), author=author)


def _miniwob(author: str) -> Request:
    names = miniwob_tasks()
    left, right = st.columns([3, 1])
    asked = st.query_params.get("task", "").removeprefix("miniwob:")
    index = names.index(asked if asked in names else "login-user")
    name = left.selectbox("Task", names, index, key="record_miniwob")
    seed = right.number_input("Seed", 0, 1_000_000, 1, key="record_seed_miniwob", help="The same seed, the same task.")
    st.caption("The page itself says what to do.")
    return Request(f"miniwob:{name}", seed=int(seed), author=author)


def _kind(task: str) -> str:
    """Which tab an address such as `?task=airline:find_booking` opens."""
    return AIRLINE if task.startswith("airline:") else MINIWOB if task.startswith("miniwob:") else WEB


def _missing(request: Request) -> str:
    if not request.url:
        return "Give the address to begin at."
    is_web = not request.url.startswith(("airline:", "miniwob:"))
    return (
        "Say in one sentence what the task is: labels and prompts are made from it."
        if is_web and not request.objective
        else ""
    )

"""The form a recording begins with: an address, a scenario of a practice site, or a MiniWoB++ task."""

from __future__ import annotations

import streamlit as st

from browser.miniwob_tasks import miniwob_tasks
from flows.record.recording import Request
from flows.record.tasks import PRACTICE_SITES, is_task, practice_site
from labeling.splits import split_of
from ui.shell import FORM_WIDTH

WEB, AIRLINE, DESK, MINIWOB = "A web page", "Practice airline", "Practice helpdesk", "MiniWoB++"
PRACTICE = {AIRLINE: "airline", DESK: "desk"}
SCENARIOS = {
    "find_flight": "Find a flight",
    "book_flight": "Book a flight",
    "find_booking": "Find a booking",
    "update_passenger": "Update a passenger",
    "cancel_flight": "Cancel a flight",
    "login_and_reply": "Sign in and answer a ticket",
    "change_ticket": "Change a ticket",
    "bulk_close": "Close several tickets",
    "create_ticket": "Open a ticket for a customer",
    "reorder_products": "Put pictures or categories in order",
    "update_product": "Update a product",
    "report_range": "Answer from a report",
}
"""What the practice sites' scenarios are called on the screen; one without words is shown by its name."""
FIRST_MINIWOB = "enter-text"
"""The task that is chosen before a person chooses: a short one that may teach."""
HELD_OUT = "A demonstration of a task kept for tests enters no prompt set, unless you hold nothing out there."


def ask(author: str) -> Request | None:
    """Draw the form; what was asked for when it is sent, and then only if it is complete. Typed input stays."""
    kind = st.segmented_control(
        "Where", (WEB, AIRLINE, DESK, MINIWOB), default=_kind(st.query_params.get("task", "")), key="record_kind"
    )
    with st.form("record_form", enter_to_submit=True, width=FORM_WIDTH):
        request = _asked(kind or WEB, author)
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


def _practice(author: str, site: str) -> Request:
    names = PRACTICE_SITES[site]
    left, right = st.columns([3, 1])
    asked = st.query_params.get("task", "").removeprefix(f"{site}:")
    index = names.index(asked) if asked in names else 0
    name = left.selectbox(
        "Task",
        names,
        index,
        format_func=lambda one: _marked(_called(one), f"{site}:{one}"),
        key=f"record_scenario_{site}",
        help=HELD_OUT,
    )
    seed = right.number_input("Seed", 0, 1_000_000, 1, key=f"record_seed_{site}", help="The same seed, the same task.")
    objective = st.text_input("Objective", key=f"record_objective_{site}", placeholder="left empty, the task asks")
    return Request(f"{site}:{name}", objective.strip(), seed=int(seed), author=author)


def _marked(said: str, task: str) -> str:
    """A task as the list says it; one that prompt sets leave out unless told otherwise is marked."""
    return said if split_of(task, "") == "train" else f"{said} · kept for tests"


def _called(scenario: str) -> str:
    return SCENARIOS.get(scenario, scenario.replace("_", " ").capitalize())


def _miniwob(author: str) -> Request:
    names = miniwob_tasks()
    left, right = st.columns([3, 1])
    asked = st.query_params.get("task", "").removeprefix("miniwob:")
    index = names.index(asked if asked in names else FIRST_MINIWOB)
    name = left.selectbox(
        "Task",
        names,
        index,
        format_func=lambda one: _marked(one, f"miniwob:{one}"),
        key="record_miniwob",
        help=HELD_OUT,
    )
    seed = right.number_input("Seed", 0, 1_000_000, 1, key="record_seed_miniwob", help="The same seed, the same task.")
    st.caption("The page itself says what to do.")
    return Request(f"miniwob:{name}", seed=int(seed), author=author)


def _asked(kind: str, author: str) -> Request:
    """The fields of a tab, and what is in them."""
    if kind in PRACTICE:
        return _practice(author, PRACTICE[kind])
    return _miniwob(author) if kind == MINIWOB else _web(author)


def _kind(task: str) -> str:
    """Which tab an address such as `?task=airline:find_booking` opens."""
    asked = practice_site(task)
    if asked is not None:
        return next(kind for kind, site in PRACTICE.items() if site == asked)
    return MINIWOB if task.startswith("miniwob:") else WEB


def _missing(request: Request) -> str:
    if not request.url:
        return "Give the address to begin at."
    asks_itself = is_task(request.url) or bool(request.objective)
    return "" if asks_itself else "Say in one sentence what the task is: labels and prompts are made from it."

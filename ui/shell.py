"""The frame around every page: which pages there are and in which order, the page's title, and one clear message where
the workspace or something in it cannot be used.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from flows.problems import OURS
from store.errors import StoreError
from ui import catching_up, jobs
from ui.plain import problem_text
from ui.resources import resources

ICON = Path(__file__).with_name("icon.png")
SIDEBAR_WIDTH = 216
SECTIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "": (("home", "Home", ":material/home:"),),
    "Teach": (
        ("record", "Record", ":material/radio_button_checked:"),
        ("label", "Label", ":material/label:"),
        ("labelling", "Label run", ":material/auto_awesome:"),
        ("policies", "Policies", ":material/account_tree:"),
        ("agreement", "Agreement", ":material/handshake:"),
        ("prompts", "Prompts", ":material/library_books:"),
    ),
    "Run": (
        ("run", "Run", ":material/play_arrow:"),
        ("episodes", "Episodes", ":material/list:"),
        ("failures", "Failures", ":material/report:"),
        ("replay", "Replay", ":material/layers:"),
        ("compare", "Compare", ":material/compare_arrows:"),
        ("teach", "Teach from here", ":material/school:"),
        ("stacks", "Stacks", ":material/stacked_line_chart:"),
        ("experiments", "Experiments", ":material/science:"),
    ),
    "Workspace": (
        ("transfer", "Import and export", ":material/swap_vert:"),
        ("settings", "Settings", ":material/settings:"),
    ),
}
"""File stem, title and icon of every page, by section of the sidebar."""


def run() -> None:
    """Show the page the address names."""
    st.set_page_config("Stepscope", str(ICON), layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
    st.html(f"<style>{_STYLE}</style>")
    pages = {
        section: [
            st.Page(f"pages/{stem}.py", title=title, icon=icon, default=stem == "home") for stem, title, icon in listed
        ]
        for section, listed in SECTIONS.items()
    }
    page = st.navigation(pages)
    try:
        parts = resources()
    except StoreError as error:
        st.error(f"{problem_text(error)} Then start Stepscope again.", icon=":material/folder_off:")
        st.stop()
    try:
        jobs.page_begins()
        catching_up.watch(parts)
        page.run()
    except OURS as error:
        st.error(problem_text(error), icon=":material/error:")


def open_page(title: str, caption: str = "") -> None:
    """The page's heading; the first line of every page but those whose component brings its own."""
    st.title(title, anchor=False)
    if caption:
        st.caption(caption)


def empty(title: str, what_to_do: str, *pages: str) -> None:
    """An empty state: what is missing, what to do, and buttons that lead there (WAYS_ON), the most sensible first.

    Home has examples to load only as long as nothing is recorded; else it is no way on.
    """
    if "home" in pages and resources().episodes.catalogue.search(limit=1).total:
        pages = tuple(page for page in pages if page != "home")
    with st.container(border=True):
        st.subheader(title, anchor=False)
        st.write(what_to_do)
        with st.container(horizontal=True):
            for at, page in enumerate(pages):
                label, icon = WAYS_ON[page]
                if st.button(label, type="secondary" if at else "primary", icon=icon, key=f"empty_{page}"):
                    go_to(page)


def go_to(page: str) -> None:
    """Leave for a page by its file stem; `import` is the page where one brings episodes in."""
    if page == "import":
        st.switch_page("pages/transfer.py", query_params={"tab": "Import"})
    st.switch_page(f"pages/{page}.py")


WAYS_ON = {
    "home": ("Load the examples on Home", ":material/folder_open:"),
    "record": ("Record a demonstration", ":material/radio_button_checked:"),
    "label": ("Review labels", ":material/label:"),
    "run": ("Run the agent", ":material/play_arrow:"),
    "prompts": ("Build a prompt set", ":material/library_books:"),
    "import": ("Import runs of other programs", ":material/upload:"),
}
"""What an empty state's button to a page says, and its icon."""
FORM_WIDTH = 760
"""Pixels a form has at most: a line of text one can take in."""


_STYLE = """
[data-testid="stMainBlockContainer"] { padding: 2.2rem 1.6rem 1rem; max-width: none; }
@media (max-width: 768px) { [data-testid="stMainBlockContainer"] { padding-top: 4.2rem; } }
[data-testid="stSidebarHeader"]::before { content: "Stepscope"; font-size: 1.15rem; font-weight: 650; }
[data-testid="stMain"]:focus-visible::before { box-shadow: none; }
[data-testid="stButtonGroup"] [data-selected="true"] p { color: color-mix(in srgb, currentColor 55%, CanvasText); }
"""
"""What the theme cannot say: wide pages use the window's width, the product's name stands above the navigation, the
page that scrolls has no frame when a key goes to it, and the chosen one of several buttons is readable on its tint.
In a narrow window, where the navigation is away, a page begins below the bar that opens it.
"""

"""The frame around every page: which pages there are and in which order, the page's title, and a clear stop when the
workspace cannot be used.
"""

from __future__ import annotations

import streamlit as st

from store.errors import StoreError
from ui.resources import resources

SECTIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "": (("home", "Home", ":material/home:"),),
    "Teach": (
        ("record", "Record", ":material/radio_button_checked:"),
        ("label", "Label", ":material/label:"),
        ("prompts", "Prompts", ":material/library_books:"),
    ),
    "Run": (
        ("run", "Run", ":material/play_arrow:"),
        ("episodes", "Episodes", ":material/list:"),
        ("replay", "Replay", ":material/layers:"),
        ("policies", "Policies", ":material/account_tree:"),
    ),
    " ": (("settings", "Settings", ":material/settings:"),),
}
"""File stem, title and icon of every page, by section of the sidebar."""


def run() -> None:
    """Show the page the address names."""
    st.set_page_config(page_title="Stepscope", page_icon=":material/layers:", layout="wide")
    st.html("<style>" + _TIGHT + "</style>")
    pages = {
        section: [
            st.Page(f"pages/{stem}.py", title=title, icon=icon, default=stem == "home") for stem, title, icon in listed
        ]
        for section, listed in SECTIONS.items()
    }
    page = st.navigation(pages)
    with st.sidebar:
        st.caption("Stepscope")
    try:
        resources()
    except StoreError as error:
        st.error(str(error), icon=":material/folder_off:")
        st.stop()
    page.run()


def open_page(title: str, caption: str = "") -> None:
    """The page's heading; the first line of every page but those whose component brings its own."""
    st.title(title, anchor=False)
    if caption:
        st.caption(caption)


_TIGHT = """
[data-testid="stMainBlockContainer"] { padding: 2.2rem 1.6rem 1rem; max-width: none; }
"""
"""The one thing the theme cannot say: wide pages use the window's width."""

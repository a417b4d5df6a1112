"""A Streamlit page of the words that `ui.plain` is to show as they are; a test serves it and reads it."""

from __future__ import annotations

import random

import streamlit as st

from ui.plain import code, message, plain

MARKS = [*"\\`*_{}[]<>$:#|~!&-+.)(=\"'@/ 1a%^,;?"]
PHRASES = [
    "www.", "http://", "https://a.b", "![x](http://c.d/e)", "&lt;", ":smile:", ":red[x]", "a@b.cd", "1. ", "- ", "$x$",
    "<b>", "**", "~~", " -- ", " -> ", " <- ", "[y](//z)", "<http://u.v>", "`", "``", "\n\n", "    ", "> ", "***",
]  # fmt: skip


def words(count: int = 300) -> list[str]:
    """At most so many texts of marks, addresses and blanks; the same ones every time, none of blanks alone."""
    choices = random.Random(7)
    texts = ("".join(choices.choices(MARKS + PHRASES, k=choices.randint(1, 12))) for _ in range(count))
    return [text for text in texts if text.strip()]


if __name__ == "__main__":
    for name, shown in (("plain", plain), ("message", message), ("code", code)):
        with st.container(key=name):
            for text in words():
                st.markdown(shown(text))

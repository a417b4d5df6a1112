"""What a person reads where the app gave Streamlit Markdown."""

from __future__ import annotations

import re

ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|\u2060")


def as_read(markdown: str) -> str:
    """The words, without the backslashes and joiners that keep them words."""
    return ESCAPED.sub(r"\1", markdown)

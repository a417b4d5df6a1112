"""The live view: the recorded page on a canvas, a person's mouse and keys back to it, and the steps beside it.

Speaks docs/formats/live-protocol.md with server/live.py; Streamlit hears only that the recording is over.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from ui.components.shared import script, style

_HERE = Path(__file__).parent
_MODULES = ("socket.js", "screen.js", "input.js", "widgets.js", "bars.js", "steps.js", "ending.js", "main.js")

JS = script(_HERE, *_MODULES)
CSS = style(_HERE, "live.css")

_live = st.components.v2.component("stepscope_live", js=JS, css=CSS)


def live_view(
    recording: str, live_token: str, token: str, *, objective: str = "", site: str = "", prefix: str = ""
) -> Any:
    """Draw a recording. The result has `.stopped`, `.discarded` (`{"recording", "episode", "steps"}`) and `.closed`.

    `live_token` opens this recording's socket, `token` stored episodes, whose thumbnails stand beside the steps.
    """
    data = {
        "recording": recording,
        "live_token": live_token,
        "token": token,
        "objective": objective,
        "site": site,
        "prefix": prefix,
    }
    return _live(
        key=f"live-{recording}",
        data=data,
        on_stopped_change=_nothing,
        on_discarded_change=_nothing,
        on_closed_change=_nothing,
    )


def _nothing() -> None:
    """Streamlit asks for a callback for each state the page reads."""

"""The replay screen as one component: it steps through an episode in the browser, without running the page again.

Python hands over where the episode is to be had and what is selected; the component reports the step it rests on. What
it shows comes from `server.app` by address. The scripts in this folder are joined to one; docs/replay.md is for users.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from ui.components import shared
from ui.keys import keys_of
from ui.theme import colours_for_components

FOLDER = Path(__file__).parent
SCRIPTS = (
    "colours.js",
    "episode.js",
    "findings.js",
    "opinion.js",
    "source.js",
    "pixels.js",
    "timeline_paint.js",
    "tracks.js",
    "sight.js",
    "timeline.js",
    "diff.js",
    "pictures.js",
    "rows.js",
    "folds.js",
    "tree.js",
    "prompt.js",
    "panes.js",
    "keys.js",
    "layout.js",
    "view.js",
    "live.js",
    "teach.js",
    "window.js",
    "saying.js",
    "notes.js",
    "player.js",
    "search.js",
    "travel.js",
    "screen.js",
    "main.js",
)

PARTS = shared.script(FOLDER, *SCRIPTS, shared=("check.js",))
"""The viewer without an export: a page of its own runs it and calls `mountReplay`."""
JS = f"{PARTS}\nexport default mountReplay;\n"
CSS = shared.style(FOLDER, "replay.css")

_COMPONENT = st.components.v2.component("stepscope_replay", js=JS, css=CSS)


Held = Mapping[str, Sequence[Mapping[str, Any]]]
"""Of a demonstration's steps by uid: the examples they became (`flows.prompt.lineage.of_steps`)."""


def replay_data(
    root: str,
    token: str,
    episode: str,
    label_ref: str | None,
    step: str | None,
    held: Held | None = None,
    *,
    listed: str = "",
    tags: Sequence[str] = (),
) -> dict[str, Any]:
    """What the script is given: `root` is the address of our endpoints ("/stepscope"), `step` a uid or None.

    `listed` is the filter of the list one came from, as in the address of Episodes; `tags` those of the keys 1 to 9.
    """
    return {
        "list": listed,
        "tag_names": list(tags),
        "root": root,
        "token": token,
        "episode": episode,
        "label_ref": label_ref,
        "step": step,
        "held": held or {},
        "colours": colours_for_components(),
        "keys": [[list(keys), does] for keys, does in keys_of("Replay")],
    }


def replay(
    root: str,
    token: str,
    episode: str,
    *,
    label_ref: str | None = None,
    step: str | None = None,
    held: Held | None = None,
    listed: str = "",
    tags: Sequence[str] = (),
    key: str = "replay",
) -> dict[str, Any] | None:
    """Draw the replay of an episode; returns `{"episode", "step"}` where the person asks for another, else None."""
    data = replay_data(root, token, episode, label_ref, step, held, listed=listed, tags=tags)
    shown = _COMPONENT(key=key, data=data, on_step_change=lambda: None, on_go_change=lambda: None)
    return shown.get("go") or None

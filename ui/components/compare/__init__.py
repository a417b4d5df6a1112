"""Two aligned episodes as one component: both stacks over one another, both pages side by side, moved through by keys.

Python aligns them (`flows.understand.comparing`); skeletons, steps and pictures come by address as in the replay,
whose scripts this one builds on. docs/compare.md is for users.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from flows.understand.comparing import WORDS
from ui.components import replay
from ui.keys import keys_of
from ui.theme import colours_for_components

FOLDER = Path(__file__).parent
SCRIPTS = ("pairs.js", "stacks_paint.js", "stacks.js", "side.js", "keys.js", "main.js")

JS = "\n".join(
    [
        replay.PARTS,
        *((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS),
        "export default mountComparison;\n",
    ]
)
CSS = f"{replay.CSS}\n{(FOLDER / 'compare.css').read_text(encoding='utf-8')}"

_COMPONENT = st.components.v2.component("stepscope_compare", js=JS, css=CSS)


def compare_data(root: str, token: str, told: Mapping[str, Any], step: str | None) -> dict[str, Any]:
    """What the script is given: `root` is the address of our endpoints, `told` what was compared."""
    return {
        "root": root,
        "token": token,
        "replay": f"{root.removesuffix('/stepscope')}/replay",
        **{side: {"episode": told[side]["id"], "label_ref": told[side]["label_ref"]} for side in ("a", "b")},
        "pairs": [[one[name] for name in ("a", "b", "differs", "aside", "counts", "moved")] for one in told["pairs"]],
        "first": told["first"],
        "words": WORDS,
        "step": step,
        "colours": colours_for_components(),
        "keys": [[list(keys), does] for keys, does in keys_of("Compare")],
    }


def comparison(root: str, token: str, told: Mapping[str, Any], *, step: str | None = None) -> None:
    """Draw the comparison of two episodes, at the pair that holds a step (uid), else where they part."""
    _COMPONENT(key=f"compare_{told['a']['id']}_{told['b']['id']}", data=compare_data(root, token, told, step))

"""The replay's scripts, style sheet and themes as one page of an export needs them (traces.formats.standalone)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from traces.formats.standalone import Viewer
from ui.components.replay import CSS, FOLDER, PARTS
from ui.keys import keys_of
from ui.theme import colours_for_components

CONFIG = Path(__file__).parent.parent / ".streamlit" / "config.toml"
SERVER_ONLY = ("j", "k", "t", "y", "x", "1")
"""First keys of the rows of docs/keys.md that need the app: a page of its own does not tell of them."""
_PAGE = """
body { margin: 8px 18px; background: var(--st-background-color); }
.pagebar { padding: 0 0 8px; }
.pagebar select {
  font: inherit; color: var(--ink); background: var(--panel); padding: 2px 6px;
  border: 1px solid var(--line); border-radius: 6px;
}
"""


def viewer() -> Viewer:
    """The viewer as it stands in this installation."""
    script = f'"use strict";\n(() => {{\n{PARTS}\n{(FOLDER / "embedded.js").read_text(encoding="utf-8")}\n}})();'
    keys = [[list(keys), does] for keys, does in keys_of("Replay") if keys[0] not in SERVER_ONLY]
    return Viewer(script, f"{_themes()}\n{CSS}\n{_PAGE}", {"colours": colours_for_components(), "keys": keys})


def theme_variables(dark: bool) -> str:
    """The theme as Streamlit hands it to a component, as CSS declarations."""
    theme = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
    flat = {**theme, **theme["dark" if dark else "light"]}
    named = {re.sub(r"(?=[A-Z])", "-", key).lower(): value for key, value in flat.items() if isinstance(value, str)}
    return ";".join(f"--st-{key}:{value}" for key, value in named.items())


def _themes() -> str:
    """Light, dark where the system is, and whichever was chosen on the page."""
    light, dark = theme_variables(False), theme_variables(True)
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media (prefers-color-scheme: dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}"
    )

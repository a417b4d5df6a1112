"""A bare page that mounts one of our components as Streamlit does: shadow root, theme variables, script.

`window.reports` collects what the component tells Streamlit. Theme values come from .streamlit/config.toml.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>component</title>
<style>:root{%(variables)s} body{margin:14px 18px;background:var(--st-background-color);overflow-anchor:none}</style>
<main><div class="host"></div></main>
<script type="module">
const root = document.querySelector(".host").attachShadow({mode: "open"});
root.innerHTML = "<style></style>";
root.firstChild.textContent = %(css)s;
const source = URL.createObjectURL(new Blob([%(js)s], {type: "text/javascript"}));
const mount = (await import(source)).default;
window.reports = [];
window.failures = [];
window.addEventListener("unhandledrejection", (e) => window.failures.push(String(e.reason)));
const report = (name, value) => window.reports.push([name, value]);
window.run = (data) => {
  window.data = {...window.data, ...data};
  const told = {setStateValue: report, setTriggerValue: report};
  window.cleanup = mount({data: window.data, key: "k", parentElement: root, ...told});
};
window.run(%(data)s);
</script></html>"""


def component_page(js: str, css: str, data: dict[str, Any], *, dark: bool = False) -> str:
    """The page's HTML."""
    values = {"js": _literal(js), "css": _literal(css), "data": _literal(data), "variables": variables(dark)}
    return PAGE % values


def variables(dark: bool) -> str:
    """The theme as Streamlit would hand it to a component, as CSS declarations."""
    theme = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
    flat = {k: v for k, v in {**theme, **theme["dark" if dark else "light"]}.items() if isinstance(v, str | int)}
    return ";".join(f"--st-{_kebab(name)}:{value}" for name, value in flat.items())


def _kebab(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "-", name).lower()


def _literal(value: object) -> str:
    return json.dumps(value).replace("</", "<\\/")

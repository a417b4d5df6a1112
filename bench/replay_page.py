"""The replay component on a page of its own: no Streamlit, but the real routes and real episode files.

`window.reports` collects what the component would tell Streamlit; `window.run(data)` mounts it or hands it new data.
The theme's colours come from .streamlit/config.toml.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from server.app import routes
from server.guard import Guard
from store.errors import StoreError
from traces.errors import TraceError
from traces.model import Frame
from traces.reader import EpisodeReader
from ui.components.replay import CSS, JS, replay_data

CONFIG = Path(__file__).parent.parent / ".streamlit" / "config.toml"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Replay</title>
<style>:root{%(variables)s}body{margin:14px 18px;background:var(--st-background-color);font-family:sans-serif}</style>
<main><div class="host"></div></main>
<script type="module">
import mount from "/replay.js";
const root = document.querySelector(".host").attachShadow({mode: "open"});
const style = document.createElement("style");
style.textContent = %(css)s;
root.append(style);
window.reports = [];
window.failures = [];
addEventListener("error", (e) => window.failures.push(String(e.message)));
addEventListener("unhandledrejection", (e) => window.failures.push(String(e.reason)));
const report = (name, value) => window.reports.push([name, value]);
window.run = (data) => {
  window.data = {...window.data, ...data};
  window.leave = mount({data: window.data, parentElement: root, setStateValue: report, setTriggerValue: report});
};
window.run(%(data)s);
</script></html>"""


@dataclass
class Shelf:
    """Episodes of a folder as `server.app.Resources`; `labels` are call trees by their label_ref."""

    folder: Path
    guard: Guard = field(default_factory=Guard)
    failures: tuple[type[Exception], ...] = (StoreError, TraceError)
    labels: dict[str, tuple[Frame, ...]] = field(default_factory=dict)

    def episode(self, episode_id: str) -> EpisodeReader:
        """A reader of its own."""
        return EpisodeReader(self.folder / f"{episode_id}.episode")

    def frames(self, episode_id: str, label_ref: str) -> tuple[Frame, ...]:
        """The tree put under `label_ref`."""
        return self.labels[label_ref]


def page_routes(shelf: Shelf) -> list[Any]:
    """Our endpoints, the component's script, and the page `/?episode=&step=&label_ref=&theme=`."""

    def page(request: Request) -> Response:
        asked = request.query_params
        place = (asked["episode"], asked.get("label_ref"), asked.get("step"))
        data = replay_data("/stepscope", shelf.guard.token, *place, tags=("look again", "good example"))
        dark = asked.get("theme") == "dark"
        return HTMLResponse(PAGE % {"variables": theme_variables(dark), "css": _literal(CSS), "data": _literal(data)})

    def script(_request: Request) -> Response:
        return Response(JS, media_type="text/javascript")

    return [*routes(shelf), Route("/replay.js", script), Route("/", page)]


@contextlib.contextmanager
def served(shelf: Any, pages: Callable[[Any], list[Any]] = page_routes) -> Iterator[str]:
    """The address of a server for the page (or other ones) on a free port; stopped at the end of the block."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(Starlette(routes=pages(shelf)), log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def page_url(root: str, episode: str, **query: str) -> str:
    """The address of an episode on the page."""
    return f"{root}/?{urlencode({'episode': episode, **query})}"


def theme_variables(dark: bool) -> str:
    """The theme as Streamlit hands it to a component, as CSS declarations."""
    theme = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
    flat = {**theme, **theme["dark" if dark else "light"]}
    named = {re.sub(r"(?=[A-Z])", "-", key).lower(): value for key, value in flat.items() if isinstance(value, str)}
    return ";".join(f"--st-{key}:{value}" for key, value in named.items())


def _literal(value: object) -> str:
    return json.dumps(value).replace("</", "<\\/")

"""Looking at the test pages from a test's own thread, and finding elements in what was seen."""

import http.server
import re

from browser.composing import Capture
from browser.observe import Observer
from browser.session import BrowserSession
from traces.model import Observation
from traces.observation_text import Node, parse_observation


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


class Site:
    """The pages at two origins of different sites: 127.0.0.1 and localhost."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.other = f"http://localhost:{port}"


class Eyes:
    """An observer of a page of its own, used from the test's thread."""

    def __init__(self, session: BrowserSession) -> None:
        self.session = session
        self.context = session.run(session.new_context())
        self.page = session.run(self.context.new_page())
        self.observer = session.run(self._observer())

    async def _observer(self) -> Observer:
        return Observer(self.page)

    def open(self, url: str) -> Observation:
        self.session.run(self.page.goto(url))
        self.session.run(self.observer.quiet(100, 3000))
        return self.see().observation

    def see(self, *args, **kwargs) -> Capture:
        return self.session.run(self.observer.observe(*args, **kwargs))

    def close(self) -> None:
        self.session.run(self.context.close())


def node(observation: Observation, role: str, name: str) -> Node:
    """The element of that role and name; fails with the whole text if it is not there."""
    for found in parse_observation(observation.text):
        if (found.role, found.name) == (role, name):
            return found
    raise AssertionError(f"no {role} {name!r} in\n{observation.text}")


def without_ids(text: str) -> str:
    """The observation with `[12] ` left out, for comparing structure and words."""
    return re.sub(r"(?m)^( *)\[[^\]]+\] ", r"\1", text)

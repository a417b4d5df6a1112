"""The replay component on its bare page, served by the real routes, and a person's hands on it."""

import pytest
from playwright.sync_api import expect

from bench.replay_episode import write_episode
from bench.replay_page import Shelf, page_url, served

STEPS = 25


@pytest.fixture(name="shelf", scope="session")
def shelf_fixture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replayed")
    write_episode(folder, "booking", n_steps=STEPS)
    return Shelf(folder)


@pytest.fixture(name="site", scope="session")
def site_fixture(shelf):
    with served(shelf) as root:
        yield root


class Replay:
    """The component as a person meets it: what it shows, and the keys they press."""

    def __init__(self, page, site):
        self.page = page
        self.site = site

    def open(self, episode="booking", **query):
        self.page.goto(page_url(self.site, episode, **query))
        return self

    def ready(self):
        """Wait until the step is shown with its details and its picture is drawn."""
        expect(self.page.locator(".replay[data-step]")).to_be_visible()
        expect(self.page.locator("figure:visible canvas.stale")).to_have_count(0)
        return self

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def at(self, number):
        """Wait until the step with this number (from 1) is the selected one."""
        expect(self.page.locator(".replay .number")).to_have_text(f"step {number} / {STEPS}")
        return self

    def frame(self, text):
        """Wait until the open calls end with this one."""
        expect(self.page.locator(".crumbs [aria-current]")).to_have_text(text)
        return self

    def pixel(self, x, y, side="Before"):
        """Colour of a canvas at a point of the recorded page, in CSS pixels of its 1280 × 720 viewport."""
        script = """([title, x, y]) => {
          const root = document.querySelector('.host').shadowRoot;
          const figure = [...root.querySelectorAll('figure')].find((f) => f.innerText.startsWith(title));
          const canvas = figure.querySelector('canvas');
          const scale = canvas.width / 1280;
          return [...canvas.getContext('2d').getImageData(x * scale, y * scale, 1, 1).data].slice(0, 3);
        }"""
        return tuple(self.page.evaluate(script, [side, x, y]))

    @property
    def reports(self):
        """What the component told Python."""
        return self.page.evaluate("window.reports")


@pytest.fixture(name="replay")
def replay_fixture(chromium, site):
    context = chromium.new_context(viewport={"width": 1252, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    yield Replay(page, site)
    assert errors == []
    assert page.evaluate("window.failures ?? []") == []
    context.close()

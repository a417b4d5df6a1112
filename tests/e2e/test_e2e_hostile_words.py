"""Words from outside on the served app's screens: no mark in them becomes a link or a picture of another host."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from flows.label import labels
from flows.prompt import prompts
from tests.e2e.person import visit
from tests.e2e.served import serving
from tests.e2e.words_page import words
from tests.workspaces import signing_up, write
from ui.shell import SECTIONS
from wiring import Parts

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
WORDS = (
    "![x](http://canary.invalid/p.png) [y](//canary.invalid) `z` <http://canary.invalid/a> "
    '<a href="http://canary.invalid/k">k</a> '
    "http://canary.invalid/z WWW.canary.invalid me@canary.invalid"
)
BREAKING = f"` ** {WORDS}"
SAID = ("author", "site", "task", "model", "run", "policy_set", "prompt_set", "end_reason", "answer", "verdict")
SCREENS = [stem for _, pages in SECTIONS.items() for stem, *_ in pages]
VIEWS = (
    "replay?episode=run-1", "replay?episode=shown", "teach?episode=run-1&step={step}", "compare?a=run-1&b=run-2",
    "compare?a=run-1", "label?episode=shown", "policies?view=scorecard", "policies?view=history", "transfer?tab=import",
    "stacks", "policies?view=scorecard&show=Callers",
)  # fmt: skip
ASKED = {
    "compare": ("a", "b"),
    "episodes": ("list", "task", "model", "tags"),
    "experiments": ("name",),
    "label": ("episode", "task"),
    "policies": ("policy", "view", "show", "task", "model", "run"),
    "prompts": ("set", "example", "policy"),
    "record": ("rec", "task"),
    "replay": ("episode", "step", "list", "label_ref"),
    "run": ("run", "task"),
    "stacks": ("task", "model", "view"),
    "teach": ("episode", "step"),
}


@pytest.fixture(name="strange", scope="module")
def strange_fixture(tmp_path_factory):
    """(The app over episodes whose every word means harm, the uid of a step of theirs.)"""
    home = tmp_path_factory.mktemp("strange") / "workspace"
    parts = Parts(home)
    words = dict.fromkeys(SAID, BREAKING) | {"tags": (WORDS,), "site": WORDS}
    for name in ("run-1", "run-2"):
        recording = signing_up(name, actor="agent", status="failed", seed=3, **words)
        recording.objective = f"{name} {WORDS}"
        parts.episodes.register_file(write(parts.workspace.episodes_dir, recording))
    shown = signing_up("shown", author=BREAKING, task="desk:sign-up", tags=(WORDS,))
    shown.objective = WORDS
    for step in range(len(shown.steps)):
        shown.steps[step] = shown.steps[step].model_copy(update={"reason": WORDS})
    parts.episodes.register_file(write(parts.workspace.episodes_dir, shown))
    labels.accept(parts, "shown", BREAKING)
    prompts.build(parts)
    parts.close()
    with serving(home) as app:
        yield app, shown.steps[1].uid


def test_words_are_shown_as_they_are(tmp_path, open_browser):
    """Every mark, address and arrow, in any order, as Streamlit's own page draws it; blanks are one."""
    home = tmp_path / "workspace"
    home.mkdir()
    with serving(home, script="tests/e2e/words_page.py") as app:
        page = open_browser(app)
        visit(page, app, "")
        for name in ("plain", "message", "code"):
            drawn = page.locator(f".st-key-{name} [data-testid=stMarkdownContainer]").all_text_contents()
            assert [bare(one) for one in drawn] == [wanted(name, one) for one in words()]
        assert page.locator(".stMain :is(a, img, b, strong, em, del, li, .katex)").count() == 0


def bare(text: str) -> str:
    """On one line, without the joiners that keep an address from being a link."""
    return " ".join(text.replace("\u2060", "").split())


def wanted(shown: str, text: str) -> str:
    """What is to be read: `code` holds no backtick, a message's commands stand without theirs."""
    if shown == "code":
        text = text.replace("`", "'")
    if shown == "message":
        text = re.sub(r"(?<!`)`([^`\n]+)`(?!`)", r"\1", text)
    return bare(text)


def leads_away(page: Page) -> list[str]:
    """The addresses of other hosts that links and pictures of the page name."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('a, img, area, image, use')]
          .map((one) => one.href?.baseVal ?? one.href ?? one.src ?? '')
          .filter((url) => url.startsWith('mailto') || (/^https?:/.test(url) && new URL(url).host !== location.host))"""
    )
    return found


def test_no_screen_makes_links_of_recorded_words(strange, open_browser):
    """Objectives, tasks, models, authors, tags, reasons: they are words, on every screen, also in `code`."""
    app, step = strange
    page, away = open_browser(app), {}
    for path in (*("" if stem == "home" else stem for stem in SCREENS), *VIEWS):
        visit(page, app, path.format(step=step))
        expect(page.get_by_test_id("stException")).to_have_count(0)
        away[path] = leads_away(page)
    assert away == dict.fromkeys(away, [])


def test_no_address_of_the_app_makes_links_of_its_words(strange, open_browser):
    """Somebody may send a link into one's own app whose names are pictures and links of other hosts."""
    app, _ = strange
    page, away = open_browser(app), {}
    for screen, names in ASKED.items():
        for query in ({}, {"episode": "run-1"}) if "episode" in names else ({},):
            path = f"{screen}?{urlencode(dict.fromkeys(names, BREAKING) | query)}"
            visit(page, app, path)
            expect(page.get_by_test_id("stException")).to_have_count(0)
            away[path] = leads_away(page)
    assert away == dict.fromkeys(away, [])

"""An exported page of a recording whose texts try to break out of it, opened from its file in Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from flows.transfer.episode_exports import export_episodes
from traces.frames import build_frames, close_frames
from traces.model import Episode, Observation, Step
from traces.writer import EpisodeWriter
from ui.standalone import viewer
from wiring import Parts

pytestmark = pytest.mark.browser
RUNS = (
    "</script><script>window.hacked = 1</script><img src='http://192.0.2.1/x' onerror='window.hacked = 1'><!--<script>"
)
TEXTS = {
    "a script's end": f"before {RUNS} after",
    "line separators": "before \u2028\u2029 after",
    "a NUL": "before \x00 after",
    "half a pair": "before \ud800 between \udc00 after",
    "a megabyte": "before " + "x" * 1_000_000 + " after",
}
"""What it is by what stands on the page of one step."""


@pytest.fixture(name="address", scope="module")
def address_fixture(tmp_path_factory):
    """The page's address; the episode has a step for each of the texts, in every place a text can stand."""
    parts = Parts(tmp_path_factory.mktemp("home"))
    header = Episode(id="hostile", actor="agent", objective=RUNS, site="shop", started=1_700_000_000.0)
    with EpisodeWriter.create(parts.workspace.episodes_dir, header) as writer:
        steps = [_step(writer, seq, text) for seq, text in enumerate(TEXTS.values())]
        for step in steps:
            writer.append(step)
        writer.put_frames(close_frames(build_frames(steps, RUNS), "limit"))
        path = writer.seal(status="failed", end_reason=f"error: {RUNS}", verdict=RUNS, n_steps=len(steps))
    parts.episodes.register_file(path)
    to = tmp_path_factory.mktemp("out") / "a.html"
    export_episodes(parts, ["hostile"], "html", to, viewer=viewer())
    parts.close()
    return to.as_uri()


def _step(writer, seq, text):
    seen = Observation(
        url=f"http://shop.test/{RUNS}", title=text[:500], text=f"[1] heading 'Kept {seq}'\n[2] text '{text}'"
    )
    key = writer.put_observation(seen)
    return Step(
        uid=f"s{seq}", seq=seq, kind="act", action="click [1]", reason=text, error=text[:500], observation_before=key
    )


@pytest.fixture(name="met")
def met_fixture(chromium):
    """A page, and what it asked for, threw or was told of by the browser."""
    page, met = chromium.new_page(viewport={"width": 1280, "height": 900}), []
    page.on("request", lambda request: met.append(request.url))
    page.on("pageerror", lambda error: met.append(str(error)))
    page.on("console", lambda message: met.append(message.text))
    page.on("dialog", lambda dialog: (met.append(dialog.message), dialog.dismiss()))
    yield page, met
    page.close()


@pytest.mark.parametrize("what", TEXTS)
def test_hostile_texts_are_shown_and_do_nothing(met, address, what):
    """Both ends of the text stand in Decision and Observation; no script runs and no request leaves the page."""
    page, asked = met
    place = list(TEXTS).index(what)
    url = f"{address}#step=s{place}"
    page.goto(url)
    expect(page.locator(".replay .number")).to_have_text(f"step {place + 1} / {len(TEXTS)}")
    expect(page.locator(".verdict")).to_contain_text(RUNS)
    expect(page.locator(".reason")).to_contain_text("before")
    page.locator("[data-tab=observation]").click()
    expect(page.locator(".line").first).to_contain_text(f"Kept {place}")
    shown = page.locator(".line").nth(1).text_content()
    assert "before " in shown
    assert " after" in shown
    if what == "a megabyte":
        assert len(shown) > 1_000_000
    if what == "a script's end":
        assert RUNS in shown
    assert page.evaluate("window.hacked") is None
    assert page.locator("script:not([type])").count() == 1
    assert [one for one in asked if one != url and one != address] == []

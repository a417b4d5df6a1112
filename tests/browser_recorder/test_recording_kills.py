"""kill -9 of the app, its browser, the socket at random moments: every acknowledged step is there afterwards."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bench.app_process import PATIENCE_MS, App, Visitor
from bench.capture_kills import campaign
from bench.live_view import LiveView
from bench.site import Site
from flows.record import interrupted
from tests.counts import soak
from traces.reader import EpisodeReader
from wiring import Parts

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("kills")]


KILLS = soak(100)
PATIENCE_S = 60
"""For one kill on a busy machine of two cores: the app, its browser and the page begin anew after each."""


@pytest.mark.timeout(PATIENCE_S * (KILLS + 1))
def test_nothing_acknowledged_is_lost(tmp_path: Path, chromium: Browser) -> None:
    """Whoever is killed, and when: acknowledged steps are in the file, and the recording is continued or sealed."""
    blows = campaign(tmp_path / "home", KILLS, seed=20260803, browser=chromium)
    assert [lost for blow in blows for lost in blow.lost] == []
    assert {blow.victim for blow in blows} == {"app", "browser", "socket"}
    assert sum(blow.acknowledged for blow in blows) > len(blows)


def test_an_interrupted_recording_is_offered_and_gone_on_with(tmp_path: Path, chromium: Browser) -> None:
    """After a restart the Record screen offers it; going on seals it and begins another at its last page."""
    home = tmp_path / "home"
    with Site() as site, Visitor(chromium) as visitor, App(home) as app:
        address = visitor.begin(app, f"{site.url}/kills.html", "Press some buttons")
        with LiveView(address) as view:
            first = view.click(60, 40)["uid"]
            episode = str(view.hello["episode"])
            app.kill()
        with contextlib.closing(Parts(home)) as parts:
            (left,) = interrupted.found(parts)
            assert (left.episode.id, left.steps, left.can_go_on) == (episode, 1, True)
            assert [row["status"] for row in parts.episodes.catalogue.search().rows] == ["interrupted"]
        app.start()
        page = visitor.page()
        page.goto(f"{app.url}/record")
        expect(page.get_by_text("Press some buttons · 1 step kept.")).to_be_visible(timeout=PATIENCE_MS)
        page.get_by_role("button", name="Go on from its last page").click()
        expect(page.get_by_label("Start address")).to_have_value(f"{site.url}/kills.html", timeout=PATIENCE_MS)
        second = visitor.started(page)
        page.context.close()
        with LiveView(second) as view:
            view.send(type="stop", outcome="done", answer=None)
            view.wait(lambda told: told.get("state") == "stopped")
            later = str(view.hello["episode"])
    folder = home / "episodes"
    with EpisodeReader(folder / f"{episode}.episode") as old, EpisodeReader(folder / f"{later}.episode") as new:
        assert (old.sealed, old.episode.status, old.episode.end_reason) == (True, "stopped", "interrupted")
        assert [step.uid for step in old.steps()] == [first]
        assert new.episode.continues == episode

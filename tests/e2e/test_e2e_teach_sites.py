"""In the served app, at the practice sites and in a TodoMVC app: a run that gave up is shown how it goes on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser import todomvc
from browser.script import parse_script
from browser.todomvc import wish
from flows.label import labels
from flows.progress import silent
from flows.prompt import prompts
from flows.record.recording import Request, record_gestures
from flows.run import runs
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS
from practice.airline import script as airline
from practice.desk import script as desk
from tests.e2e.conftest import OpenBrowser
from tests.e2e.looking import objections, picture
from tests.e2e.person import PATIENCE_MS, click_in_view, press, rested, step_told, visit
from tests.e2e.served import Served, serving
from tests.todo_app import fetched
from wiring import Parts

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

LAST_STEP = re.compile(r"^step (\d) / \1$")


@dataclass(frozen=True)
class Case:
    """A task that is shown with one seed, and with another is begun by a run that gives up.

    `shows` is the script of the first, `runs` what the run does. `moves` are how it goes on: a press on a point (x, y)
    in CSS pixels of the page, a text, or an option's name, each with what its step says, if it is one.
    """

    task: str
    seeds: tuple[int, int]
    shows: list[dict[str, Any]]
    runs: list[str]
    moves: list[tuple[tuple[float, float] | str, str]]
    viewport: tuple[int, int] = (1280, 720)


AIRLINE = Case(
    "airline:cancel_flight",
    (5009, 5010),
    airline.script_for(5009, "cancel_flight"),
    ["navigate [Bookings]", "click [8]", "stop", "stop [done]"],
    [
        ((409, 175), ""),
        ("SV42KY", "type 'SV42KY'"),
        ((638, 175), "click button .Find"),
        ((271, 315), "click link .SV42KY"),
        ((1172, 111), "click button .Cancel booking"),
        ((640, 340), ""),
        ("option Change of plans", "Change of plans"),
        ((748, 490), "click button .Confirm cancellation"),
    ],
)
DESK = Case(
    "desk:change_ticket",
    (5025, 5036),
    desk.script_for(5025, "change_ticket"),
    ["type [16] [HD-1053] [0]", "click [53]", "stop [done]"],
    [
        ((327, 204), "click link .HD-1053"),
        ((1116, 250), ""),
        ("option High", "High"),
        ((1116, 530), "click button .Save properties"),
    ],
)
TODOS = Case(
    "todomvc:vanillajs",
    (5004, 5003),
    [
        {"gesture": "type", "at": "input[placeholder]", "text": f"{wish(5004).added}\n"},
        {"gesture": "click", "at": f"li:has-text('{wish(5004).completed}') >> input[type=checkbox]"},
    ],
    [f"type [1] [{wish(5003).added}] [1]", "stop [done]"],
    [((58, 54), f"click checkbox .{wish(5003).completed}")],
    todomvc.VIEWPORT,
)


@pytest.fixture(name="case", params=[AIRLINE, DESK, TODOS], ids=lambda case: case.task.partition(":")[0])
def case_fixture(request: pytest.FixtureRequest) -> Case:
    """A site of each kind."""
    return request.param


@pytest.fixture(name="failed")
def failed_fixture(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Served, str]]:
    """The app with one demonstration of the task, and a run that begins well and gives up."""
    home, script = tmp_path / "workspace", tmp_path / "model.json"
    script.write_text(json.dumps(case.runs), encoding="utf-8")
    if case is TODOS:
        monkeypatch.setenv("STEPSCOPE_CACHE", str(tmp_path / "cache"))
        fetched(tmp_path / "cache")
    shown_seed, seed = case.seeds
    parts = Parts(home)
    try:
        shown = record_gestures(parts, Request(case.task, seed=shown_seed), parse_script(case.shows)).ended.episode.id
        labels.accept(parts, shown, "me")
        made = prompts.build(parts, config=PromptConfig(splits=SPLITS))
        asked = {"envs": [case.task], "seeds": str(seed), "model": f"scripted:{script}", "workers": 1}
        (episode,) = runs.execute(runs.plan(parts, prompt_set=made.id, **asked), silent)["episodes"]
    finally:
        parts.close()
    with serving(home) as app:
        yield app, episode


@pytest.mark.sampled
def test_a_run_that_gave_up_is_shown_how_it_goes_on(
    case: Case, failed: tuple[Served, str], open_browser: OpenBrowser
) -> None:
    """From Failures over `t`, the live view and the rules to a second try by another model, which succeeds."""
    app, episode = failed
    site = case.task.partition(":")[0]
    page = open_browser(app)
    visit(page, app, "failures")
    page.get_by_role("link", name=re.compile("^begins at step")).first.click()
    expect(page.locator(".replay header")).to_contain_text("failed", timeout=PATIENCE_MS)
    page.keyboard.press("End")
    expect(page.locator(".replay .number")).to_have_text(LAST_STEP, timeout=PATIENCE_MS)
    page.keyboard.press("t")
    expect(page).to_have_url(re.compile(rf"/teach\?episode={episode}&step=\w+"), timeout=PATIENCE_MS)
    rested(page)
    _show(page, case)
    press(page, "Accept as proposed")
    _learn(page, site)
    page.get_by_role("button", name=re.compile(f"^Run seed {case.seeds[1]} again with ps-")).click()
    expect(page).to_have_url(re.compile(rf"/compare\?a={episode}&b=run-\w+"), timeout=5 * PATIENCE_MS)
    rested(page)
    expect(page.get_by_text("Between them a person showed")).to_be_visible(timeout=PATIENCE_MS)
    _look(page, f"teach-{site}-compare")
    back = page.get_by_role("link", name="how far it is").get_attribute("href") or ""
    visit(page, app, back.lstrip("/"))
    tried = page.get_by_test_id("stMarkdown").filter(has_text="4 · Again")
    expect(tried).to_contain_text("✓ done", timeout=3 * PATIENCE_MS)
    rested(page)
    _look(page, f"teach-{site}-done")


def _show(page: Page, case: Case) -> None:
    """On Record, on the page to which the run's own actions have led again."""
    press(page, "Go back to this page and record")
    expect(page).to_have_url(re.compile(r"/record\?rec=\w+"), timeout=3 * PATIENCE_MS)
    expect(page.locator(".stage.shown canvas")).to_be_visible(timeout=PATIENCE_MS)
    number = 0
    for what, said in case.moves:
        if isinstance(what, tuple):
            click_in_view(page, *what, case.viewport)
        elif what.startswith("option "):
            page.get_by_role("option", name=what.removeprefix("option ")).click()
        else:
            page.keyboard.type(what)
        if said:
            number += 1
            step_told(page, number, said)
    page.keyboard.press("Alt+Shift+Enter")
    page.get_by_role("radio", name=re.compile("^Done")).check()
    press(page, "Seal and label")
    expect(page).to_have_url(re.compile(r"/teach\?"), timeout=PATIENCE_MS)


def _learn(page: Page, site: str) -> None:
    """A script cannot learn, so `demos` is to try again with the new prompt set."""
    button = page.get_by_role("button", name="Build the prompt set")
    expect(button).to_be_visible(timeout=PATIENCE_MS)
    rested(page)
    _look(page, f"teach-{site}-learn")
    button.click()
    expect(page.get_by_text("3 · Learned")).to_be_visible(timeout=PATIENCE_MS)
    rested(page)
    expect(page.get_by_role("combobox", name=re.compile("Who tries again"))).to_have_value("demos")


def _look(page: Page, name: str) -> None:
    """A picture of where the person is, to which axe does not object."""
    picture(page, name)
    assert objections(page) == []

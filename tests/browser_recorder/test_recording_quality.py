"""What makes a recording good beyond its single steps: the same again gives the same, nothing is doubled or lost."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from browser.replaying import replay
from browser.session import BrowserSession
from browser.tabs import Tabs
from tests.browser_recorder.conftest import Record
from tests.counts import soak
from traces.reader import EpisodeReader

pytestmark = pytest.mark.browser

ORDER = """<form onsubmit="event.preventDefault(); o.textContent = 'ordered ' + [...new FormData(this)].join(' ')">
  <label>Name <input name=name></label>
  <label>Size <select name=size><option>small<option>large</select></label>
  <label><input type=checkbox name=gift> Gift</label>
  <div style="height: 900px"></div><button>Order</button></form><p id=o></p>"""
SCRIPT = [
    {"gesture": "type", "at": "[name=name]", "text": "Anna"},
    {"gesture": "press", "keys": "Backspace"},
    {"gesture": "select", "at": "select", "text": "large"},
    {"gesture": "click", "at": "text=Gift"},
    {"gesture": "click", "at": "button"},
]
DONE = "ordered name,Ann size,large gift,on"


def told(result: object) -> list[tuple[str, str, str]]:
    """Each step by its action, its target and the page before it."""
    return [
        (step["action"], str(step["target"] and step["target"]["name"]), step["observation_before"])
        for step in result.answer["steps"]
    ]


def test_the_same_twice(record: Record) -> None:
    """Two recordings of the same gestures have equal actions, targets and observations."""
    first, second = record(ORDER, SCRIPT), record(ORDER, SCRIPT)
    assert DONE in first.answer["steps"][-1]["observation_after"]
    assert told(first) == told(second)


def test_played_again_it_ends_in_the_same_state(record: Record, session: BrowserSession) -> None:
    """On a fresh page every step finds its element again, and the page ends as it did."""
    result = record(ORDER, SCRIPT)
    with EpisodeReader(result.path) as reader:
        steps, url = reader.steps(), reader.episode.start_url

    async def again() -> tuple[list[bool], str]:
        context = await session.new_context()
        tabs = Tabs(context, lambda address: address)
        try:
            await tabs.open(url)
            verdicts = await replay(tabs, steps)
            return [verdict.replayable for verdict in verdicts], (await tabs.observer.observe()).observation.text
        finally:
            await tabs.shut()

    replayable, text = session.run(again())
    assert replayable == [True] * len(steps)
    assert DONE in text


def test_begun_in_the_middle(record: Record) -> None:
    """What was there before the recording is in its first observation and in no step."""

    async def prepare(page: Page) -> None:
        await page.fill("[name=name]", "Bo")
        await page.focus("select")
        await page.evaluate("scrollTo(0, 400)")

    result = record(ORDER, [{"gesture": "click", "at": "button"}], prepare=prepare)
    (step,) = result.answer["steps"]
    assert "value='Bo'" in step["observation_before"]
    assert "ordered name,Bo size,small" in step["observation_after"]


def test_begun_anew(record: Record) -> None:
    """Recording, stopping and recording again in the same browser: each has its own steps, once."""
    count = "<button onclick='this.textContent = ++window.n' >0</button><script>n = 0</script>"
    for _ in range(3):
        result = record(count, [{"gesture": "click", "at": "button"}] * 2)
        assert [step["target"]["name"] for step in result.answer["steps"]] == ["0", "1"]
        assert "'2'" in result.answer["steps"][-1]["observation_after"]


@pytest.mark.timeout(1800)
def test_five_hundred_steps(record: Record) -> None:
    """Every step is there once and in order, each with the page as the step before left it."""
    wanted = soak(500)
    body = "<button onclick='this.textContent = ++window.n'>0</button><script>n = 0</script>"
    steps = record(body, [{"gesture": "click", "at": "button"}] * wanted, still_ms=60).answer["steps"]
    assert [step["target"]["name"] for step in steps] == [str(n) for n in range(wanted)]
    assert len({step["uid"] for step in steps}) == wanted

"""Demonstrations written by the MiniWoB++ pages' own recorder, read as demonstrations that rules can label."""

from __future__ import annotations

import pytest

from labeling.rules.labeller import RulesLabeller
from labeling.tree import items
from policies.library import load_set
from tests.miniwob_recorder import record
from traces.formats import miniwob_human

pytestmark = pytest.mark.browser


@pytest.fixture(name="page")
def page_fixture(chromium):
    """A tab."""
    page = chromium.new_page(viewport={"width": 340, "height": 260})
    yield page
    page.close()


@pytest.mark.parametrize(
    ("task", "verbs", "calls"),
    [
        ("login-user", "type type click", ["fill_text", "fill_text"]),
        ("enter-text", "type click", ["fill_text"]),
        ("click-checkboxes", "click click click click", ["click_checkboxes"]),
        ("choose-date", "click click click click click", ["choose_date"]),
    ],
)
def test_what_the_pages_own_recorder_writes(page, task, verbs, calls):
    """Each gesture is one step on the element by its line; the reward is the episode's; rules find the calls."""
    draft = miniwob_human.demonstration(record(page, task, "0"))
    steps = draft.linked()
    assert [step.action.split(" ")[0] for step in steps] == verbs.split()
    assert all(step.target.id for step in steps)
    assert (draft.header["rewards"], draft.warnings) == ({"rule": 1.0}, [])
    tree = RulesLabeller().label(draft.episode("e1"), steps, draft.observations.__getitem__, load_set("core"))
    assert [item.policy for item in items(tree, None) if not isinstance(item, str)] == calls

"""Steps as a model reads them: one line each, the target always in view, no ids, bounded by a cap."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.llm.lines import node_line, step_line, step_view, strong_boundaries, told
from labeling.llm.model import LabelSettings
from labeling.llm.prompt import Item, callable_names, card, offered, steps_question
from labeling.llm.reasons import reasons_questions
from labeling.llm.schema import groups_schema, reasons_schema, steps_schema
from labeling.llm.windows import Window
from labeling.rules.scene import make_scene
from llm_client.tokens import estimate_tokens
from policies.library import load_set
from tests.builders import Recording
from tests.labeling.llm.answering import WEB, forms
from tests.labeling.pages import login, search_form

SETTINGS = LabelSettings()


def scene_of(recording):
    return make_scene(recording.objective, recording.steps, recording.observation)


def searching():
    recording = Recording("From Oslo")
    recording.page(search_form(), "http://trains.test/").do("click [11]")
    recording.page(search_form(suggestions=("Oslo", "Oslo Airport")), "http://trains.test/").do("click [31]")
    recording.page(search_form(origin="Oslo"), "http://trains.test/").do("click [16]")
    return recording.page("[40] heading 'Results'", "http://trains.test/results")


def test_a_step_is_said_in_one_line():
    """What was done to what, in what, and what it did; addresses only where they change."""
    lines = told(scene_of(searching()), SETTINGS).lines
    assert lines[0].startswith("s1 | CLICK | combobox 'From' in form 'Find a journey'")
    assert lines[1].startswith("s2 | CLICK | option 'Oslo'")
    assert "From = 'Oslo'" in lines[1]
    assert "address" not in lines[1]
    assert lines[2].endswith("| address → http://trains.test/results")


def test_a_secret_stays_its_slot():
    """What was recorded as a slot is what the model is told."""
    recording = Recording("Sign in").page(login("ana")).do("type [4] [{SECRET:password}] [0]").page(login("ana", "•••"))
    (line,) = told(scene_of(recording), SETTINGS).lines
    assert "{SECRET:password}" in line


@given(st.integers(1, 40), st.integers(0, 150), st.integers(5, 60))
def test_the_target_is_in_view_whatever_the_cap(cap, others, width):
    """However large the page and small the cap, a step's view begins with its target and keeps to the cap."""
    rows = [f"[{n}] link '{'x' * width} {n}'" for n in range(100, 100 + others)]
    page = "\n".join([*rows, "[1] form 'F'", "  [2] textbox 'The target'", *rows[:3]])
    recording = Recording("x").page(page).do("type [2] [y] [0]").page(page)
    (moment,) = scene_of(recording).moments
    view = step_view(moment, cap)
    target = f"> {node_line(moment.target)}"
    assert view.startswith(target)
    assert estimate_tokens(view) <= max(cap, estimate_tokens(target)) + 1


def test_views_carry_no_ids():
    """Element ids differ from page to page and tell a model nothing."""
    for moment in scene_of(searching()).moments:
        assert "[11]" not in step_view(moment, 500)
        assert "[31]" not in step_line(0, moment)


def test_boundaries_are_strong_where_something_ended():
    """A changed address, or a form that came or went, begins something new."""
    scene = scene_of(forms(3).recording)
    assert list(strong_boundaries(scene.moments)) == [4, 8]


def test_a_question_shows_the_page_where_a_window_begins():
    """Whole pages stand before the first step and after strong boundaries; neighbours' lines around the window."""
    text = told(scene_of(forms(4).recording), SETTINGS)
    question = steps_question(text, Window(2, 9, 2, 9), offered(WEB, text, (), composite_only=False), SETTINGS)
    pages = [row for row in question.user.split("\n") if row.startswith("  page| page")]
    assert [row.split()[2] for row in pages] == [f"http://forms.test/{n}" for n in (1, 2, 3)]
    assert "Before:\ns1 |" in question.user
    assert "What comes after:\ns11 |" in question.user
    assert "Steps s3 to s10:" in question.user
    assert (question.first, question.last) == (3, 10)


def test_cards_name_what_a_policy_takes():
    """Signature, when to use it and when it is over; the planner is never offered."""
    text = card(WEB.resolve("fill_text"))
    assert text.startswith("fill_text [field] [text] (atomic): ")
    assert "planner" not in callable_names(WEB, composite_only=False)
    assert set(callable_names(WEB, composite_only=True)) < set(callable_names(WEB, composite_only=False))


@pytest.mark.parametrize("policies", ["web", "miniwob", "crm"])
def test_schemas_are_the_strict_subset(policies):
    """Every object closed, every field required, no recursion, no limits or defaults."""
    names = callable_names(load_set(policies), composite_only=False)

    def check(schema):
        if isinstance(schema, dict):
            assert not schema.keys() & {"default", "minimum", "maximum", "maxLength", "minLength", "maxItems", "$ref"}
            if schema.get("type") == "object":
                assert schema["additionalProperties"] is False
                assert schema["required"] == list(schema["properties"])
            for value in schema.values():
                check(value)
        elif isinstance(schema, list):
            for value in schema:
                check(value)

    for schema in (steps_schema(names), groups_schema(names), reasons_schema()):
        check(schema)
        json.dumps(schema)
    fields = list(steps_schema(names)["properties"]["calls"]["items"]["properties"])
    assert fields.index("evidence") < fields.index("policy")


def test_reasons_are_asked_for_the_final_calls_and_every_step():
    """Each step once, with the innermost call it is in; each call where it begins; long demonstrations in parts."""
    text = told(scene_of(forms(5).recording), SETTINGS)
    calls = [Item("fill_form [all]", 0, 6), Item("fill_text [Name] [Mia 1]", 0, 1), Item("login [a] [b]", 9, 12)]
    (whole,) = reasons_questions(text, calls, SETTINGS)
    assert "c2 | fill_text [Name] [Mia 1] (steps s1 to s2)" in whole.user
    assert re.search(r"^s1 \| CLICK .* \| in c2$", whole.user, re.MULTILINE)
    assert re.search(r"^s5 \| .* \| in c1$", whole.user, re.MULTILINE)
    assert "reasons of the calls c1, c2, c3 and of the steps s1 to s20." in whole.user
    parts = list(reasons_questions(text, calls, LabelSettings(whole_steps=8)))
    assert [(part.first, part.last) for part in parts] == [(1, 8), (9, 16), (17, 20)]
    assert "reasons of the calls c3 and of" in parts[1].user
    assert "reasons of the calls none and of" in parts[2].user
    shown = [line for part in parts for line in re.findall(r"^s\d+ \|", part.user, re.MULTILINE)]
    assert shown == [f"s{n} |" for n in range(1, 21)]

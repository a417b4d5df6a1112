"""The Policies screen: changes are previewed and made, proposals decided, files read, without a browser."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from flows.label import labels, policies
from labeling.label_sets import make_run
from labeling.tree import with_changed
from policies.operations import Edit, Given, Rename, Texts
from tests.app.reading import as_read
from tests.workspaces import add_demonstration

pytestmark = pytest.mark.app


@pytest.fixture(name="filled")
def filled_fixture(parts):
    """One demonstration accepted, one whose newest run proposes a policy that is not there."""
    labels.accept(parts, add_demonstration(parts, "demo1", "ana"), "me")
    run = labels.propose(parts, add_demonstration(parts, "demo2", "bob"))
    form = run.tree.segments[0].model_copy(update={"policy": "proposed:sign_up", "args": ()})
    tree = with_changed(run.tree, [form])
    parts.labels.add_run(make_run(tree, labeller="llm", policy_set="web", created=2e9))
    return parts


def renaming() -> None:
    """The dialog's inside as a page of its own: the test runner has no dialogs that stay open."""
    import streamlit as st

    from ui.policies import forms
    from ui.resources import resources

    forms.rename.__wrapped__(resources().library.now.entries["core/fill_text"])
    st.caption(st.session_state.get("policies_told", ""))


def undoing() -> None:
    """The same for taking the second change back."""
    from ui.policies import forms

    forms.undo.__wrapped__(2)


def told(page) -> str:
    kinds = ("markdown", "caption", "warning", "error", "info")
    return "\n".join(as_read(str(element.value)) for kind in kinds for element in getattr(page, kind))


def press(page, label: str):
    return next(button for button in page.button if button.label == label).click().run()


def test_the_screen_says_what_is_wrong_with_a_set(open_page, filled):
    """A small line at first; a finding once a text speaks of a parameter there is not."""
    assert "no problems found" in told(open_page("policies"))
    search = filled.library.now.find("core", "search")
    texts = {name: getattr(search.policy, name) for name in Texts.model_fields} | {"stop_rule": "Stop at <[results]>."}
    given = tuple(Given(**p.model_dump(), was=p.name) for p in search.policy.parameters)
    policies.make(filled, Edit(about=search.id, texts=Texts(**texts), parameters=given), "me", 1)
    shown = open_page("policies", set="web")
    assert any("which is no parameter of it" in str(one.proto) for one in shown.get("html"))


def test_a_rename_is_previewed_then_made(filled):
    """Nothing happens before the second button; then labels have the new name and the screen says so."""
    page = AppTest.from_function(renaming, default_timeout=60).run()
    page.text_input(key="rename_core/fill_text").set_value("put_text").run()
    page = press(page, "Preview")
    assert "2 calls of 1 track would follow." in told(page)
    assert filled.library.now.number == 1
    page = press(page, "Do it")
    assert not page.exception
    assert filled.policies().resolve("fill_text").name == "put_text"
    assert "put_text [Username] [ana]" in [s.call for s in filled.desk().open("demo1", "me").tree.segments]
    assert "fill_text is now put_text · 2 calls followed" in told(page)


def test_a_preview_that_is_not_what_the_form_says_is_gone(filled):
    """Only what was looked at can be done."""
    page = AppTest.from_function(renaming, default_timeout=60).run()
    page.text_input(key="rename_core/fill_text").set_value("put_text").run()
    page = press(page, "Preview")
    page.text_input(key="rename_core/fill_text").set_value("other_text").run()
    assert "Do it" not in [button.label for button in page.button]


def test_what_is_refused_is_said_in_the_form(filled):
    """A name another policy answers to, and one that is no name."""
    page = AppTest.from_function(renaming, default_timeout=60).run()
    page.text_input(key="rename_core/fill_text").set_value("pick_date").run()
    assert "answers to 'pick_date'" in told(press(page, "Preview"))
    page.text_input(key="rename_core/fill_text").set_value("No Name").run()
    assert "name: String should match" in told(page)


def test_somebody_faster_is_not_overwritten(filled):
    """The preview was of another library: the person is told, and nothing is changed."""
    page = AppTest.from_function(renaming, default_timeout=60).run()
    page.text_input(key="rename_core/fill_text").set_value("put_text").run()
    page = press(page, "Preview")
    policies.make(filled, Rename(about="core/search", name="look_for"), "bob")
    page = press(page, "Do it")
    assert "Somebody changed the policies meanwhile (they are at change 2 now)." in told(page)
    assert filled.policies().resolve("fill_text").name == "fill_text"


@pytest.mark.parametrize("form", ["Edit", "Merge", "Split", "Retire", "New policy", "Import"])
def test_every_form_opens(open_page, filled, form):
    """No exception, and nothing is done by opening it."""
    page = press(open_page("policies", set="web", policy="core/fill_text"), form)
    assert not page.exception
    assert not page.error
    assert filled.library.now.number == 1


def test_history_takes_a_change_back(open_page, filled):
    """The newest change goes, in the labels too."""
    policies.make(filled, Rename(about="core/fill_text", name="put_text"), "ana")
    page = open_page("policies")
    page.button_group(key="policies_view").set_value("history").run()
    assert "2 calls of 1 track would follow." in told(press(page, "Take back"))
    page = press(AppTest.from_function(undoing, default_timeout=60).run(), "Do it")
    assert not page.exception
    assert "fill_text [Username] [ana]" in [s.call for s in filled.desk().open("demo1", "me").tree.segments]


def test_a_proposal_is_decided_and_taken_back(open_page, filled):
    """Its occurrence becomes a call of the policy that was chosen, and the decision can be undone."""
    page = open_page("policies")
    page.button_group(key="policies_view").set_value("proposals").run()
    assert "sign_up" in [as_read(heading.value) for heading in page.subheader]
    way = next(one for one in page.get("button_group") if str(one.key).startswith("way_"))
    way.set_value("map").run()
    chosen = next(box for box in page.selectbox if str(box.key).startswith("map_"))
    chosen.set_value("fill_form").run()
    page = press(page, "Call it so everywhere")
    assert not page.exception
    assert filled.desk().open("demo2", "me").tree.segments[0].policy == "fill_form"
    page = press(page, "Take back")
    assert filled.desk().open("demo2", "me").tree.segments[0].policy == "proposed:sign_up"

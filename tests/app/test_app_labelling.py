"""A labelling run with a model on the screen: planned, started; without an endpoint it says what to do."""

from __future__ import annotations

import pytest

from flows import settings
from tests.app.reading import as_read
from tests.app.test_app_actions import button, wait_for
from tests.fake_llm_server import BAD_KEY, fake_llm_server
from tests.flows.test_flows_labelling_llm import answer
from tests.workspaces import add_demonstration

pytestmark = pytest.mark.app


@pytest.fixture(name="server")
def server_fixture(monkeypatch, home):
    with fake_llm_server(answer) as server:
        monkeypatch.setenv("STEPSCOPE_MODEL_ENDPOINT", server.url)
        yield server


@pytest.fixture(name="saved", autouse=True)
def saved_fixture(parts):
    """The model's name is saved on Settings, which the form begins with."""
    settings.save(parts, settings.Settings(model="tiny"))


def planned(open_page, **answers):
    page = open_page("labelling")
    for key, value in answers.items():
        page.text_input(key=f"label_run_{key}").set_value(value)
    page = button(page, "Plan").click().run()
    assert not page.exception
    return page


def told(page):
    return {one.label: one.value for one in page.metric}


def test_a_run_is_planned_then_started_and_its_result_leads_to_label(open_page, parts, server):
    """Nothing is asked before Start; afterwards each demonstration is listed, and a second plan has nothing to ask."""
    for name in ("ana", "bo"):
        add_demonstration(parts, f"demo-{name}", name)
    page = planned(open_page)
    assert server.requests == []
    assert told(page)["Demonstrations"] == "2"
    assert told(page)["Requests"] == "10"
    assert told(page)["Cost"] == "unknown"
    button(page, "Start").click().run()
    wait_for("labelling", "done")
    assert len(server.requests) == 10
    page = open_page("labelling")
    assert any("2 demonstrations labelled by tiny" in text.value for text in page.markdown)
    assert {as_read(one.label) for one in page.button if "Sign up" in one.label} == {
        "Sign up bo with bo@x.org · 3 calls",
        "Sign up ana with ana@x.org · 3 calls",
    }
    assert told(planned(open_page))["Requests"] == "0"


def test_what_cannot_be_planned_is_said(open_page, parts, server):
    """No model, a budget that is none, dollars without a price: one message each, and nothing is asked."""
    add_demonstration(parts)
    settings.save(parts, settings.Settings())
    page = button(open_page("labelling"), "Plan").click().run()
    assert any("Name the model" in one.value for one in page.warning)
    settings.save(parts, settings.Settings(model="tiny"))
    for written, said in (("plenty", "is no budget"), ("2usd", "price")):
        page = planned(open_page, budget=written)
        assert any(said in one.value for one in page.warning)
        assert not page.metric
    assert server.requests == []


def test_an_endpoint_that_refuses_the_key_is_told(open_page, parts, monkeypatch, home):
    """The run ends with what happened and what to do."""
    add_demonstration(parts)
    with fake_llm_server([BAD_KEY]) as server:
        monkeypatch.setenv("STEPSCOPE_MODEL_ENDPOINT", server.url)
        button(planned(open_page), "Start").click().run()
        wait_for("labelling", "failed")
    page = open_page("labelling")
    assert any("refused the key" in one.value for one in page.error)


def test_without_an_endpoint_the_page_leads_to_settings(open_page, parts):
    """A demonstration but no endpoint: what to set, and where."""
    add_demonstration(parts)
    page = open_page("labelling")
    assert any("No model endpoint is set" in one.value for one in page.info)
    assert page.get("page_link")

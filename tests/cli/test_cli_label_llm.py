"""`label --labeller llm` on the command line: the plan, what is refused, and codes."""

import pytest

from tests.fake_llm_server import fake_llm_server, says
from tests.workspaces import add_demonstration
from wiring import Parts


@pytest.fixture(name="demo")
def demo_fixture(home):
    parts = Parts(home)
    made = add_demonstration(parts)
    parts.close()
    return made


@pytest.mark.parametrize(
    "typed",
    [
        ("label", "--all", "--labeller", "llm"),
        ("label", "--all", "--model", "tiny"),
        ("label", "--all", "--plan"),
        ("label", "--labeller", "llm", "--model", "tiny"),
    ],
)
def test_wrong_use_is_told(run, home, typed):
    """A model without its labeller, a labeller without its model, nothing to label."""
    assert run(*typed).code == 2


def test_a_plan_and_a_run_from_the_command_line(run, demo, monkeypatch):
    """The plan asks nothing; rubbish from the model still gives the rules' calls; the ledger is told."""
    with fake_llm_server([says("no idea")]) as server:
        monkeypatch.setenv("STEPSCOPE_MODEL_ENDPOINT", server.url)
        planned = run("label", demo, "--labeller", "llm", "--model", "tiny", "--plan", "--json")
        assert planned.code == 0
        assert planned.json["total"]["calls"] > 0
        assert planned.json["total"]["cost"] is None
        assert server.requests == []
        made = run("label", demo, "--labeller", "llm", "--model", "tiny", "--json")
        assert made.code == 0
        assert made.json["labelled"][0]["fallbacks"] > 0
        assert made.json["ledger"]["attempts"] == len(server.requests)
        assert made.json["ledger"]["cost"] is None
        told = run("label", demo, "--labeller", "llm", "--model", "tiny")
        assert "windows by the rules" in told.out
        assert "cost unknown" in told.out


def test_without_an_endpoint_the_message_says_what_to_set(run, demo):
    """Exit code 8, and nothing was done."""
    told = run("label", demo, "--labeller", "llm", "--model", "tiny", "--json")
    assert told.code == 8
    assert "STEPSCOPE_MODEL_ENDPOINT" in told.error["next"]


def test_a_budget_that_is_none_is_refused(run, demo, monkeypatch):
    """The message says how one is written."""
    monkeypatch.setenv("STEPSCOPE_MODEL_ENDPOINT", "http://127.0.0.1:9/v1")
    told = run("label", demo, "--labeller", "llm", "--model", "tiny", "--budget", "lots", "--json")
    assert told.code == 1
    assert "2.5usd" in told.error["what"] + told.error["next"]

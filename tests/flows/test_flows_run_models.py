"""What models a run can have: an endpoint is asked once what it takes; what cannot work is refused before the start."""

from __future__ import annotations

import pytest

from agent.errors import ModelError, RunError
from agent.limits import Limits
from flows.run import run_models, runs
from llm_client.chat import Patience
from llm_client.errors import EndpointDown, KeyRefused
from store.errors import NotFound
from tests.fake_llm_server import BAD_KEY, fake_llm_server
from tests.llm_servers import OLD, VLLM, answering
from tests.workspaces import add_demonstration
from wiring import Workbench


@pytest.fixture
def endpoint(monkeypatch):
    """Names an endpoint for the time of a test."""

    def set_it(url):
        monkeypatch.setenv("STEPSCOPE_MODEL_ENDPOINT", url)

    return set_it


def planned(parts, model, **limits):
    return runs.plan(
        parts, envs=["miniwob:login-user"], seeds="0:1", model=model, prompt_set="none", workers=1,
        limits=Limits(**limits),
    )  # fmt: skip


def test_an_endpoint_is_asked_once(parts, endpoint):
    """Its answer is kept in the workspace, workers are told it, and it is asked again only when that is wished for."""
    with fake_llm_server(answering(OLD, lambda _: ("", "colour"))) as server:
        endpoint(server.url)
        assert run_models.known(parts, "m") is None
        told = run_models.for_workers(parts, ["openai:m", "human:planner+openai:m", "scripted:x"])
        asked = len(server.requests)
        assert run_models.find_out(parts, "m").form == "text"
        assert run_models.known(parts, "m") == run_models.find_out(parts, "m")
        assert len(server.requests) == asked == 3
        run_models.find_out(parts, "m", again=True)
        assert len(server.requests) == 2 * asked
        workbench = Workbench({"home": "", "takes": told}, parts)
        model = workbench.model("openai:m", None, "web")
        assert model._chat.form == "text"
        model._chat.close()


def test_another_address_or_model_is_another_endpoint(parts, endpoint):
    """What was found of one says nothing of the other."""
    with fake_llm_server(answering(VLLM, lambda _: ("", "colour"))) as server:
        endpoint(server.url)
        run_models.find_out(parts, "m")
        assert run_models.known(parts, "other") is None
        endpoint(server.url + "/")
        assert run_models.known(parts, "m") is None


@pytest.mark.parametrize(("answers", "error"), [([BAD_KEY], KeyRefused), (None, EndpointDown)])
def test_an_endpoint_that_cannot_be_used_ends_the_run_before_it_begins(parts, endpoint, answers, error, monkeypatch):
    """No episode and no row of a run is left behind."""
    monkeypatch.setattr(run_models, "PATIENCE", Patience(1, 0.0, 0.0, 5.0))
    with fake_llm_server(answers or []) as server:
        endpoint(server.url)
        if answers is None:
            endpoint("http://127.0.0.1:9/v1")
        with pytest.raises(error):
            runs.execute(planned(parts, "openai:m"), lambda update: None)
    assert parts.workspace.rows("run") == []
    assert list(parts.workspace.episodes_dir.glob("*.episode")) == []


def test_a_cost_limit_needs_a_price(parts, endpoint, tmp_path, monkeypatch):
    """Without one it is refused with what to do; with one, or for a model that costs nothing, it is taken."""
    endpoint("http://127.0.0.1:9/v1")
    with pytest.raises(RunError, match=r"no price of 'm' .* a limit of \$1\.5 cannot be kept"):
        planned(parts, "openai:m", cost=1.5)
    with pytest.raises(RunError, match="no price"):
        planned(parts, "human:planner+openai:m", cost=1.5)
    assert planned(parts, "openai:m", tokens=1000).plan.limits.tokens == 1000
    table = tmp_path / "prices.toml"
    table.write_text("date = 2026-11-01\n[prices.m]\ntokens_in = 1.0\ntokens_out = 2.0\n", encoding="utf-8")
    monkeypatch.setenv("STEPSCOPE_PRICES", str(table))
    assert planned(parts, "openai:m", cost=1.5).plan.limits.cost == 1.5


def test_replay_needs_a_runs_episode(parts):
    """One that is not there, and a demonstration, are refused before the start."""
    demonstration = add_demonstration(parts)
    with pytest.raises(NotFound):
        planned(parts, "replay:nothing")
    with pytest.raises(ModelError, match="replay check"):
        planned(parts, f"replay:{demonstration}")


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (["human:planner", "human:fill_text"], "one run at a time"),
        ("human:nobody", "nobody"),
        ("human:+demos", "no model"),
    ],
)
def test_a_person_plays_what_there_is(parts, model, why):
    """A policy of the set, in a run of its own."""
    with pytest.raises((RunError, ModelError), match=why):
        planned(parts, model)

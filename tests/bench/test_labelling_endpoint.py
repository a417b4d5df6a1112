"""Measuring a real endpoint: against a server that plays the oracle, interrupted, priced and refused."""

import json

import pytest

from bench import labelling_endpoint as command
from bench.gold import demonstrations
from bench.oracle import Noise, Oracle, known
from policies.library import load_set
from tests.fake_llm_server import BAD_KEY, fake_llm_server

WEB = load_set("web")


@pytest.fixture(name="few")
def few_fixture(monkeypatch, tmp_path):
    """The command on six demonstrations of the development part, its results in a folder of the test's own."""
    chosen = [one for one in demonstrations("development") if one.name.startswith("mw-")][:6]
    monkeypatch.setattr(command, "demonstrations", lambda split: chosen if split == "development" else [])
    monkeypatch.setattr(command, "LAST", tmp_path / "last.json")
    monkeypatch.setattr(command, "FOLDER", tmp_path / "endpoint")
    return Oracle([known(one, WEB) for one in chosen], WEB, Noise())


def words(server, *more):
    return ["--endpoint", server.url, "--model", "tiny", "--split", "development", *more]


def test_the_command_measures_and_asks_nothing_twice(few, capsys, monkeypatch):
    """F1 with intervals, tokens, unknown cost, requests as the server counts them; a second run takes kept replies."""
    monkeypatch.setenv("MY_KEY", "secret-7")
    with fake_llm_server(few) as server:
        assert command.main(words(server, "--json", "--key-env", "MY_KEY")) == 0
        told = json.loads(capsys.readouterr().out)
        assert set(server.keys) == {"Bearer secret-7"}
        figures, count = told["figures"], len(server.requests)
        assert figures["llm_boundary_f1"] == figures["llm_segment_f1_50"] == 1.0
        assert (figures["llm_boundary_f1_n"], figures["llm_requests"]) == (6, count)
        assert figures["llm_tokens_in"] == 120 * count
        assert "llm_cost_usd" not in figures
        assert told["detail"]["demonstrations"] == 6
        assert command.main(words(server)) == 0
        assert len(server.requests) == count
    out = capsys.readouterr().out
    assert "cost unknown" in out
    assert "secret-7" not in out + json.dumps(told)
    assert command.last() is None


def test_a_price_makes_a_cost(few, capsys, monkeypatch, tmp_path):
    """A model in the price table costs what its tokens cost, and the day of the prices is told."""
    prices = tmp_path / "prices.toml"
    prices.write_text("date = 2026-11-01\n[prices.tiny]\ntokens_in = 1.0\ntokens_out = 2.0\n")
    monkeypatch.setenv("STEPSCOPE_PRICES", str(prices))
    with fake_llm_server(few) as server:
        assert command.main(words(server)) == 0
        wanted = round(len(server.requests) * 0.00018, 4)
    assert f"cost ${wanted:.4f} (prices of 2026-11-01)" in capsys.readouterr().out


def test_an_endpoint_that_fails_is_told_and_gone_on_with(few, capsys):
    """A refused key ends it with one message; with a good one the same command finishes."""
    with fake_llm_server([BAD_KEY]) as server:
        assert command.main(words(server)) == 2
    assert "refused the key" in capsys.readouterr().err
    with fake_llm_server(few) as server:
        assert command.main(words(server)) == 0


def test_until_somebody_measures_it_says_so(few, monkeypatch):
    """Not measured, then the last result of the test part."""
    assert command.notes() == ["", f"a real model: {command.NOT_MEASURED}"]
    result = {"figures": {"llm_boundary_f1": 0.5}, "commit": "abc", "date": "today", "detail": {
        "model": "tiny", "endpoint": "http://x", "split": "test", "demonstrations": 22, "windows": 3,
        "windows_by_rules": 1, "ledger": {"cost": None}, "prices_of": "nothing"}}  # fmt: skip
    command.LAST.write_text(json.dumps(result))
    assert "tiny at http://x, test part, 22 demonstrations" in command.notes()


@pytest.mark.parametrize(
    ("line", "asked"), [(["--json"], False), (["--endpoint", "u"], True), (["--endpoint=u"], True)]
)
def test_the_benchmark_knows_when_an_endpoint_is_asked_for(monkeypatch, line, asked):
    """With --endpoint in either form it is not the ordinary benchmark."""
    monkeypatch.setattr("sys.argv", ["bench/labelling.py", *line])
    assert command.asked_for() is asked

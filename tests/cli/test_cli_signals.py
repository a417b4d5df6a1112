"""`signals recompute|show|precision` on the command line."""

from __future__ import annotations

from flows.understand import signals
from tests.flows.test_flows_signals import older, stuck


def test_show_recompute_and_precision(parts, run):
    """What is wrong with an episode in words and as JSON; looked at anew once; what people said of detectors."""
    stuck(parts)
    shown = run("signals", "show", "run-stuck", "--json").json
    key = shown["signals"][0]["key"]
    assert shown["blame"]["by"] == "rule"
    began = shown["beginning"]
    text = f"Failure begins at step {began['seq'] + 1} ({began['step']}): "
    assert text in run("signals", "show", "run-stuck").out
    older(parts, "run-stuck")
    assert run("signals", "recompute", "--json").json["looked"] == 1
    assert "0 episodes were looked at, 1 had been before" in run("signals", "recompute").out
    assert run("signals", "recompute", "run-stuck", "--all", "--json").json["looked"] == 1
    assert "Nobody has confirmed" in run("signals", "precision").out
    signals.say(parts, "run-stuck", "ana", {"kind": "signal", "text": key, "value": 1})
    table = run("signals", "precision", "--json").json["precision"]
    assert table[key.partition("@")[0]]["confirmed"] == 1
    assert "1 of 1 right" in run("signals", "precision").out


def test_refusals(run):
    """An episode that is not there has the code for that."""
    assert run("signals", "show", "nobody").code == 4
    assert run("signals", "recompute", "nobody").code == 4

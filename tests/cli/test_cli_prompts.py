"""`prompts build|show|diff|check` on the command line."""

from __future__ import annotations

import pytest

from flows.label import labels
from tests.workspaces import add_demonstration


@pytest.fixture(name="accepted")
def accepted_fixture(parts):
    for episode, name in (("demo1", "ana"), ("demo2", "bob")):
        labels.accept(parts, add_demonstration(parts, episode, name), "me")
    return parts


def test_build_show_diff_and_check(accepted, run):
    """Two sets, what each shows with the steps it comes from, what is between them, and a check that is kept."""
    first = run("prompts", "build", "--json").json
    assert first["shown"] == sum(row["shown"] for row in first["policies"]) > 0
    second = run("prompts", "build", "--mode", "heap", "--budget", "600", "--json").json
    assert (second["mode"], second["budget"]) == ("heap", 600)
    shown = run("prompts", "show", "latest", "--policy", "planner", "--json").json
    assert shown["prompt_set"] == second["prompt_set"]
    assert {piece["policy"] for piece in shown["pieces"]} == {"planner"}
    assert all(step["episode"] in ("demo1", "demo2") for piece in shown["pieces"] for step in piece["steps"])
    assert "OBJECTIVE: Sign up" in run("prompts", "show", "--text").out
    changed = run("prompts", "diff", first["prompt_set"], "--json").json
    assert ["mode", "step", "heap"] in changed["settings"]
    assert "From ps-" in run("prompts", "diff", first["prompt_set"]).out
    check = run("prompts", "check", first["prompt_set"], "--json").json
    assert (check["by"], check["prompt_set"]) == ("nearest", first["prompt_set"])
    assert "Leave-one-out of ps-" in run("prompts", "check").out


def test_pins_bans_and_what_is_held_out(accepted, run):
    """A ban leaves the pool; a pin that is not there is refused with what to do; all held out says the way on."""
    made = run("prompts", "build", "--json").json
    shown = run("prompts", "show", "--json").json["pieces"]
    banned = next(piece["turns"][0] for piece in shown if piece["policy"] == "fill_text")
    less = run("prompts", "build", "--ban", banned, "--json").json
    assert less["examples"] == made["examples"] - 1
    refused = run("prompts", "build", "--pin", "ex-000000000000")
    assert refused.code != 0
    assert "cannot enter" in refused.err
    held = run("prompts", "build", "--hold-out-site", "desk")
    assert held.code == 5
    assert "hold nothing out" in held.err
    assert run("prompts", "diff", "ps-none").code == 4


def test_a_budget_for_the_check_needs_a_model(accepted, run):
    """Called wrongly is said before anything is read."""
    assert run("prompts", "check", "--budget", "9k").code == 2

"""`agreement` on the command line: the screen's figures, calibration, automatic acceptance, and what it refuses."""

from __future__ import annotations

import json

import pytest

from flows.label import agreement
from flows.problems import NOTHING_TO_DO, UNKNOWN
from tests.reviewers import LABELLER, propose, review, reviewed
from tests.workspaces import add_demonstration


@pytest.fixture(name="two")
def two_fixture(parts):
    """Two reviewed demonstrations, one of them labelled blind by two more people."""
    reviewed(parts, 2)
    return parts


def test_the_same_figures_as_on_the_screen(run, two, tmp_path):
    """As JSON, as text, and as a report."""
    told = run("agreement", "show", "--of", f"labeller:{LABELLER}", "--against", "people", "--json")
    assert told.code == 0
    assert told.json == json.loads(json.dumps(agreement.told(two, f"labeller:{LABELLER}", "people")))
    assert told.json["demonstrations"] == 2
    report = tmp_path / "report.csv"
    said = run("agreement", "show", "--of", "track:blind:ben", "--against", "track:blind:cleo", "--out", str(report))
    assert said.code == 0
    assert "track:blind:ben against track:blind:cleo: 1 demonstrations" in said.out
    assert report.read_text().startswith("part,name,value,low,high,n,tolerance\nfigure,Boundary precision,")


def test_nothing_to_compare_and_nobody_of_that_name(run, parts):
    """Empty: what to do; an unknown side: which there are; nothing is written."""
    assert run("agreement", "show", "--json").code == NOTHING_TO_DO
    assert run("agreement", "show", "--of", "x", "--against", "y", "--json").code == UNKNOWN


def test_calibration_and_acceptance_say_what_is_missing(run, two):
    """Too few reviews: uncalibrated, and not accepted from."""
    told = run("agreement", "calibrate", "--json")
    one = next(one for one in told.json["labellers"] if one["labeller"] == LABELLER)
    assert (one["calibrated"], one["reviewed"], one["needed"]) == (False, 6, 100)
    assert run("agreement", "calibrate", "--labeller", LABELLER, "--json").code == NOTHING_TO_DO
    assert run("agreement", "accept", LABELLER, "--on", "--json").code == NOTHING_TO_DO
    standing = run("agreement", "accept", LABELLER, "--json")
    assert (standing.code, standing.json["on"], standing.json["accepted"]) == (0, False, 0)
    assert run("agreement", "accept", LABELLER, "--take-back", "auto-none", "--json").code == UNKNOWN
    assert "off (never on)" in run("agreement", "accept", LABELLER).out


def test_accepting_from_the_command_line(run, parts):
    """Calibrate, switch on, apply, take back."""
    for number in range(40):
        run_, truth = propose(parts, add_demonstration(parts, f"d{number}", f"n{number}"), number)
        review(parts, run_, truth, "ana")
    assert run("agreement", "calibrate", "--labeller", LABELLER, "--json").json["labellers"][-1]["calibrated"]
    for number in range(8):
        propose(parts, add_demonstration(parts, f"new{number}", f"m{number}"), 700 + number)
    made = run("agreement", "accept", LABELLER, "--on", "--rate", "0.3", "--apply", "--author", "ana", "--json")
    assert made.code == 0
    assert made.json["on"]
    decision = made.json["decision"]
    assert made.json["audit"]["drawn"] == decision["audited"] > 0
    back = run("agreement", "accept", LABELLER, "--take-back", decision["id"], "--author", "ana", "--off", "--json")
    assert back.json["taken_back"] == len(decision["tracks"])
    assert not back.json["on"]

"""The oracle that knows the gold labels: true without noise, wrong as often as asked, alike where it should be."""

import itertools

import pytest

from bench import labelling_llm
from bench.gold import demonstrations
from bench.labelling_llm import SMALL, USUAL, Setting, point, strict
from bench.oracle import Noise, known
from labeling.llm.model import Stretch
from labeling.llm.prompt import callable_names
from policies.library import load_set

WEB = load_set("web")
NAMES = ("mw-login-correction", "mw-login-keyboard", "mw-popup-tab", "mw-flight-date", "air-book-return-priced")


@pytest.fixture(name="demos", scope="module")
def demos_fixture():
    return {one: known(one, WEB) for one in demonstrations("development") if one.name in NAMES}


def test_without_noise_what_goes_in_comes_out(demos):
    """The raw pass and the labeller both give the gold labels, nested calls included."""
    found = point(demos, Setting("true", Noise()), WEB)
    assert found["n"] == len(NAMES)
    for measure in ("boundary_f1", "segment_f1_50", "bracket_f1"):
        assert found["in"][measure] == found["out"][measure] == 1.0


def test_votes_mend_what_differs_from_pass_to_pass_and_nothing_else(demos):
    """Errors drawn anew are outvoted; errors that every pass makes stay exactly as they were."""
    anew = [point(demos, Setting("", Noise(0.25, seed=seed)), WEB) for seed in range(3)]
    assert sum(one["out"]["boundary_f1"] - one["in"]["boundary_f1"] for one in anew) > 0.1
    alike = point(demos, Setting("", Noise(0.25, shared=1.0)), WEB)
    assert alike["in"]["boundary_f1"] < 1.0
    assert alike["out"] == alike["in"]


def test_badly_written_replies_are_mended(demos):
    """A strict reader loses them; the labeller asks again or mends, in small windows too."""
    for setting in (USUAL, SMALL):
        found = point(demos, Setting("", Noise(broken=0.5), setting), WEB)
        assert found["in"]["boundary_f1"] < 0.8
        assert found["out"]["boundary_f1"] > 0.95


def test_equal_seeds_give_equal_points(demos):
    """The whole point is the same again, and another seed's is another."""
    first, again, other = (point(demos, Setting("", Noise(0.3, seed=seed)), WEB) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_strict_reader_takes_nothing_that_is_not_as_asked_for():
    """Prose around the JSON, a step outside, a wrong name: each is no answer."""
    names, good = callable_names(WEB, composite_only=False), '{"calls": [{"first_step": 1, "policy": "OWN"}]}'
    bad = (f"Here: {good}", good.replace("1", "9"), good.replace("OWN", "fil_text"), "")
    for text, reading in itertools.chain(
        [(good, (Stretch(0, certainty="low"),))], ((one, (Stretch(0),)) for one in bad)
    ):
        assert strict(text, 4, WEB, names) == reading


def test_the_stated_figures_are_those_of_independent_errors():
    """`oracle_f1_in` and `oracle_f1_out` are the boundary F1 at the stated rate."""
    points = {f"independent {labelling_llm.STATED}": {"in": {"boundary_f1": 0.5}, "out": {"boundary_f1": 0.75}}}
    assert labelling_llm.figures(points) == {"oracle_f1_in": 0.5, "oracle_f1_out": 0.75}
    assert f"independent {labelling_llm.STATED}" in [one.name for one in labelling_llm.settings()]


def test_checks_speak_against_wrong_calls_far_more_often_than_against_right_ones(monkeypatch):
    """On a few demonstrations, with the oracle's errors at the stated rate."""
    few = [one for one in demonstrations("development") if one.name.startswith("air-")]
    monkeypatch.setattr(labelling_llm, "demonstrations", lambda split: few if split == "development" else [])
    found = labelling_llm.checks()
    assert found["wrong_calls"] > 10
    assert found["right_calls"] > 50
    assert found["wrong_spoken_against"] > 4 * found["right_spoken_against"]

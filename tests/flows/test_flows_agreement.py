"""Agreement, calibration and automatic acceptance in a workspace: people, a labeller of known quality, blind tracks."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from flows.label import agreement, agreement_report, auto_accept, calibrating
from flows.label.agreement import compare
from flows.label.label_sides import Shelf
from flows.prompt import prompts
from labeling.calibration import ENOUGH
from labeling.errors import ExportRefused, NothingAccepted, ReviewError, UnknownLabel
from labeling.model import DECIDED
from labeling.prompts.model import PromptConfig
from tests.reviewers import LABELLER, MONDAY, propose, review, reviewed
from tests.workspaces import add_demonstration
from wiring import Parts


@pytest.fixture(name="parts")
def parts_fixture(tmp_path):
    """An empty workspace."""
    parts = Parts(tmp_path / "home")
    yield parts
    parts.close()


@pytest.fixture(name="full", scope="module")
def full_fixture(tmp_path_factory):
    """The folder of a workspace with forty reviewed demonstrations, made once."""
    home = tmp_path_factory.mktemp("full") / "home"
    parts = Parts(home)
    reviewed(parts, 40)
    parts.close()
    return home


@pytest.fixture(name="many")
def many_fixture(full, tmp_path):
    """Forty demonstrations: 120 calls decided on one by one, ten of the demonstrations labelled blind twice."""
    parts = Parts(Path(shutil.copytree(full, tmp_path / "many")))
    yield parts
    parts.close()


def waiting(parts, count: int, sure: float | None = None) -> list[str]:
    """Demonstrations nobody has reviewed; `sure` makes every call of theirs right and that sure."""
    found = []
    for number in range(count):
        episode = add_demonstration(parts, f"new{number:03}", f"new{number}")
        run, truth = propose(parts, episode, 10_000 + number, at=MONDAY + 9e6)
        if sure is not None:
            segments = tuple(one.model_copy(update={"confidence": sure}) for one in truth.segments)
            tree = truth.model_copy(update={"segments": segments})
            parts.labels.add_run(run.model_copy(update={"id": f"run-sure-{number}", "tree": tree}))
        found.append(episode)
    return found


def test_an_empty_workspace_has_nothing_to_compare(parts) -> None:
    """It says what to do; so does one whose demonstrations only the rules have labelled."""
    assert agreement.default_sides(Shelf(parts).sides) is None
    with pytest.raises(NothingAccepted, match="Review the proposals"):
        agreement.told(parts)
    with pytest.raises(UnknownLabel, match="nobody to compare"):
        agreement.told(parts, "somebody", "people")


def test_sides_figures_and_warnings(many) -> None:
    """Shown labels carry a warning, blind ones none; a labeller with itself agrees wholly."""
    shelf = Shelf(many)
    sides = {side.name: side.demonstrations for side in shelf.sides}
    assert sides == {
        "labeller:rules": 40, f"labeller:{LABELLER}": 40, "people": 40, "blind": 10, "track:ana": 40,
        "track:blind:ben": 10, "track:blind:cleo": 10,
    }  # fmt: skip
    shown = compare(shelf, f"labeller:{LABELLER}", "people")
    assert shown.shown == 40
    assert "too favourable" in shown.warning
    assert "made blind" in compare(shelf, "track:ana", "track:blind:ben").warning
    blind = compare(shelf, "track:blind:ben", "track:blind:cleo")
    assert blind.warning == ""
    told = agreement.facts(blind, shelf)
    assert told["figures"]["boundary_f1"] == {
        "title": "Boundary F1", "tolerance": "same place", "value": 1.0, "low": 1.0, "high": 1.0, "n": 10,
    }  # fmt: skip
    assert told["figures"]["kappa"]["value"] < 1.0
    assert told["figures"]["argument_date"]["value"] is None
    assert told["alpha_blind"]["value"] == told["figures"]["alpha"]["value"]  # ben and cleo are all there are
    assert told["alpha_blind"]["n"] == 10
    assert told["work"]["blind"]["tracks"] == 20
    assert told["work"]["shown"]["seconds_per_call"]["value"] == pytest.approx(4.0)


def test_the_confusion_leads_to_the_calls(many) -> None:
    """Every step of a cell is in one of the stretches behind it, and the worst demonstrations come first."""
    found = compare(Shelf(many), f"labeller:{LABELLER}", "people").agreement
    table, labels = found.confusion.total, found.confusion.labels
    for i, one in enumerate(labels):
        for j, other in enumerate(labels):
            assert sum(b.last - b.first + 1 for b in found.behind(one, other)) == table[i, j]
    scores = [values["segment_f1_50"] for _, values in found.worst]
    assert scores == sorted(scores)
    assert {row.policy for row in found.by_policy} >= {"fill_text", "fill_form", "search"}
    weeks = found.over_time("segment_f1_50", lambda case: str(case.at > MONDAY + 600_000))
    assert [at for at, _ in weeks] == ["False", "True"]
    assert sum(estimate.n for _, estimate in weeks) == 40


def test_a_report_holds_the_same_figures(many, tmp_path) -> None:
    """CSV and HTML, as new files only; a spreadsheet is given no formula."""
    told = agreement.told(many, f"labeller:{LABELLER}", "people")
    told["figures"]["boundary_f1"]["title"] = "=HYPERLINK(1)"
    told["left_out"] = [{"reason": "<script>alert(1)</script>"}]
    rows = list(csv.DictReader(io.StringIO(agreement_report.as_csv(told))))
    by_name = {row["name"]: row for row in rows}
    assert float(by_name["Segment F1@50"]["value"]) == told["figures"]["segment_f1_50"]["value"]
    assert by_name["Arguments, dates"]["value"] == ""
    assert "'=HYPERLINK(1)" in by_name
    page = agreement_report.as_html(told)
    assert "<script>" not in page
    assert f"{told['figures']['segment_f1_50']['value']:.3f}" in page
    agreement_report.write(told, tmp_path / "a.html")
    with pytest.raises(ExportRefused, match="cannot be written"):
        agreement_report.write(told, tmp_path / "a.html")
    with pytest.raises(ExportRefused, match=r"\.csv or \.html"):
        agreement_report.write(told, tmp_path / "a.pdf")


def test_a_confidence_is_calibrated_from_single_decisions(many) -> None:
    """120 reviews are enough, 30 of the rules' are not; the fit is closer than the raw one, and known by its hash."""
    before = {one.labeller: one for one in calibrating.standings(many)}
    assert len(before[LABELLER].judged) == 120
    assert len(before["rules"].judged) == 30  # judged by the blind tracks alone
    with pytest.raises(NothingAccepted, match=f"30 reviewed calls of 10 demonstrations; it takes {ENOUGH}"):
        calibrating.calibrate(many, "rules")
    made = calibrating.calibrate(many, LABELLER)
    assert made.method == "logistic"
    assert made.ece < made.raw_ece
    assert made.of(0.5) < made.of(0.9) < made.of(0.99)
    assert many.labels.calibration(LABELLER) == made
    again = calibrating.calibrate(many, LABELLER)
    assert (again.id, again.reviews) == (made.id, made.reviews)
    review(many, *propose(many, add_demonstration(many, "later", "later"), 77), "ana")
    assert next(one.new for one in calibrating.standings(many) if one.labeller == LABELLER) == 3
    assert calibrating.calibrate(many, LABELLER).id != made.id


def test_what_was_accepted_in_bulk_is_no_evidence(parts) -> None:
    """Accept all judges nothing; a single decision that was taken back judges nothing either."""
    run, _ = propose(parts, add_demonstration(parts), 1)
    desk = parts.desk()
    state = desk.accept_all(desk.begin(run, "ana", "ana"), "ana")
    assert all(not one.judged for one in calibrating.standings(parts))
    state = desk.do(state, "undo", {}, "ana")
    state = desk.do(state, "accept", {"segment": run.tree.segments[0].id}, "ana")
    assert sum(len(one.judged) for one in calibrating.standings(parts)) == 1
    desk.do(state, "undo", {}, "ana")
    assert sum(len(one.judged) for one in calibrating.standings(parts)) == 0


def test_automatic_acceptance_is_off_by_itself(many) -> None:
    """It takes a calibration, then a threshold that keeps the rate, then somebody who switches it on."""
    with pytest.raises(NothingAccepted, match="not calibrated"):
        auto_accept.switch_on(many, LABELLER, 0.3)
    calibrating.calibrate(many, LABELLER)
    with pytest.raises(ReviewError, match="never switched on"):
        auto_accept.apply(many, LABELLER, "ana")
    with pytest.raises(ReviewError, match="State a higher rate"):
        auto_accept.switch_on(many, LABELLER, 0.01)
    on = auto_accept.switch_on(many, LABELLER, 0.3)
    assert on.on
    assert 0.5 < on.above < 1.0
    assert auto_accept.setting(many, LABELLER) == on
    assert not auto_accept.switch_off(many, LABELLER).on


def test_an_acceptance_is_one_gesture_with_an_audit_and_can_be_taken_back(many) -> None:
    """Sure calls are auto_accepted by `auto`, a seeded sample waits as `audit`; undo brings all of it back."""
    calibrating.calibrate(many, LABELLER)
    on = auto_accept.switch_on(many, LABELLER, 0.3)
    episodes = waiting(many, 20)
    made = auto_accept.apply(many, LABELLER, "ana")
    trees = [many.tracks.get(episode, "ana").tree for episode, _ in made.tracks]
    states = [segment.state for tree in trees for segment in tree.segments]
    assert states.count("auto_accepted") == made.accepted > 0
    assert states.count("audit") == made.audited == 20
    for tree in trees:
        for segment in tree.segments:
            assert (segment.state == "pending") == (segment.confidence < on.above)
            assert segment.state not in DECIDED
    events = many.labels.events(made.tracks[0][0], "ana")
    assert (events[-1].op, events[-1].actor, events[-1].gesture) == ("auto_accept", "auto", made.id)
    assert {episode for episode, _ in made.tracks} <= set(episodes)
    with pytest.raises(NothingAccepted, match="No call"):
        auto_accept.apply(many, LABELLER, "ana")
    assert auto_accept.take_back(many, made.id, "ana") == (len(made.tracks), 0)
    assert all(
        segment.state == "pending"
        for episode, _ in made.tracks
        for segment in many.tracks.get(episode, "ana").tree.segments
    )
    told = auto_accept.check(many, LABELLER)
    assert (told.accepted, told.audit.drawn) == (0, 0)


def audited(parts, made, *, wrong: bool) -> None:
    """Somebody looks at each call of the audit, and finds it right or wrong."""
    desk = parts.desk()
    for episode, track in made.tracks:
        state = desk.open(episode, track)
        for segment in [one for one in state.tree.segments if one.state == "audit"]:
            state = desk.do(state, "reject" if wrong else "accept", {"segment": segment.id}, "ana")


def test_an_audit_that_holds_keeps_it_on(many) -> None:
    """Twenty looked at and right: nothing surely wrong, and the audit's calls are settled."""
    calibrating.calibrate(many, LABELLER)
    auto_accept.switch_on(many, LABELLER, 0.3)
    waiting(many, 20, sure=0.99)
    made = auto_accept.apply(many, LABELLER, "ana")
    assert (made.accepted, made.audited) == (40, 20)
    audited(many, made, wrong=False)
    told = auto_accept.check(many, LABELLER)
    assert told.setting.on
    assert (told.audit.looked_at, told.audit.wrong) == (20, 0)
    assert told.audit.high < 0.2
    assert many.tracks.get(made.tracks[0][0], "ana").settled


def test_an_audit_that_breaks_the_rate_switches_it_off(many) -> None:
    """Surely more wrong than stated: off, with the reason; what was accepted stays until it is taken back."""
    calibrating.calibrate(many, LABELLER)
    auto_accept.switch_on(many, LABELLER, 0.3)
    waiting(many, 20, sure=0.99)
    made = auto_accept.apply(many, LABELLER, "ana")
    audited(many, made, wrong=True)
    told = auto_accept.check(many, LABELLER)
    assert not told.setting.on
    assert "the audit found 20 of 20 wrong" in told.setting.why
    with pytest.raises(ReviewError, match="the audit found"):
        auto_accept.apply(many, LABELLER, "ana")
    assert told.accepted == 40


def test_prompt_sets_take_automatic_calls_only_when_asked(many) -> None:
    """By default a demonstration with such a call is left out and says so; with the opt-in it gives examples."""
    calibrating.calibrate(many, LABELLER)
    auto_accept.switch_on(many, LABELLER, 0.3)
    waiting(many, 20, sure=0.99)
    made = auto_accept.apply(many, LABELLER, "ana")
    audited(many, made, wrong=False)
    automatic = {
        episode
        for episode, track in made.tracks
        if any(one.state == "auto_accepted" for one in many.tracks.get(episode, track).tree.segments)
    }
    config = PromptConfig(splits=("train", "dev", "test"))
    usual = prompts.build(many, config=config)
    assert not automatic & {one.episode for one in usual.examples}
    assert automatic <= {one.episode for one in usual.left_out}
    asked = prompts.build(many, config=config.model_copy(update={"labels": "auto_accepted"}))
    assert automatic <= {one.episode for one in asked.examples}

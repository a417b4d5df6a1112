"""Checks of proposed calls: what stands nowhere, what the page does not show, what the call does not say, replays."""

import pytest

from bench.gold import demonstrations, tree
from labeling.checks.checking import check
from labeling.checks.finding import against
from labeling.checks.grounding import stands
from labeling.desk import ReviewDesk
from labeling.model import Argument, Segment
from labeling.repository import LabelRepository, MemoryRows
from labeling.rules.labeller import RulesLabeller
from labeling.rules.scene import make_scene
from labeling.tree import make_tree
from policies.library import load_set
from tests.builders import Recording
from traces.reader import EpisodeReader

WEB = load_set("web")
FORM = "[2] form 'Trip'\n  [3] textbox 'From'{a}\n  [4] textbox 'When'{b}\n  [5] button 'Send'"


def trip(shown="Oslo"):
    """Somebody types Oslo and a day into a form; the field shows `shown` in the end."""
    recording = Recording("Travel from Oslo on 3 May 2026", "trip")
    filled = f" value='{shown}'"
    recording.page(FORM.format(a="", b="")).do("type [3] [Oslo] [0]")
    recording.page(FORM.format(a=filled, b="")).do("type [4] [2026-05-03] [0]")
    recording.page(FORM.format(a=filled, b=" value='03.05.2026'")).do("click [5]")
    return recording.page("[9] heading 'Thanks'", "http://site.test/thanks")


def found(recording, *calls, replayed=None):
    """Findings of calls given as (first, last, policy, arguments): (check, holds, said)."""
    segments = [
        Segment(
            id=f"s{n}", first=recording.uids[first], last=recording.uids[last], policy=policy,
            args=tuple(Argument(name=name, value=value, source="inferred") for name, value in args.items()),
        )
        for n, (first, last, policy, args) in enumerate(calls)
    ]  # fmt: skip
    made = make_tree("trip", 1, recording.uids, segments)
    scene = make_scene(recording.objective, recording.steps, recording.observation)
    return made, check(made, scene, WEB, replayed)


def failed(recording, *calls, **more):
    return {(one.check, one.said) for one in found(recording, *calls, **more)[1] if not one.holds}


def test_what_is_as_recorded_passes_every_check():
    """Grounding, after-state and round trip hold for a text and a day in two ways of writing."""
    calls = (
        (0, 0, "fill_text", {"field": "From", "text": "Oslo"}),
        (1, 1, "choose_date", {"field": "When", "date": "3 May 2026"}),
    )
    _, findings = found(trip(), *calls)
    assert {one.check for one in findings} == {"grounding", "after_state", "round_trip"}
    assert len(findings) == 6
    assert all(one.holds for one in findings)


@pytest.mark.parametrize(
    ("args", "check_name", "said"),
    [
        ({"field": "From", "text": "Bergen"}, "grounding", "‘Bergen’ for text stands nowhere in the recording"),
        ({"field": "From", "text": "Bergen"}, "round_trip", "‘Oslo’ was entered, which the call does not say"),
        ({"field": "When", "text": "Oslo"}, "round_trip", "none of its steps is about ‘When’"),
    ],
)
def test_a_wrong_call_is_found_out(args, check_name, said):
    """A value from nowhere, a value that was not entered, an element nobody touched."""
    assert (check_name, said) in failed(trip(), (0, 0, "fill_text", args))


def test_a_field_that_shows_something_else_is_said():
    """The page did not take what was typed."""
    call = (0, 0, "fill_text", {"field": "From", "text": "Oslo"})
    assert failed(trip("Oslo"), call) == set()
    assert ("after_state", "‘From’ shows ‘Rome’ after it, ‘Oslo’ was entered") in failed(trip("Rome"), call)
    assert failed(trip("Oslo Central"), call) == set()


def test_what_a_replay_met_is_told_of_the_call():
    """One step that failed speaks against its call; all done again speaks for it; half known says nothing."""
    recording, call = trip(), (0, 1, "fill_form", {"fields": "From: Oslo; When: 3 May 2026"})
    first, second = recording.uids[:2]
    assert ("replay", "step 2 could not be done again: gone") in failed(
        recording, call, replayed={first: "", second: "gone"}
    )
    assert any(
        one.check == "replay" and one.holds for one in found(recording, call, replayed={first: "", second: ""})[1]
    )
    assert not any(one.check == "replay" for one in found(recording, call, replayed={first: ""})[1])


def test_a_proposed_policy_and_a_secret_are_checked_as_far_as_can_be():
    """No card, no round trip; a slot is not looked for."""
    _, findings = found(trip(), (0, 1, "proposed:travel", {"place": "Oslo"}))
    assert {one.check for one in findings} == {"grounding", "after_state"}
    scene = make_scene("Sign in", trip().steps, trip().observation)
    assert stands("{SECRET:password}", scene, 0, 1)
    assert not stands("Bergen, Oslo", scene, 0, 1)


def test_findings_are_kept_with_the_run_and_speak_only_of_calls_that_stand():
    """The desk checks what is proposed, model or rules; a call that was changed since has no finding any more."""
    recording, repository = trip("Rome"), LabelRepository(MemoryRows())
    desk = ReviewDesk(repository, WEB)
    run = desk.propose(RulesLabeller(), recording.episode, recording.steps, recording.observation)
    kept = repository.findings(run.episode)
    spoken = desk.spoken_against(run.tree)
    assert any("shows ‘Rome’" in said for reasons in spoken.values() for said in reasons)
    changed = [one.model_copy(update={"policy": "search"}) for one in run.tree.segments]
    assert against(make_tree("trip", 1, run.tree.uids, changed), kept) == {}
    assert repository.findings("another") == ()


def test_gold_labels_of_the_development_part_pass_nearly_all_checks():
    """What people say was done is hardly ever spoken against: fewer than three in a hundred."""
    every = []
    for one in demonstrations("development"):
        with EpisodeReader(one.path) as reader:
            scene = make_scene(reader.episode.objective, reader.steps(), reader.observation)
        every += check(tree(one.name, WEB), scene, WEB)
    assert len(every) > 300
    assert sum(not one.holds for one in every) < 0.03 * len(every)

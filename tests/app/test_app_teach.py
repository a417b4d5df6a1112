"""The Teach screen: what one can teach at, why not, and how far what was taught is."""

from __future__ import annotations

import time

import pytest

from flows.label import labels
from flows.progress import Stopped
from flows.record import taught
from flows.teach import teaching
from flows.teach.rehearsing import Difference
from labeling.errors import NothingAccepted
from tests.workspaces import add_demonstration, add_failed_run, signing_up, write
from traces.environment import View


def texts(page):
    return " ".join(one.value for one in (*page.caption, *page.markdown, *page.subheader))


def until(true, seconds=20.0):
    """Whether it becomes true in time."""
    end = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def step_of(parts, episode, number):
    with parts.episode(episode) as reader:
        return reader.steps()[number]


def teach(parts, failed, status="success"):
    """A demonstration that teaches at the run's second step."""
    step = step_of(parts, failed, 1)
    link = taught.Link(episode=failed, step=step.uid, seq=step.seq, frame=step.frame, policy="fill_text", done=1)
    demonstration = add_demonstration(parts, "demo1", task="desk:sign-up", seed=3, status=status)
    taught.keep(parts, demonstration, link, "ana")
    return demonstration, step.uid


def test_without_runs_it_says_what_to_do(open_page, parts):
    """Nothing failed yet: the way leads to Run."""
    page = open_page("teach")
    assert not page.exception
    assert "No failed run yet" in texts(page)
    assert any(one.label == "Run the agent" for one in page.button)


def test_without_a_step_it_lists_failed_runs(open_page, parts):
    """Each leads to Replay, where the step is chosen."""
    failed = add_failed_run(parts)
    page = open_page("teach")
    assert [one.key for one in page.button if str(one.key).startswith("open_")] == [f"open_{failed}"]
    assert [one.proto.label for one in page.get("page_link")] == ["1 failed run in all, by what went wrong"]


def test_a_step_is_shown_with_its_open_calls(open_page, parts):
    """Objective, what the step did, the calls around it, and the way back to its page."""
    failed = add_failed_run(parts)
    page = open_page("teach", episode=failed, step=step_of(parts, failed, 1).uid)
    assert not page.exception
    assert "fill_text [Username] [ana]" in texts(page)
    assert any(one.label == "Go back to this page and record" for one in page.button)


def test_what_cannot_be_taught_says_why(open_page, parts):
    """A demonstration is no run; a step that is not there is said to be missing."""
    page = open_page("teach", episode=add_demonstration(parts), step="demo1-0")
    assert "is a demonstration" in page.warning[0].value
    page = open_page("teach", episode=add_failed_run(parts), step="nowhere")
    assert "no step 'nowhere'" in page.warning[0].value


def test_what_was_shown_is_accepted_and_learned(open_page, parts):
    """Labels first; then a prompt set for the policies that are proposed; both ends of the link are in Replay."""
    failed = add_failed_run(parts)
    demonstration, uid = teach(parts, failed)
    page = open_page("teach", episode=failed, step=uid)
    assert "1 · Shown** [by a person]" in texts(page)
    assert "at step 2, in fill" in texts(page)
    page = next(one for one in page.button if one.label == "Accept as proposed").click().run()
    assert not page.exception
    assert "2 · Labelled" in texts(page)
    assert parts.tracks.all(demonstration)[0].settled
    assert "planner" in page.multiselect[0].value
    page = next(one for one in page.button if one.label == "Build the prompt set").click().run()
    assert not page.exception
    (made,) = parts.labels.prompt_sets()
    assert {one.episode for one in made.examples} == {demonstration}
    assert made.id in texts(page)
    assert any(one.label == f"Run seed 3 again with {made.id}" for one in page.button)
    page = page.multiselect[0].set_value(["planner"]).run()
    page = next(one for one in page.button if one.label == "Build another prompt set").click().run()
    newest = parts.labels.prompt_sets()[-1]
    assert any(one.label == f"Run seed 3 again with {newest.id}" for one in page.button)
    page = open_page("replay", episode=failed)
    assert "Taught" in texts(page)
    page = open_page("replay", episode=demonstration)
    assert f"step 2 of the run {failed}" in texts(page)


@pytest.mark.parametrize("status", ["stopped", "failed", "unsure"])
def test_what_was_not_done_to_the_end_is_no_lesson(open_page, parts, status):
    """It says so at once instead of after its labels: what was shown is kept, and is to be shown again."""
    failed = add_failed_run(parts)
    demonstration, uid = teach(parts, failed, status)
    page = open_page("teach", episode=failed, step=uid)
    assert not page.exception
    assert f"It ended as {status}, and only what was done to the end is learned from" in texts(page)
    assert f"label?episode={demonstration}" in texts(page)
    assert [one.label for one in page.button] == ["Go back to this page and record", "Go on with it"]
    labels.accept(parts, demonstration, "ana")
    with pytest.raises(NothingAccepted, match=f"ended as {status}.* Nothing was built. Show it again"):
        teaching.extend(parts, demonstration, None, "ana")


def test_a_run_from_elsewhere_is_taught_without_its_prompt_set(open_page, parts):
    """Its examples are not here: the new prompt set holds what was shown alone."""
    failed = add_failed_run(parts, prompt_set="ps-elsewhere")
    demonstration, uid = teach(parts, failed)
    labels.accept(parts, demonstration, "ana")
    page = open_page("teach", episode=failed, step=uid)
    assert not page.exception
    page = next(one for one in page.button if one.label == "Build the prompt set").click().run()
    assert not page.exception
    (made,) = parts.labels.prompt_sets()
    assert ({one.episode for one in made.examples}, made.parent) == ({demonstration}, None)


@pytest.mark.parametrize("choice", ["on", "here", "stop"])
def test_where_a_page_differs_the_person_is_asked(open_page, parts, monkeypatch, choice):
    """What differs, why, and a button for each choice; without an earlier page one cannot go back."""
    failed, decided = add_failed_run(parts), []
    step = step_of(parts, failed, 1)
    with parts.episode(failed) as reader:
        seen = View(reader.observation(step.observation_before), None)
    found = Difference(step.uid, step.seq, ("- heading 'Old'", "+ heading 'New'"), seen, seen, "", False)

    def begin(_parts, _tasks, _asked, _owner, _author, decide, _report, _stop):
        decided.append(decide(found))
        raise Stopped

    monkeypatch.setattr(teaching, "begin", begin)
    page = open_page("teach", episode=failed, step=step.uid)
    page = next(one for one in page.button if one.label == "Go back to this page and record").click().run()
    assert until(lambda: any("not as it was" in one.value for one in page.run().warning))
    assert not page.exception
    assert "+ heading 'New'" in page.code[0].value
    assert page.button(key="differs_back").disabled
    page.button(key=f"differs_{choice}").click().run()
    assert until(lambda: decided == [choice])
    assert until(lambda: any(one.label == "Go back to this page and record" for one in page.run().button))


def test_a_recording_that_was_deleted_is_forgotten(open_page, parts):
    """A link to nothing is no lesson."""
    failed = add_failed_run(parts)
    demonstration, uid = teach(parts, failed)
    parts.episodes.remove(demonstration)
    page = open_page("teach", episode=failed, step=uid)
    assert not page.exception
    assert "Shown" not in texts(page)
    assert taught.by(parts, failed) == ()


def test_what_a_script_played_is_tried_again_by_a_model_that_learns(open_page, parts):
    """The run's own model cannot be taught, so another is chosen; what was tried can be tried once more."""
    failed = add_failed_run(parts)
    demonstration, uid = teach(parts, failed)
    labels.accept(parts, demonstration, "ana")
    made = teaching.extend(parts, demonstration, None, "ana")
    page = open_page("teach", episode=failed, step=uid)
    assert not page.exception
    (who,) = [one for one in page.selectbox if one.label == "Who tries again"]
    assert who.value == "demos"
    assert not any(option.startswith("scripted") for option in who.options)
    assert any(one.label == f"Run seed 3 again with {made.id}" for one in page.button)


def test_a_run_that_was_deleted_leaves_what_was_shown(open_page, parts):
    """The lesson is kept, said to be so, and leads to its labels; in Replay it says that its run is gone."""
    failed = add_failed_run(parts)
    demonstration, uid = teach(parts, failed)
    parts.episodes.remove(failed)
    page = open_page("teach", episode=failed, step=uid)
    assert not page.exception
    assert failed in page.warning[0].value
    assert "What was shown at this run is kept" in texts(page)
    assert f"label?episode={demonstration}" in texts(page)
    page = open_page("replay", episode=demonstration)
    assert not page.exception
    assert "which was deleted" in texts(page)


def test_a_recording_whose_app_died_is_sealed_here(open_page, parts):
    """What was recorded before the app ended is kept, and said to be no lesson as it is."""
    failed = add_failed_run(parts)
    step = step_of(parts, failed, 1)
    write(parts.workspace.episodes_dir, signing_up("half", task="desk:sign-up", seed=3), seal=False)
    link = taught.Link(episode=failed, step=step.uid, seq=step.seq, frame=step.frame, policy="fill_text", done=1)
    taught.keep(parts, "half", link, "ana")
    page = open_page("teach", episode=failed, step=step.uid)
    assert "It was interrupted" in texts(page)
    page = next(one for one in page.button if one.label == "Seal it").click().run()
    assert not page.exception
    assert "It ended as stopped" in texts(page)
    with parts.episode("half") as reader:
        assert reader.sealed
        assert len(reader.steps()) == 4


def test_the_link_is_shown_at_all_ends(open_page, parts):
    """Label and the prompt set lead to the run; Compare says what was shown between the two tries."""
    failed = add_failed_run(parts)
    demonstration, uid = teach(parts, failed)
    labels.accept(parts, demonstration, "ana")
    made = teaching.extend(parts, demonstration, None, "ana")
    second = add_failed_run(parts, "run-0b")
    parts.episodes.catalogue.put(parts.episodes.catalogue.get(second) | {"prompt_set": made.id})
    assert f"step 2 of the run {failed}" in texts(open_page("label", episode=demonstration))
    page = open_page("prompts", set=made.id)
    page = page.button_group(key="prompts_view").set_value("Made from, used by").run()
    assert f"step 2 of the run {failed}" in texts(page)
    told = texts(open_page("compare", a=failed, b=second))
    assert "Between them a person showed" in told
    assert made.id in told

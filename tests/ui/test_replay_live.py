"""An episode that another process is writing, watched in the replay component: tail, heartbeat, following, death."""

import re

import pytest
from playwright.sync_api import expect

from tests.writer_process import WriterProcess
from traces.frames import build_frames
from traces.model import Episode, Step
from traces.writer import EpisodeWriter

pytestmark = pytest.mark.browser


def number(replay, text):
    expect(replay.page.locator(".replay .number")).to_have_text(text)


@pytest.fixture(name="writer")
def writer_fixture(shelf, request):
    with WriterProcess(shelf.folder, request.node.name[:60], 8) as writer:
        writer.episode = request.node.name[:60]
        yield writer


def test_a_run_is_followed_until_one_moves_away(replay, writer):
    """It opens at its end and goes along; whoever steps back is left there, and one press goes along again."""
    replay.open(writer.episode).ready()
    number(replay, "step 8 / 8")
    writer.more(2)
    number(replay, "step 10 / 10")
    replay.press("ArrowLeft")
    follow = replay.page.get_by_role("button", name="↓ follow", exact=True)
    expect(follow).to_have_attribute("aria-pressed", "false")
    writer.more(2)
    number(replay, "step 9 / 12")
    follow.click()
    number(replay, "step 12 / 12")
    writer.more(1)
    number(replay, "step 13 / 13")
    expect(replay.page.get_by_role("button", name="↓ following")).to_have_attribute("aria-pressed", "true")


def test_a_thumbnail_that_is_not_written_yet_comes_later(replay, writer):
    """Pictures are packed behind the steps: a place on the film strip that was empty is filled when the run goes on."""
    asked = []

    def late(route):
        asked.append(route.request.url)
        if len(asked) == 1:
            return route.fulfill(status=404, json={"message": "There is no such picture."})
        return route.continue_()

    replay.page.route("**/thumbs/*", late)
    with replay.page.expect_response(lambda answer: "/thumbs/" in answer.url and answer.status == 404):
        replay.open(writer.episode).ready()
    with replay.page.expect_response(lambda answer: answer.url == asked[0] and answer.ok):
        writer.more(1)
    number(replay, "step 9 / 9")


def test_only_what_is_new_is_asked_for(replay, writer):
    """After the first skeleton tails alone are read, each no longer than what it brings; all fit together."""
    asked, sizes = [], []

    def note(answer):
        path = answer.url.partition("/episodes/")[2]
        if "/skeleton" in path or "/tail" in path:
            asked.append("skeleton" if "/skeleton" in path else "tail")
            sizes.append(len(answer.json()["steps"]["uid"]))

    replay.page.on("response", note)
    replay.open(writer.episode).ready()
    for total in range(9, 15):
        writer.more(1)
        number(replay, f"step {total} / {total}")
    assert asked[0] == "skeleton"
    assert set(asked[1:]) == {"tail"}
    assert max(sizes[1:]) <= 3
    shown = replay.page.get_by_role("treeitem").all_inner_texts()
    tip = replay.page.get_by_role("slider").get_attribute("aria-valuetext")
    replay.open(writer.episode, step="s00013").ready()
    assert replay.page.get_by_role("treeitem").all_inner_texts() == shown
    assert replay.page.get_by_role("slider").get_attribute("aria-valuetext") == tip


def test_a_planner_that_calls_nobody_spans_all_its_steps(replay, shelf):
    """Its call was written when there was no step yet; it reaches from the first to the newest."""
    header = Episode(id="alone", actor="agent", objective="Look around")
    with EpisodeWriter.create(shelf.folder, header) as writer:
        writer.put_frames(build_frames([], header.objective))

        def act(seq):
            writer.append(
                Step(uid=f"u{seq}", seq=seq, kind="act", action=f"press [{seq}]", frame="f0", started=seq, ended=seq)
            )
            writer.flush()

        for seq in range(3):
            act(seq)
        replay.open("alone")
        planner = replay.page.get_by_role("treeitem")
        expect(planner).to_have_accessible_name(re.compile("3 steps"))
        act(3)
        number(replay, "step 4 / 4")
        expect(planner).to_have_accessible_name(re.compile("4 steps"))


def test_the_last_sign_is_told_and_a_killed_run_is_shown_as_dead(replay, writer):
    """The heading counts since the last sign; kill -9 of the writer is shown without a reload, and what there is."""
    replay.open(writer.episode).ready()
    expect(replay.page.locator("header")).to_contain_text("● running")
    expect(replay.page.locator(".sign")).to_have_text(re.compile(r"last sign \d+ s ago"))
    writer.more(1)
    writer.kill()
    expect(replay.page.locator("header")).to_contain_text("‖ interrupted")
    number(replay, "step 9 / 9")
    expect(replay.page.locator(".toasts")).to_contain_text("will not go on. 9 steps are kept")
    expect(replay.page.locator(".live")).to_be_hidden()
    replay.press("ArrowLeft")
    number(replay, "step 8 / 9")
    assert replay.page.get_by_role("treeitem").first.inner_text().split() == ["▾", "planner", "9"]


def test_a_run_that_ends_in_order_says_how(replay, writer):
    """Its status, its end and its last steps appear by themselves."""
    replay.open(writer.episode, step="s00003").ready()
    number(replay, "step 4 / 8")
    writer.more(3)
    writer.seal()
    expect(replay.page.locator("header")).to_contain_text("failed · step limit")
    number(replay, "step 4 / 11")


def test_steps_said_anew_are_shown_as_they_are_now(replay, writer):
    """Where the server's last step is another one, everything is read again instead of being put together wrongly."""

    def tampered(route):
        answer = route.fetch()
        body = answer.json()
        body["steps"]["uid"][0] = "another"
        route.fulfill(response=answer, json=body)

    skeletons = []
    replay.page.on("response", lambda answer: skeletons.append(answer.url) if "/skeleton" in answer.url else None)
    replay.page.route("**/tail*", tampered, times=1)
    replay.open(writer.episode).ready()
    writer.more(1)
    number(replay, "step 9 / 9")
    assert len(skeletons) == 2

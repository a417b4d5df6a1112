"""What there is room for in Replay: long objectives, deep stacks, no step at all; and that panes stay as chosen."""

import pytest
from playwright.sync_api import expect

from traces.frames import build_frames
from traces.model import Episode, Step
from traces.writer import EpisodeWriter

pytestmark = pytest.mark.browser

DEEP = 60


def write_run(folder, episode_id, steps, objective="Look around"):
    """A failed run without pictures, its calls as its steps say."""
    with EpisodeWriter.create(folder, Episode(id=episode_id, actor="agent", objective=objective)) as writer:
        for step in steps:
            writer.append(step)
        writer.put_frames(build_frames(steps, objective))
        writer.seal(status="failed", n_steps=len(steps))


def acts(*told):
    """(kind, action) one after the other as steps."""
    return [
        Step(uid=f"u{seq}", seq=seq, kind=kind, action=action, started=seq * 10, ended=seq * 10 + 5)
        for seq, (kind, action) in enumerate(told)
    ]


def height(part):
    return part.bounding_box()["height"]


def test_an_objective_is_read_beside_the_buttons_and_unfolded(replay, shelf):
    """In a window of 1,280 px two lines of it are there; a press shows the whole, another folds it again."""
    objective = "Book the cheapest flight to Reading with two bags. " * 12
    write_run(shelf.folder, "wordy", acts(("act", "click [1]")), objective)
    replay.page.set_viewport_size({"width": 1044, "height": 720})
    replay.open("wordy").ready()
    heading, more = (
        replay.page.get_by_role("heading", level=1),
        replay.page.get_by_role("button", name="Whole objective"),
    )
    assert heading.bounding_box()["width"] > 500
    folded = height(heading)
    assert folded > 40
    more.click()
    expect(more).to_have_attribute("aria-expanded", "true")
    assert height(heading) > 2 * folded
    assert heading.evaluate("(h1) => h1.scrollHeight <= h1.clientHeight")
    more.click()
    assert height(heading) == folded


def test_an_objective_of_megabytes_is_shown_by_its_beginning(replay, shelf):
    """A file from elsewhere may have one; laid out whole it would stop the page for minutes."""
    write_run(shelf.folder, "endless", acts(("act", "click [1]")), "word " * 600_000)
    replay.open("endless").ready()
    heading = replay.page.get_by_role("heading", level=1)
    folded = heading.inner_text()
    replay.page.get_by_role("button", name="Whole objective").click()
    assert 500 < len(folded) < len(heading.inner_text()) < 30_000


def test_sixty_calls_in_calls_leave_room_for_the_page(replay, shelf):
    """The stack stays low, the panes stay usable, and of the open calls the middle is told by its number."""
    inwards = [
        one
        for n in range(DEEP)
        for one in (("push", f"policy_of_a_long_name_{n} [argument {n}]"), ("act", "click [1]"))
    ]
    write_run(shelf.folder, "deep", acts(*inwards, *[("pop", "stop [done]")] * DEEP))
    replay.page.set_viewport_size({"width": 1252, "height": 720})
    replay.open("deep", step=f"u{2 * DEEP - 1}").ready()
    assert height(replay.page.locator("section.stack")) < 330
    assert height(replay.page.locator("section.page")) >= 260
    crumbs = replay.page.get_by_role("navigation", name="Open calls").get_by_role("listitem")
    expect(crumbs).to_have_count(6)
    expect(replay.page.locator(".action")).to_be_in_viewport()
    crumbs.get_by_role("button", name=f"… {DEEP - 4} more").press("Enter")
    expect(crumbs).to_have_count(DEEP + 1)
    rows = [row.bounding_box()["x"] for row in replay.page.get_by_role("treeitem").locator(".name").all()[-2:]]
    assert rows[0] < rows[1] < rows[0] + 14


def test_without_a_step_only_what_is_said_is_shown(replay, shelf):
    """No empty timeline, picture or player; the heading and the notes are there."""
    write_run(shelf.folder, "stepless", [])
    replay.open("stepless")
    expect(replay.page.locator(".reading")).to_have_text("This episode ended before its first step.")
    expect(replay.page.get_by_role("slider")).to_be_hidden()
    expect(replay.page.get_by_role("button", name="Play")).to_be_hidden()
    expect(replay.page.get_by_role("tab", name="Notes")).to_be_visible()


def test_tabs_and_axis_stay_as_chosen(replay, shelf):
    """After a reload and in the next episode one looks at the same panes; what is not there is not chosen."""
    replay.open(step="s00013").ready()
    for name in ("Steps", "Diff", "Prompt"):
        replay.page.get_by_role("tab", name=name).click()
    replay.page.locator("[data-axis=tokens]").click()
    replay.page.reload()
    replay.ready()
    for name in ("Steps", "Diff", "Prompt"):
        expect(replay.page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    expect(replay.page.locator("[data-axis=tokens]")).to_have_attribute("aria-pressed", "true")
    expect(replay.page.get_by_role("listbox", name="Steps")).to_be_visible()
    expect(replay.page.get_by_role("img", name="After")).to_be_visible()

    write_run(shelf.folder, "tokenless", acts(("act", "click [1]")))
    replay.open("tokenless").ready()
    expect(replay.page.get_by_role("tab", name="Prompt")).to_have_attribute("aria-selected", "true")
    expect(replay.page.locator("[data-axis=step]")).to_have_attribute("aria-pressed", "true")

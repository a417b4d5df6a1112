"""The Label board among several people: other labels as lanes, blind, gold, notes, history, queue, keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from labeling.label_sets import make_run
from labeling.tree import make_tree
from tests.ui_label.label_shelf import LabelShelf, proposed
from tests.ui_label.test_label_board import bar, call, decided, stored

pytestmark = pytest.mark.browser


def finished(shelf: LabelShelf, who: str, *gestures: tuple[str, dict]) -> None:
    """Somebody's labels of the demonstration: all accepted, then those gestures."""
    desk = shelf.desk()
    state = desk.accept_all(desk.begin(shelf.labels.runs("demo1")[-1], who, who), who)
    for op, payload in gestures:
        state = desk.do(state, op, payload, who)


def bob(shelf: LabelShelf) -> None:
    """Bob sees the second text and the date otherwise."""
    finished(
        shelf,
        "Bob",
        ("relabel", {"segment": "to", "policy": "search"}),
        ("move_boundary", {"segment": "date", "edge": "end", "to": "demo1-3"}),
    )


def test_going_from_difference_to_difference_and_taking_one_over(
    opened: Callable[[str], Page], shelf: LabelShelf
) -> None:
    """D goes to the next place where somebody sees it otherwise, T takes it over in one gesture, U takes that back."""
    bob(shelf)
    page = opened("?episode=demo1")
    decided(page, "0 of 4 calls decided")
    expect(page.locator(".lane-name")).to_contain_text(["rules · no difference", "Bob · 2 differences"])
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("Home")
    page.locator(".thumb").nth(0).click()
    page.keyboard.press("d")
    card = page.locator("[data-part=difference]")
    expect(card).to_contain_text("Bob has another policy: search [] step 2")
    page.keyboard.press("t")
    expect(bar(page, "search")).to_be_visible()
    assert stored(shelf) == ["take"]
    assert (call(shelf, "to").policy, call(shelf, "to").state) == ("search", "edited")
    page.keyboard.press("d")
    page.keyboard.press("Shift+d")
    page.keyboard.press("d")
    page.keyboard.press("u")
    expect(bar(page, "search")).to_have_count(0)
    assert stored(shelf) == ["take", "undo"]


def test_a_click_on_a_lane_that_differs_goes_there(opened: Callable[[str], Page], shelf: LabelShelf) -> None:
    """The piece is marked as the one looked at, and the card says what is other."""
    bob(shelf)
    page = opened("?episode=demo1")
    page.locator(".lane.differs").first.click()
    expect(page.locator("[data-part=difference]")).to_contain_text("Bob has")
    expect(page.locator(".lane.here")).to_have_count(1)


def test_labelling_blind(opened: Callable[[str], Page], shelf: LabelShelf) -> None:
    """Nothing proposed is shown; steps are marked and named by keys; Enter hands them in, and the lanes appear."""
    shelf.add("demo2", number=1)
    page = opened("?episode=demo2")
    decided(page, "0 of 4 calls decided")
    page.get_by_role("button", name="Blind", exact=True).click()
    page.get_by_role("button", name="Open new demonstrations blind").click()
    page.get_by_role("button", name=re.compile("4 left")).last.click()
    expect(page.locator("[data-part=track]")).to_have_text("blind: no proposal shown")
    expect(page.locator("button.bar")).to_have_count(0)
    expect(page.locator(".lane")).to_have_count(0)
    expect(page.locator(".pane").nth(1)).to_contain_text("The planner's own steps")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("Shift+Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    decided(page, "1 of 1 call decided")
    assert [event.op for event in shelf.labels.events("demo1", "blind:me")] == ["adopt", "wrap"]
    page.keyboard.press("Enter")
    expect(page.locator(".lane-name")).to_contain_text(["rules"])
    assert [event.op for event in shelf.labels.events("demo1", "blind:me")][-1] == "hand_in"
    first = shelf.desk().open("demo1", "me").tree.segments[0]
    assert (first.first, first.last) == ("demo1-0", "demo1-1")


def test_two_tracks_are_brought_together_by_keys(opened: Callable[[str], Page], shelf: LabelShelf) -> None:
    """Left, right and one's own way are a key each; when all is settled, Enter freezes the gold track."""
    bob(shelf)
    finished(shelf, "me")
    page = opened("?episode=demo1")
    page.get_by_role("button", name="bring together").click()
    form = page.get_by_role("dialog", name="Bring two people’s labels together")
    form.get_by_label("left").select_option("me")
    form.get_by_label("right").select_option("Bob")
    form.get_by_role("button", name="Begin").click()
    expect(page.locator("[data-part=track]")).to_have_text("gold of me and Bob · 0 of 2 differences settled")
    card = page.locator("[data-part=difference]")
    expect(card).to_contain_text("Difference 1 of 2")
    page.keyboard.press("]")
    expect(card).to_contain_text("Difference 2 of 2")
    expect(bar(page, "search")).to_be_visible()
    page.keyboard.press("[")
    expect(page.locator("[data-part=track]")).to_contain_text("2 of 2 differences settled")
    page.keyboard.press("u")
    expect(page.locator("[data-part=track]")).to_contain_text("1 of 2 differences settled")
    page.keyboard.press("o")
    expect(page.locator("[data-part=track]")).to_contain_text("2 of 2 differences settled")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="All calls are decided")).to_be_visible()
    label_set = shelf.labels.label_set("latest")
    assert (label_set.kind, {s.id: s.policy for s in label_set.trees[0].segments}["to"]) == ("gold", "search")


def test_a_note_on_a_step(board: Page, shelf: LabelShelf) -> None:
    """N writes it down, the step says so; emptied it is gone."""
    board.keyboard.press("n")
    board.get_by_label("note", exact=True).fill("the wrong month first")
    board.keyboard.press("Enter")
    expect(board.locator(".thumb").nth(2)).to_have_text(re.compile("note: the wrong month first"))
    expect(board.locator(".step-line").first).to_contain_text("the wrong month first")
    assert shelf.desk().open("demo1", "me").labels.notes == {"demo1-2": "the wrong month first"}
    board.keyboard.press("n")
    board.get_by_label("note", exact=True).fill("")
    board.keyboard.press("Enter")
    expect(board.locator(".noted")).to_have_count(0)


def test_the_history_leads_back_to_any_change(board: Page, shelf: LabelShelf) -> None:
    """H lists every change in words; going back is one gesture, and U takes it back."""
    for key in "axa":
        board.keyboard.press(key)
    decided(board, "3 of 4 calls decided")
    board.keyboard.press("h")
    sheet = board.get_by_role("dialog", name="History of me")
    expect(sheet.get_by_role("listitem")).to_have_count(4)
    expect(sheet.get_by_role("listitem").last).to_contain_text("began with 4 calls of rules")
    sheet.get_by_role("button", name="Go back to change 2").click()
    decided(board, "1 of 4 calls decided")
    board.keyboard.press("u")
    decided(board, "3 of 4 calls decided")
    assert stored(shelf) == ["accept", "reject", "accept", "restore", "undo"]


def test_a_conflict_says_what_was_not_saved_and_shows_what_was_changed(
    board: Page, opened: Callable[[str], Page], shelf: LabelShelf
) -> None:
    """The slower tab names its gesture, shows the newest state and its history; then it can go on."""
    other = opened("?episode=demo1")
    decided(other, "0 of 4 calls decided")
    board.keyboard.press("a")
    decided(board, "1 of 4 calls decided")
    other.keyboard.press("x")
    alert = other.get_by_role("alert")
    expect(alert).to_contain_text("“Rejected choose_date”) was not saved, and nothing was overwritten")
    alert.get_by_role("button", name="What was changed").click()
    expect(other.get_by_role("dialog", name="History of me")).to_contain_text("accepted ‘choose_date")
    other.keyboard.press("Escape")
    for _ in range(2):
        other.keyboard.press("a")
    decided(other, "2 of 4 calls decided")
    assert stored(shelf) == ["accept", "accept"]


def test_the_queue_is_filtered_by_whose_turn_it_is(opened: Callable[[str], Page], shelf: LabelShelf) -> None:
    """Mine, new and decided ones apart; J and K walk through what is shown."""
    shelf.add("demo2", number=1)
    shelf.add("demo3", number=2)
    desk = shelf.desk()
    desk.accept_all(desk.begin(shelf.labels.runs("demo3")[-1], "Bob", "Bob"), "Bob")
    desk.begin(shelf.labels.runs("demo1")[-1], "me", "me")
    page = opened("?episode=demo1")
    side = page.locator(".pane").nth(2)
    expect(side).to_contain_text("2 to review")
    lines = side.locator("button.item")
    expect(lines).to_have_count(2)
    side.get_by_role("button", name="Decided 1").click()
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("decided by Bob")
    side.get_by_role("button", name="New 1").click()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("j")
    page.wait_for_function("window.reports.at(-1)?.[1] === 'demo2'")


def test_a_proposed_policy_is_shown_as_such(opened: Callable[[str], Page], shelf: LabelShelf) -> None:
    """It cannot be accepted; a number names the call by a policy there is."""
    calls = [s.model_copy(update={"policy": "proposed:pick_city"}) if s.id == "from" else s for s in proposed("demo1")]
    uids = [f"demo1-{n}" for n in range(6)]
    shelf.labels.add_run(make_run(make_tree("demo1", 1, uids, calls), labeller="llm", policy_set="web", created=2.0))
    page = opened("?episode=demo1")
    bar(page, "proposed:pick_city").click()
    expect(page.locator(".pane").nth(1)).to_contain_text("proposes a new one, “pick_city”")
    expect(page.get_by_role("button", name="Accept A")).to_be_disabled()
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="Accept A")).to_be_enabled()
    assert call(shelf, "from").state == "edited"


def test_thirty_calls_by_keyboard_alone(opened: Callable[[str], Page], shelf: LabelShelf) -> None:
    """Accept, name, split, merge, move, reject, wrap, edit, undo and finish thirty calls without the mouse."""
    shelf.add_long("long", 30)
    page = opened("?episode=long")
    decided(page, "0 of 30 calls decided")
    page.keyboard.press("a")
    decided(page, "1 of 30 calls decided")
    page.keyboard.press("2")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("s")
    decided(page, "3 of 31 calls decided")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("m")
    decided(page, "2 of 30 calls decided")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("u")
    page.keyboard.press("e")
    expect(page.locator("form.edit input").first).to_be_focused()
    page.keyboard.type("by hand")
    page.keyboard.press("Enter")
    page.keyboard.press("v")
    expect(page.get_by_label("returns", exact=True)).to_be_focused()
    page.keyboard.type("done")
    page.keyboard.press("Enter")
    page.keyboard.press("a")
    page.keyboard.press("x")
    page.keyboard.press("w")
    expect(page.get_by_role("dialog", name="Wrap steps in a call")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Wrap steps in a call")).to_have_count(0)
    page.keyboard.press("b")
    expect(page.get_by_label("confidence at least")).to_be_focused()
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Finish ⏎")).to_be_enabled()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="All calls are decided")).to_be_visible()
    assert {"accept", "relabel", "split", "merge", "move_boundary", "undo", "set_args", "set_returns", "reject", "wrap",
            "bulk_accept"} == {event.op for event in shelf.labels.events("long", "me")[1:]}  # fmt: skip
    assert shelf.labels.label_set("latest").trees[0].episode == "long"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_violation_among_several_people(
    opened: Callable[[str], Page], shelf: LabelShelf, theme: str
) -> None:
    """axe finds nothing serious with lanes, a difference, the history, the blind sheet and a gold track."""
    bob(shelf)
    finished(shelf, "me")
    page = opened(f"?episode=demo1&{theme}")
    decided(page, "4 of 4 calls decided")

    def check() -> None:
        serious = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
        assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in serious] == []

    page.keyboard.press("d")
    check()
    page.keyboard.press("h")
    expect(page.get_by_role("dialog")).to_be_visible()
    check()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Blind", exact=True).click()
    check()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="bring together").click()
    check()
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("[data-part=track]")).to_be_visible()
    check()

"""The Label board with a calibrated labeller, and with calls that were accepted automatically or wait as an audit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from analysis.calibrating import fit
from labeling.calibration import Judged
from tests.ui_label.label_shelf import LabelShelf

pytestmark = pytest.mark.browser


def calibrate(shelf: LabelShelf) -> float:
    """Reviews in which the rules were right half as often as they said; what .95 is worth then."""
    judged = [
        Judged(episode=f"e{n // 5}", segment=f"s{n}", confidence=(0.95, 0.58)[n % 2], right=n % 4 == 0)
        for n in range(200)
    ]
    made = shelf.labels.add_calibration(fit("rules", judged, 2.0))
    return made.of(0.95)


def auto_accept(shelf: LabelShelf) -> None:
    """The form and the first text taken without a look, the second text drawn as an audit."""
    desk, run = shelf.desk(), shelf.labels.runs("demo1")[0]
    state = desk.begin(run, "me", "me")
    payload = {"segments": ["form", "from"], "audit": ["to"], "above": 0.8, "decision": "auto-1"}
    desk.do(state, "auto_accept", payload, "auto", "auto-1")


def test_a_calibrated_confidence_stands_beside_the_raw_one(shelf: LabelShelf, opened: Callable[..., Page]) -> None:
    """The chip shows both, and accepting what is sure goes by the calibrated one."""
    worth = calibrate(shelf)
    assert worth < 0.6
    board = opened()
    chip = board.locator(".pane").nth(1)
    expect(chip).to_contain_text("(.58 before calibration)")
    expect(chip).not_to_contain_text("uncalibrated")
    board.keyboard.press("b")
    form = board.get_by_role("dialog", name="Accept all calls the labeller is sure of")
    expect(form).to_contain_text("0 of 4 calls")
    form.get_by_label("confidence at least").fill(f"{worth - 0.005:.2f}")
    expect(form).to_contain_text("1 of 4 calls")
    board.keyboard.press("Enter")
    expect(board.locator("[data-part=decided]")).to_have_text("1 of 4 calls decided")
    assert shelf.labels.events("demo1", "me")[-1].payload["segments"] == ["from"]


def test_an_audit_comes_first_and_bulk_leaves_it_alone(shelf: LabelShelf, opened: Callable[..., Page]) -> None:
    """What was taken automatically says so, the audit says why it waits, B does not take it, A decides on it."""
    auto_accept(shelf)
    board = opened()
    expect(board.locator("[data-part=decided]")).to_have_text("2 of 4 calls decided")
    card = board.locator(".pane").nth(1)
    expect(card).to_contain_text("Why next: audit of automatic acceptance")
    expect(card.locator("[data-part=state]")).to_have_text("to audit")
    board.keyboard.press("b")
    form = board.get_by_role("dialog", name="Accept all calls the labeller is sure of")
    form.get_by_label("confidence at least").fill("0.5")
    expect(form).to_contain_text("1 of 1 calls")
    board.keyboard.press("Escape")
    board.keyboard.press("a")
    expect(board.locator("[data-part=decided]")).to_have_text("3 of 4 calls decided")
    states = {key: one.state for key, one in shelf.desk().open("demo1", "me").tree.by_id.items()}
    assert states == {"form": "auto_accepted", "from": "auto_accepted", "to": "accepted", "date": "pending"}


def test_an_automatic_acceptance_is_taken_back_by_one_key(shelf: LabelShelf, opened: Callable[..., Page]) -> None:
    """U takes all of it back, the audit too, and the history names who did it."""
    auto_accept(shelf)
    board = opened()
    expect(board.locator("[data-part=decided]")).to_have_text("2 of 4 calls decided")
    board.keyboard.press("u")
    expect(board.locator("[data-part=decided]")).to_have_text("0 of 4 calls decided")
    assert {one.state for one in shelf.desk().open("demo1", "me").tree.segments} == {"pending"}
    board.keyboard.press("h")
    expect(board.get_by_role("dialog")).to_contain_text("2 calls accepted automatically, 1 to audit")

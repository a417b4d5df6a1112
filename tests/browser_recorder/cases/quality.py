"""Cases of groups 46 to 48: the same again, played again, begun in the middle, begun anew, very long."""

from __future__ import annotations

from tests.browser_recorder.cases.model import Elsewhere, Row

QUALITY = "tests/browser_recorder/test_recording_quality.py"
TARGETS = "tests/browser_recorder/test_recording_targets.py"

ROWS: tuple[Row, ...] = (
    Elsewhere("46.twice", "the same gestures twice give equal steps", f"{QUALITY}::test_the_same_twice"),
    Elsewhere(
        "47.replay",
        "the demonstration played again ends in the same state",
        f"{QUALITY}::test_played_again_it_ends_in_the_same_state",
    ),
    Elsewhere(
        "47.randomised",
        "the same with ids and classes made anew",
        f"{TARGETS}::test_what_was_recorded_is_found_among_other_ids_classes_and_places",
    ),
    Elsewhere("48.mid-page", "a recording that begins in the middle of a page", f"{QUALITY}::test_begun_in_the_middle"),
    Elsewhere("48.again", "recording, stopping and recording again", f"{QUALITY}::test_begun_anew"),
    Elsewhere("48.long", "five hundred steps in one recording", f"{QUALITY}::test_five_hundred_steps"),
)

"""A person's chords: what they may be, whose they are, and that view and documentation agree on the usual ones."""

import re
from pathlib import Path

import pytest

from flows.record import chords
from flows.record.chords import DEFAULTS, BadChords, checked
from tools.source_files import ROOT
from ui.keys import keys_of
from ui.recording import key_sheet
from wiring import Parts


def test_the_usual_chords_hold_until_one_is_changed(parts):
    """Another chord for one command leaves the others as they were, and is found again by another process."""
    assert chords.load(parts, "ana") == dict(DEFAULTS)
    chords.save(parts, "ana", {**DEFAULTS, "note": "ctrl + shift + 7"})
    with_own = chords.load(parts, "ana")
    assert with_own == {**DEFAULTS, "note": "Control+Shift+7"}
    assert chords.save(parts, "ana", {"note": ""}) == dict(DEFAULTS)


def test_chords_are_a_persons_own(parts):
    """What one person sets changes nothing for another."""
    chords.save(parts, "ana", {"undo": "Alt+Shift+1"})
    assert chords.load(parts, "ben")["undo"] == DEFAULTS["undo"]
    assert chords.load(parts, "ana")["undo"] == "Alt+Shift+1"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"note": "Alt+Shift+U"}, "given to both ‘Take the last step back’ and ‘Note’"),
        ({"undo": "Alt+Shift+Y", "redo": "shift alt y"}, "given to both"),
        ({"note": "Control+Shift+T"}, "browsers keep it to themselves"),
        ({"redo": "Ctrl+Shift+Z"}, "the pages themselves use it"),
        ({"note": "N"}, "has to be Alt\\+Shift or Control\\+Shift"),
        ({"note": "Alt+N"}, "has to be"),
        ({"note": "Alt+Shift+Tab"}, "has to be"),
        ({"note": "Alt+Shift+Ä"}, "has to be"),
        ({"note": "Control+Alt+N"}, "has to be"),
        ({"fly": "Alt+Shift+F"}, "no command 'fly'"),
    ],
)
def test_what_cannot_be_a_chord_is_refused_in_words(parts, given, told):
    """One message says which and why, and that nothing was saved; nothing was."""
    with pytest.raises(BadChords, match=told) as refused:
        chords.save(parts, "ana", given)
    assert "Nothing was saved" in str(refused.value)
    assert chords.load(parts, "ana") == dict(DEFAULTS)


def test_two_commands_can_change_places():
    """A conflict is judged by what will be, not by what was."""
    swapped = checked({"undo": DEFAULTS["redo"], "redo": DEFAULTS["undo"]})
    assert (swapped["undo"], swapped["redo"]) == (DEFAULTS["redo"], DEFAULTS["undo"])


def test_chords_that_became_unfit_give_way_to_the_usual_ones(parts: Parts):
    """A workspace whose settings do not fit any more opens all the same."""
    parts.workspace.put("setting", "chords:ana", {"note": "Control+Shift+T", "gone": "x"})
    assert chords.load(parts, "ana") == dict(DEFAULTS)


def test_view_and_documentation_have_the_same_chords():
    """The defaults of the view's script are these; docs/keys.md lists each once, and the sheet is made from it."""
    script = (Path(ROOT) / "ui/components/live/chords.js").read_text(encoding="utf-8")
    block = re.search(r"const CHORDS = \{(.*?)\};", script, re.DOTALL)
    assert block
    assert dict(re.findall(r'(\w+): "([^"]+)"', block[1])) == dict(DEFAULTS)
    assert sorted(keys[0].replace(" ", "+") for keys, _ in keys_of("Record")) == sorted(DEFAULTS.values())
    assert {name for name, _ in key_sheet()} == set(DEFAULTS)

"""Every page opens: on an empty workspace it says what to do, on a filled one it shows what is there."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from flows.label import labels
from flows.prompt import prompts
from store.errors import NotAnEpisode
from tests.app.reading import as_read
from tests.workspaces import add_demonstration, add_failed_run
from tools.source_files import ROOT

pytestmark = pytest.mark.app

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("[a-z]*.py"))
EMPTY = {
    "home": "Nothing recorded yet",
    "prompts": "No prompt sets yet",
    "run": "Nothing to run with yet",
    "labelling": "Nothing to label yet",
    "episodes": "No episodes yet",
    "replay": "No episodes yet",
    "compare": "Nothing to compare yet",
    "failures": "No runs yet",
    "stacks": "No stacks yet",
}
"""What the pages say that have nothing to show; the others have something to do without any episode."""


@pytest.fixture(name="filled")
def filled_fixture(parts):
    """Two labelled demonstrations, a prompt set and a failed run."""
    for episode, name in (("demo1", "ana"), ("demo2", "bob")):
        labels.accept(parts, add_demonstration(parts, episode, name), "me")
    prompts.build(parts)
    add_failed_run(parts)
    return parts


def shown(page: AppTest) -> str:
    """Everything a person can read on the page."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error")
    texts = [str(element.value) for kind in kinds for element in getattr(page, kind)]
    return "\n".join([*texts, *(button.label for button in page.button)])


@pytest.mark.parametrize("stem", PAGES)
def test_a_page_opens_on_an_empty_workspace(open_page, stem):
    """No exception and no error; where there is nothing to show the page says what to do."""
    page = open_page(stem)
    assert not page.exception
    assert not page.error
    if stem in EMPTY:
        assert EMPTY[stem] in [heading.value for heading in page.subheader]
        assert page.button or page.get("page_link")
    elif stem != "label":
        assert page.title


@pytest.mark.parametrize("stem", ["home", "episodes", "replay", "failures"])
def test_who_has_runs_of_other_programs_is_led_to_import(open_page, stem):
    """The way in is on every empty screen that runs would fill, and it opens on the right tab."""
    assert "Import runs of other programs" in [one.label for one in open_page(stem).button]
    assert open_page("transfer", tab="Import").file_uploader(key="import_files")


@pytest.mark.parametrize("stem", PAGES)
def test_a_page_opens_on_a_filled_workspace(open_page, filled, stem):
    """No exception, no error, no empty state."""
    page = open_page(stem)
    assert not page.exception
    assert not page.error
    assert stem not in EMPTY or EMPTY[stem] not in shown(page)


@pytest.mark.parametrize("stem", PAGES)
@pytest.mark.parametrize("trouble", ["rubbish", "a file"])
def test_an_unreadable_workspace_is_one_clear_message(open_page, home, stem, trouble):
    """Whatever page is asked for: what happened, that nothing was changed, what to do; no traceback, nothing else."""
    if trouble == "a file":
        home.write_text("mine")
    else:
        home.mkdir()
        (home / "workspace.sqlite").write_bytes(b"rubbish " * 2000)
    page = open_page(stem)
    assert not page.exception
    assert len(page.error) == 1
    told = as_read(page.error[0].value)
    assert str(home) in told
    assert "Nothing in it was changed." in told
    assert "STEPSCOPE_HOME" in told
    assert not page.title
    assert not page.button


def test_what_a_page_cannot_read_is_one_clear_message(open_page, filled, monkeypatch):
    """An error of ours that a page does not expect is told in words, and the other pages still open."""

    def refuse(*_):
        raise NotAnEpisode("The prompt sets are damaged. Nothing was changed. Use another workspace.")

    monkeypatch.setattr("labeling.repository.LabelRepository.prompt_sets", refuse)
    page = open_page("prompts")
    assert not page.exception
    assert [error.value for error in page.error] == [
        "The prompt sets are damaged. Nothing was changed. Use another workspace."
    ]
    assert not open_page("episodes").error

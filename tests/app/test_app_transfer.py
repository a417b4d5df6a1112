"""Import and export on the screen: what is written is offered with what it leaves out; what comes in is told."""

from __future__ import annotations

import json

import pytest

from flows.label import labels
from flows.progress import Stopped
from flows.prompt import prompts
from flows.transfer import episode_shelf, export_shelf
from flows.transfer.exporting import export_labels
from flows.transfer.import_paths import import_paths
from tests.app.reading import as_read
from tests.app.test_app_actions import button, wait_for
from tests.workspaces import add_demonstration, signing_up, write

pytestmark = pytest.mark.app


@pytest.fixture(name="taught")
def taught_fixture(parts):
    labels.accept(parts, add_demonstration(parts), "me")
    prompts.build(parts)
    return parts


def test_an_export_is_written_and_offered(open_page, taught):
    """It is there to download, its contents counted, and says what was left out; removing it takes it away."""
    page = open_page("transfer")
    page.selectbox(key="export_format").set_value("csv").run()
    page = button(page, "Write").click().run()
    wait_for("export", "done")
    page.run()
    assert not page.exception
    (one,) = export_shelf.kept(taught)
    assert any(one.name in text.value for text in page.markdown)
    assert any("1 demonstrations" in text.value for text in page.caption)
    assert len(page.get("download_button")) == 1
    page = button(page, "Remove").click().run()
    assert export_shelf.kept(taught) == ()


def test_what_was_left_out_is_counted_by_reason(open_page, taught):
    """A demonstration of another split is not in the export, and the page says why."""
    source = taught.labels.label_set("latest").id
    for split in ("train", "dev", "test"):
        export_labels(taught, export_shelf.asked(taught, "csv", source, split=split))
    page = open_page("transfer")
    told = [list(table.value["left out because"]) for table in page.dataframe if "how many" in table.value]
    assert len(told) == 2
    assert all("it is in the split" in reasons[0] for reasons in told)


def test_without_label_sets_the_page_says_what_to_do(open_page):
    """Nothing can be written, and nothing fails."""
    page = open_page("transfer")
    assert "Finish a review on Label" in page.info[0].value
    page.selectbox(key="export_format").set_value("step").run()
    assert "Build one on Prompts" in page.info[0].value
    assert not [one for one in page.button if one.label == "Write"]


def test_an_export_that_is_stopped_leaves_nothing(open_page, taught, monkeypatch):
    """The page says so and the shelf is empty."""

    def stopped(*_):
        raise Stopped

    monkeypatch.setattr("flows.transfer.exporting._write", stopped)
    page = open_page("transfer")
    page = button(page, "Write").click().run()
    wait_for("export", "stopped")
    page.run()
    assert "Stopped." in page.info[0].value
    assert export_shelf.kept(taught) == ()


def opened_import(open_page, *files):
    page = open_page("transfer")
    page.session_state["transfer_tab"] = "Import"
    page.run()
    if files:
        page.file_uploader(key="import_files").set_value(list(files))
    return page


def test_files_are_imported_and_refused_one_by_one(open_page, parts, tmp_path):
    """An episode comes in and can be opened; what is none is named with the reason; the rest is kept."""
    (tmp_path / "elsewhere").mkdir()
    episode = write(tmp_path / "elsewhere", signing_up("demo7"))
    page = opened_import(
        open_page, ("demo7.episode", episode.read_bytes(), "x/y"), ("../../bad.episode", b"rubbish", "x/y")
    )
    page = button(page, "Import").click().run()
    wait_for("import", "done")
    page.run()
    assert not page.exception
    assert "Imported 1 episode." in page.success[0].value
    (left,) = [table.value for table in page.dataframe if "reason" in table.value]
    assert list(left["path"]) == ["bad.episode"]
    (link,) = [as_read(one.label) for one in page.button if one.key == "imported_demo7"]
    assert link == "Sign up ana with ana@x.org · 4 steps"
    assert parts.episodes.catalogue.get("demo7")


def test_a_run_of_another_program_is_looked_at_and_imported(open_page, parts, tmp_path):
    """Looking makes no episode; importing tells the warnings by their position, and leads to the episode."""
    rows = [
        {"objective": "Find it", "action": "fly [1]", "observation": "[1] link 'It'", "url": "http://a.test/"},
        {"objective": "Find it", "action": "stop [it]", "observation": "[1] link 'It'", "done": True},
    ]
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "log").write_text(json.dumps({"trajectory": rows}))
    page = opened_import(open_page)
    page.text_input(key="import_path").set_value(str(folder))
    page = button(page, "Look first").click().run()
    wait_for("import_preview", "done")
    page.run()
    (seen,) = [table.value for table in page.dataframe if "what" in table.value]
    assert list(seen["file"]) == ["log"]
    assert "SteP" in seen["what"][0]
    assert parts.episodes.catalogue.search().total == 0
    page.text_input(key="import_path").set_value(str(folder / "log"))
    page = button(page, "Import").click().run()
    wait_for("import", "done")
    page.run()
    assert not page.exception
    (warned,) = [table.value for table in page.dataframe if "where" in table.value]
    assert list(warned["where"]) == ["0"]
    assert parts.episodes.catalogue.search().total == 1


def test_a_path_is_only_asked_of_who_is_at_the_machine(open_page, monkeypatch):
    """Where others reach the app, they upload; the files of the machine are not theirs to name."""
    monkeypatch.setattr("ui.resources.LOOPBACK", ())
    page = opened_import(open_page)
    assert not [one for one in page.text_input if one.key == "import_path"]
    page = button(page, "Import").click().run()
    assert "No file was chosen" in page.warning[0].value


def test_a_bundle_brings_labels_and_prompts(open_page, taught, tmp_path):
    """What one workspace exported as native is imported by another, whole."""
    source = taught.labels.label_set("latest")
    export_labels(taught, export_shelf.asked(taught, "native", source.id))
    data = export_shelf.kept(taught)[0].path.read_bytes()
    taught.episodes.remove("demo1")
    page = opened_import(open_page, ("all.zip", data, "application/zip"))
    page = button(page, "Import").click().run()
    wait_for("import", "done")
    page.run()
    assert "Imported 1 episode." in page.success[0].value
    assert any("brought the label set" in text.value for text in page.caption)
    assert taught.labels.tracks("demo1")


def test_an_episode_is_written_redacted_and_offered(open_page, taught):
    """The address chooses it; what was taken out is said, the file is there to download and to remove."""
    page = open_page("transfer", episode="demo1")
    assert page.multiselect(key="export_episodes").value == ["demo1"]
    page.checkbox(key="export_redact").check().run()
    page = button(page, "Write episodes").click().run()
    wait_for("episode export", "done")
    page.run()
    assert not page.exception
    assert "demo1-redacted.html was written: 1 episode" in page.success[0].value
    assert any("typed values" in text.value for text in page.caption)
    (one,) = episode_shelf.kept(taught)
    assert "ana@x.org" not in one.path.read_text()
    assert len(page.get("download_button")) == 1
    page = button(page, "Remove").click().run()
    assert episode_shelf.kept(taught) == ()


def test_without_episodes_the_tab_says_what_to_do(open_page):
    """An empty workspace has nothing to choose from."""
    page = open_page("transfer", episode="nobody")
    assert "No episodes yet" in [one.value for one in page.subheader]


def test_replay_tells_what_was_not_read_of_an_imported_run(open_page, parts, tmp_path):
    """The warnings of the import stand below the episode, by their position."""
    rows = [
        {"objective": "Find it", "action": "fly [1]"},
        {"objective": "Find it", "action": "stop [it]", "done": True},
    ]
    (tmp_path / "log").write_text(json.dumps({"trajectory": rows}))
    (one,) = import_paths(parts, [tmp_path / "log"]).episodes
    page = open_page("replay", episode=one["id"])
    assert not page.exception
    (warned,) = [table.value for table in page.dataframe if "where" in table.value]
    assert list(warned["where"]) == ["0"]

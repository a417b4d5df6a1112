"""What a person can do on a page does what it says, and what cannot be done is said on the page."""

from __future__ import annotations

import threading

import pytest

from flows.label import labels
from flows.overview import EXAMPLES
from flows.progress import Stopped, Update
from flows.prompt import prompts
from flows.record import chords
from flows.run import run_rows, runs
from flows.settings import Settings, load
from store.errors import NotFound
from tests.app.reading import as_read
from tests.builders import Recording
from tests.workspaces import add_demonstration, add_failed_run, write
from ui import jobs

pytestmark = pytest.mark.app


def button(page, label):
    """The one button of that label."""
    found = [one for one in page.button if one.label == label]
    assert len(found) == 1, [one.label for one in page.button]
    return found[0]


@pytest.fixture(name="taught")
def taught_fixture(parts):
    labels.accept(parts, add_demonstration(parts), "me")
    prompts.build(parts)
    return parts


def test_home_loads_the_examples(open_page, parts):
    """One press, and every shipped episode is there and home shows the loop."""
    page = button(open_page("home"), "Load the examples").click().run()
    assert not page.exception
    assert parts.episodes.catalogue.search().total == len(list(EXAMPLES.glob("*.episode"))) > 0
    assert "Nothing recorded yet" not in [heading.value for heading in page.subheader]
    assert f"{len(list(EXAMPLES.glob('*.episode')))} example episodes loaded" in page.toast[0].value


def test_home_counts_along_the_loop_and_names_the_next_thing(open_page, taught):
    """The numbers are those of the workspace; the next thing is one button away."""
    add_failed_run(taught)
    page = open_page("home")
    assert [metric.value for metric in page.metric] == ["1", "0", "1", "1", "1"]
    assert any("Look at 1 failed episode" in text.value for text in page.markdown)
    page = button(page, "Go").click().run()
    assert page.title[0].value == "Failures"


def test_the_tour_shows_how_far_it_is_and_can_be_stopped(open_page, parts, monkeypatch):
    """Progress while it runs, Stop that reaches it, and afterwards what was kept."""
    begun, stopped = threading.Event(), threading.Event()

    def take(_parts, *, report, stop, **_):
        report(Update("Recording · 3 of 22", 3, 22))
        begun.set()
        while not stop():
            assert not stopped.wait(0.01)
        raise Stopped

    monkeypatch.setattr("flows.tour.take", take)
    page = button(open_page("home"), "Take the tour (about 3 minutes)").click().run()
    assert begun.wait(10)
    page.run()
    assert any("Recording · 3 of 22" in one.proto.text for one in page.get("progress"))
    button(page, "Stop").click().run()
    wait_for("tour", "stopped")
    page.run()
    assert "Stopped. Everything finished before is kept" in page.info[0].value
    stopped.set()


def wait_for(name, state):
    """Until the job of that name is in that state."""
    job = jobs.jobs().get(name)
    ended = threading.Event()
    for _ in range(500):
        if job.state == state:
            return
        ended.wait(0.02)
    pytest.fail(f"the job {name} is {job.state}: {job.problem}")


def test_a_tour_that_fails_says_why(open_page, parts, monkeypatch):
    """What happened, what was kept and what to do, instead of a traceback."""

    def take(*_, **__):
        raise OSError(28, "No space left on device", "/full/disk")

    monkeypatch.setattr("flows.tour.take", take)
    page = button(open_page("home"), "Take the tour (about 3 minutes)").click().run()
    wait_for("tour", "failed")
    page.run()
    assert not page.exception
    assert "/full/disk could not be used: No space left on device." in as_read(page.error[0].value)
    assert "kept" in page.error[0].value


def test_prompts_are_built_from_what_was_accepted(open_page, parts):
    """Without accepted labels the page says what is missing; with them the new set is shown."""
    demo = add_demonstration(parts)
    page = button(open_page("prompts"), "Build").click().run()
    assert "No demonstration has accepted labels yet" in page.warning[0].value
    assert "Accept labels first" in page.warning[0].value
    labels.accept(parts, demo, "me")
    page = button(page, "Build").click().run()
    assert not page.warning
    made = parts.labels.prompt_set("latest")
    assert page.selectbox(key="prompt_set").value == made.id
    assert any("**fill_text**" in expander.label for expander in page.expander)
    page.session_state[f"pieces_{made.id}_fill_text"] = True  # unfolds it; only then are examples drawn
    assert any("episode=demo1" in text.value for text in page.run().caption)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("run_seeds", "abc", "no seeds"), ("run_tasks", [], "at least one environment")],
)
def test_a_run_that_cannot_start_is_said_on_the_page(open_page, taught, field, value, said):
    """Nothing is started, and the form stays."""
    page = open_page("run")
    kind = page.text_input if field == "run_seeds" else page.multiselect
    kind(key=field).set_value(value)
    page = button(page, "Start").click().run()
    assert not page.exception
    assert said in page.warning[0].value
    assert "Nothing was run." in page.warning[0].value
    assert taught.workspace.count("run") == 0


def test_a_finished_run_shows_success_and_its_episodes(open_page, taught, monkeypatch):
    """Each episode is one press from Replay."""

    def execute(planned, report, stop):
        add_failed_run(planned.parts, run=planned.plan.id)
        row = {"task": "desk:sign-up", "ok": 0, "n": 1, "low": 0.0, "high": 0.79}
        return {"run": planned.plan.id, "tasks": [row], "seconds": 1.0, "errors": 0, "stopped": False}

    monkeypatch.setattr("flows.run.runs.execute", execute)
    page = button(open_page("run"), "Start").click().run()
    wait_for("run", "done")
    page.run()
    assert not page.exception
    opened = next(one for one in page.button if "desk:sign-up · seed 3" in as_read(one.label))
    assert "depth 2" in opened.label


def test_a_run_whose_process_died_is_gone_on_with(open_page, taught, monkeypatch):
    """It is called interrupted, and one press goes on with just that run."""
    asked = {"envs": ["miniwob:login-user"], "seeds": "0:3", "model": "demos", "prompt_set": "latest", "workers": 1}
    dead = runs.plan(taught, **asked).plan
    run_rows.remember(taught, dead, "running")
    gone_on = []

    def execute(planned, report, stop):
        gone_on.append(planned.plan)
        return {"run": planned.plan.id, "tasks": [], "seconds": 1.0, "errors": 0, "stopped": False}

    monkeypatch.setattr("flows.run.runs.execute", execute)
    page = open_page("run")
    assert any(f"**{dead.id}** · interrupted" in text.value for text in page.markdown)
    page = button(page, "Go on").click().run()
    wait_for("run", "done")
    assert not page.exception
    assert gone_on == [dead]


def test_settings_are_saved_or_refused(open_page, parts):
    """A forbidden address is told and nothing is kept; a good one is kept as it will be used."""
    page = open_page("settings")
    page.text_input[0].set_value("file:///etc/passwd")
    page = button(page, "Save").click().run()
    assert "only http and https" in page.error[0].value
    assert load(parts) == Settings()
    page.text_input[0].set_value("localhost:8000/v1")
    page.text_area[0].set_value("#card\n\n  [name=pin] ")
    page = button(page, "Save").click().run()
    assert not page.error
    assert load(parts) == Settings(
        model_endpoint="http://localhost:8000/v1", redaction_selectors=("#card", "[name=pin]")
    )


def test_tags_of_the_number_keys_are_saved_or_refused(open_page, parts):
    """A tag with a comma, or a tenth, is told and nothing is kept; others are kept once each."""
    page = open_page("settings")
    page.text_area[1].set_value("odd, even")
    page = button(page, "Save").click().run()
    assert "Nothing was saved" in page.error[0].value
    assert load(parts) == Settings()
    page.text_area[1].set_value("slow page\n\n slow page \nask ana")
    assert not button(page, "Save").click().run().error
    assert load(parts).tags == ("slow page", "ask ana")


def test_chords_are_saved_for_a_person_or_refused(open_page, parts):
    """Two commands on one chord are told and nothing is kept; another chord is kept and shown."""
    page = open_page("settings")
    page.text_input(key="chord_note").set_value(chords.DEFAULTS["undo"])
    page = button(page, "Save keys").click().run()
    assert "is given to both ‘Take the last step back’ and ‘Note’. Nothing was saved" in page.error[0].value
    assert chords.load(parts, "me") == chords.DEFAULTS
    page.text_input(key="chord_note").set_value("control shift 7")
    page = button(page, "Save keys").click().run()
    assert not page.error
    assert chords.load(parts, "me") == {**chords.DEFAULTS, "note": "Control+Shift+7"}
    assert open_page("settings").text_input(key="chord_note").value == "Control+Shift+7"


def test_a_key_in_the_environment_is_never_shown(open_page, monkeypatch):
    """The page says that it is set, not what it is."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    page = open_page("settings")
    texts = [
        str(element.value) for kind in (page.caption, page.info, page.markdown, page.text_input) for element in kind
    ]
    assert any("OPENAI_API_KEY" in text and "it is set" in text for text in texts)
    assert not any("sk-of" in text for text in texts)


def test_the_catalogue_is_made_again_from_settings(open_page, taught):
    """Lost rows come back, and files that are left out are named."""
    taught.episodes.catalogue.remove("demo1")
    (taught.workspace.episodes_dir / "bad.episode").write_text("rubbish")
    page = button(open_page("settings"), "Make the catalogue again from the files").click().run()
    wait_for("catalogue", "done")
    page.run()
    assert "1 episode files read" in page.success[0].value
    assert "bad.episode" in page.warning[0].value
    page = button(page, "Close").click().run()
    assert not page.success
    assert taught.episodes.catalogue.get("demo1")["max_depth"] == 3


def test_policies_of_another_set_are_shown(open_page):
    """Choosing a set shows what it adds to the core."""
    page = open_page("policies")
    crm = page.get("button_group")[1]
    assert "crm" in str(crm.options)
    page = crm.set_value("crm").run()
    assert not page.exception
    assert "select_flight" in list(page.dataframe[0].value["name"])


def test_an_incomplete_recording_is_not_begun(open_page, monkeypatch):
    """The page says what is missing; no browser is started for it."""
    monkeypatch.setattr("wiring.BrowserSession", lambda *_, **__: pytest.fail("a browser was started"))
    page = open_page("record")
    page = button(page, "Start recording").click().run()
    assert not page.exception
    assert "Nothing was started." in page.warning[0].value
    page.text_input(key="record_url").set_value("file:///etc/passwd")
    page.text_input(key="record_objective").set_value("Read it")
    page = button(page, "Start recording").click().run()
    assert "only http and https" in page.error[0].value
    assert "Nothing was recorded." in page.error[0].value


def test_record_marks_tasks_that_teach_nothing_and_begins_with_one_that_does(open_page):
    """What is kept for tests says so in the list, before anybody records it in vain."""
    tasks = open_page("record", task="miniwob:").selectbox(key="record_miniwob")
    assert tasks.value == "enter-text"
    assert {"enter-text", "login-user · kept for tests"} < set(tasks.options)


def test_a_link_to_a_helpdesk_task_opens_its_tab(open_page):
    """The task is chosen, it asks by itself, and every scenario of the site has a name for people."""
    page = open_page("record", task="desk:report_range")
    assert not page.exception
    assert page.selectbox(key="record_scenario_desk").value == "report_range"
    assert len(page.selectbox(key="record_scenario_desk").options) == 7
    assert "_" not in "".join(page.selectbox(key="record_scenario_desk").options)
    assert page.get("button_group")[0].value == "Practice helpdesk"


def test_files_are_read_while_the_app_is_used(open_page, taught, monkeypatch):
    """Every page says how far it is; it is stopped, gone on with, and lists are whole at the end."""
    begun, read_on = threading.Event(), threading.Event()

    def slowly(parts, report, stop, *, again=False):
        report(Update("Reading episode files: 1 of 2", 1, 2))
        begun.set()
        while not stop():
            assert not read_on.wait(0.01)
        raise Stopped

    taught.episodes.catalogue.remove("demo1")
    taught.episodes.begin_again()
    page = open_page("episodes")
    assert "Lists do not show every episode yet" in page.markdown[0].value
    with monkeypatch.context() as patched:
        patched.setattr("ui.catching_up.catch_up", slowly)
        button(page, "Go on reading").click().run()
        assert begun.wait(10)
        page.run()
        assert any("1 of 2" in one.proto.text for one in page.get("progress"))
        assert [one.value for one in page.title] == ["Episodes"]
        button(page, "Stop").click().run()
        wait_for("catalogue", "stopped")
    page = open_page("home")
    assert "Stopped. Everything finished before is kept" in page.info[0].value
    button(page, "Go on reading").click().run()
    wait_for("catalogue", "done")
    page.run()
    assert "lists are whole" in page.success[0].value
    assert taught.episodes.catalogue.get("demo1")["max_depth"] == 3


def test_an_interrupted_recording_in_which_nothing_was_done_is_discarded(open_page, parts):
    """It is offered nothing to seal; one press, and it is gone from the page and the workspace."""
    write(parts.workspace.episodes_dir, Recording("Pay the bill", "half"), seal=False)
    page = open_page("record")
    assert any("nothing was done yet" in one.value for one in page.markdown)
    assert "Seal it" not in [one.label for one in page.button]
    page = button(page, "Discard it").click().run()
    assert not page.exception
    assert not any("Interrupted" in one.value for one in page.markdown)
    with pytest.raises(NotFound):
        parts.episode("half")

"""Marks of a recording become proposals to review and annotations; what is a mistake is in no prompt set."""

from pathlib import Path

import pytest

from browser.recorder.events import body_of
from browser.recorder.marks import CallBegun, CallEnded, Mistake
from flows import shown
from flows.label import labels
from flows.prompt import prompts
from flows.record import marks
from flows.transfer.transfer import import_files
from labeling.model import StepRemark
from labeling.prompts.model import PromptConfig
from labeling.prompts.turns import MISTAKE
from server.people import People
from server.reviewing import Reviewing, person_called
from tests.workspaces import add_demonstration, signing_up
from traces.model import Annotation, Derivation
from traces.writer import EpisodeWriter


def marked_demonstration(folder: Path, episode: str = "demo1") -> Path:
    """Four steps, one raw event each with marks between them: login over the first three, the second a mistake."""
    recording = signing_up(episode)
    header = recording.episode
    with EpisodeWriter.create(folder, header.model_copy(update={"status": "running"})) as writer:
        keys = {key: writer.put_observation(seen) for key, seen in recording.observations.items()}
        numbers = []
        begin = CallBegun(policy="login", args=(("username", "ana"), ("password", "")))
        plan = [begin, 0, 1, Mistake(events=(3,)), 2, CallEnded(), CallBegun(policy="search"), CallEnded(), 3]
        for item in plan:
            kind, body = ("key", {"key": "x"}) if isinstance(item, int) else (item.kind, body_of(item))
            number = writer.raw(kind, 1.0, body)
            numbers += [number] if isinstance(item, int) else []
        for step, number in zip(recording.steps, numbers, strict=True):
            ends = {name: keys.get(getattr(step, name)) for name in ("observation_before", "observation_after")}
            writer.append(step.model_copy(update={**ends, "raw": (number,)}))
        writer.put_derivation(Derivation(number=1, normaliser="test"))
        return writer.seal(status=header.status, ended=header.started + 9, author="zoe")


@pytest.fixture(name="demo")
def demo_fixture(parts):
    path = marked_demonstration(parts.workspace.episodes_dir)
    return parts.episodes.register_file(path).id


def test_marks_become_a_label_run_of_their_own_beside_the_rules(parts, demo):
    """`live` is the newest proposal, the rules' run is kept beside it, and what was dropped is said."""
    kept = marks.keep(parts, demo)
    assert kept["calls"] == ["login [ana] []"]
    assert kept["left_out"] == [{"reason": "‘search’ holds no step and was left out."}]
    assert [run.labeller for run in parts.labels.runs(demo)] == ["rules", "live"]
    assert labels.proposed(parts, demo).id == kept["run"] == labels.propose(parts, demo).id
    assert "marked: login [ana] []" in marks.said(kept)


def test_a_mistake_is_annotated_once_and_can_be_taken_back(parts, demo):
    """The step's flag is an annotation by who recorded it; a later word counts, and keeping again changes nothing."""
    (uid,) = marks.keep(parts, demo)["mistakes"]
    assert marks.keep(parts, demo)["mistakes"] == [uid]
    (said,) = parts.episodes.annotations.of(demo)
    assert (said.kind, said.step, said.author, said.value) == ("mistake", uid, "zoe", 1.0)
    assert marks.mistakes(parts, demo) == {uid}
    parts.annotate(Annotation(id="a2", episode=demo, kind="mistake", author="me", at=2.0, value=0.0, step=uid))
    marks.keep(parts, demo)
    assert marks.mistakes(parts, demo) == frozenset()


def test_a_mistake_is_in_no_prompt_set(parts, demo):
    """Built from accepted labels, the set says that it left the step out and why."""
    (uid,) = marks.keep(parts, demo)["mistakes"]
    labels.accept(parts, demo, "me")
    built = prompts.build(parts)
    assert uid not in {example.step for example in built.examples}
    assert {(one.step, one.reason) for one in built.left_out} == {(uid, MISTAKE)}


def test_label_shows_the_marks_first(parts, demo):
    """The board of the Label screen opens with the marked calls, the rules' stand beside them."""
    reviewing = Reviewing(parts.episode, parts.demonstration_rows, parts.desk, parts.failures)
    body = reviewing.open(demo, person_called(People("secret").name_of({})))
    assert body["adopted"] == "live"
    shown = [one for one in body["segments"] if one["policy"] == "login"]
    assert [(one["evidence"], one["state"]) for one in shown] == [("marked while recording", "pending")]
    assert [lane["name"] for lane in body["lanes"]] == ["rules", "live"]


def test_a_mistake_is_told_where_steps_are_shown(parts, demo):
    """On the board of the Label screen and by the command line, from the recording's own log."""
    facts = shown.episode_facts(parts, demo, None)
    wrong = [step["uid"] for step in facts["steps"] if step["mistake"]]
    assert wrong == [facts["steps"][1]["uid"]]
    assert shown.episode_text(facts).count("(a mistake)") == 1
    reviewing = Reviewing(parts.episode, parts.demonstration_rows, parts.desk, parts.failures)
    assert reviewing.open(demo, person_called("me"))["mistakes"] == wrong


def test_marks_travel_with_the_file(parts, tmp_path):
    """An episode file brought in from elsewhere brings its marks along."""
    path = marked_demonstration(tmp_path, "demo9")
    assert import_files(parts, [path])["imported"] == ["demo9"]
    assert [run.labeller for run in parts.labels.runs("demo9")] == ["rules", "live"]
    assert len(marks.mistakes(parts, "demo9")) == 1


def test_remarks_of_steps_count_until_somebody_says_that_they_are_no_mistake(parts):
    """Mis-clicks and detours keep steps out of prompts; a correction does not; neither does what was denied."""
    demo = add_demonstration(parts)
    run = labels.propose(parts, demo)
    uids = run.tree.uids
    roles = zip(uids, ("mis_click", "mis_click", "correction", "detour"), strict=True)
    parts.labels.add_remarks(run, [StepRemark(step=uid, role=role) for uid, role in roles])
    assert marks.remarks(parts, demo) == {uids[0]: "mis-click", uids[1]: "mis-click", uids[3]: "detour"}
    parts.annotate(Annotation(id="a1", episode=demo, kind="mistake", author="ana", at=1.0, value=0.0, step=uids[0]))
    assert marks.remarks(parts, demo) == {uids[1]: "mis-click", uids[3]: "detour"}
    labels.accept(parts, demo, "ana")
    left = {one.step: one.reason for one in prompts.build(parts).left_out}
    assert left[uids[1]] == "it was remarked as a mis-click"
    assert uids[0] not in left
    assert prompts.build(parts, config=PromptConfig(keep_recovery=True)).left_out == ()

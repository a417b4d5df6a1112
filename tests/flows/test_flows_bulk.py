"""Work on many episodes: tags, deleting, running again; filters with a name; groups of failures."""

from dataclasses import replace

import pytest

from flows import bulk, saved_filters
from flows.label import labels
from flows.progress import Update
from flows.prompt import prompts
from flows.run import rerunning, run_rows
from flows.understand import failures
from store.errors import NotFound, StoreError
from store.filters import Filter
from tests.workspaces import add_demonstration, add_failed_run, signing_up, write
from traces.catalogue import row_of
from traces.model import Episode
from traces.writer import EpisodeWriter
from wiring import Parts


@pytest.fixture(name="parts")
def parts_fixture(tmp_path):
    parts = Parts(tmp_path)
    yield parts
    parts.close()


@pytest.fixture(name="three")
def three_fixture(parts):
    return [add_demonstration(parts, f"demo{number}") for number in range(3)]


def test_tags_go_on_and_off_many(parts, three):
    """What has the tag stays as it is; the catalogue follows at once; every episode is told of."""
    told = []
    result = bulk.tag(parts, three[:2], "  odd   one ", "ana", told.append)
    assert (result["changed"], result["same"], result["stopped"]) == (2, 0, False)
    assert [(one.done, one.total) for one in told] == [(1, 2), (2, 2)]
    assert bulk.tag(parts, three, "odd one", "ana")["same"] == 2
    assert parts.episodes.catalogue.lists.ids(Filter.of(tag="odd one")) == tuple(three)
    assert bulk.untag(parts, three[:1], "odd one", "bob")["changed"] == 1
    assert parts.episodes.catalogue.lists.count(Filter.of(tag="odd one")) == 2
    assert [one.author for one in parts.episodes.annotations.of(three[0])] == ["ana", "bob"]


def test_stopping_keeps_what_was_done(parts, three):
    """Between two episodes the work ends; what was tagged before stays tagged."""
    told: list[Update] = []
    result = bulk.tag(parts, three, "odd", "ana", told.append, lambda: len(told) == 2)
    assert (result["changed"], result["stopped"]) == (2, True)
    assert parts.episodes.catalogue.lists.count(Filter.of(tag="odd")) == 2
    assert bulk.said(result, "tagged") == "2 tagged (stopped)"


@pytest.mark.parametrize("name", ["", "  ", "a, b", "x" * 81, "bell\x07"])
def test_what_is_no_tag_changes_nothing(parts, three, name):
    """A comma would make two tags of one; the message says what a tag is."""
    with pytest.raises(StoreError, match="Nothing was changed"):
        bulk.tag(parts, three, name, "ana")
    assert parts.episodes.annotations.of(three[0]) == ()


def test_an_episode_that_is_gone_is_told_and_the_rest_is_done(parts, three):
    """One that cannot be found does not end the work; a tag of the recording itself stays."""
    tagged = add_demonstration(parts, "recorded", tags=("own",))
    result = bulk.untag(parts, [*three, "nobody", tagged], "own", "ana")
    assert (result["changed"], result["same"]) == (0, 3)
    assert "nobody" in result["left_out"][0]["reason"]
    assert "was recorded with" in result["left_out"][1]["reason"]


def test_deleting_says_first_what_is_lost(parts, three):
    """Labels, remarks, bytes; frozen sets are named and stay; what is being written stays."""
    labels.accept(parts, three[0], "me")
    built = prompts.build(parts)
    bulk.tag(parts, three, "odd", "ana")
    header = signing_up("live").episode.model_copy(update={"status": "running", "ended": None})
    with EpisodeWriter.create(parts.workspace.episodes_dir, header) as writer:
        parts.episodes.register(writer.episode, writer.path)
        plan = bulk.deletion(parts, [*three, "live"])
        assert (plan["episodes"], plan["running"], plan["labelled"], plan["annotations"]) == (4, 1, 1, 3)
        assert built.id in plan["prompt_sets"]
        assert "1 are still being written" in bulk.deletion_said(plan)
        result = bulk.delete(parts, [*three, "live"])
        assert (result["changed"], len(result["left_out"])) == (3, 1)
    assert parts.episodes.catalogue.lists.ids(Filter()) == ("live",)
    assert not parts.episodes.annotations.of(three[0])
    assert not (parts.workspace.episodes_dir / "demo0.episode").exists()
    assert parts.labels.prompt_set(built.id)


def test_all_of_a_filter_can_be_meant(parts, three):
    """Ids, or whatever fits a filter now."""
    assert bulk.chosen(parts, ["a", "a", "b"]) == ("a", "b")
    assert set(bulk.chosen(parts, (), Filter.of(actor="human"))) == set(three)


def run_of(parts, number, **fields):
    """The row of an agent's finished episode of a task that is always there."""
    facts = {"actor": "agent", "objective": "x", "status": "failed", "task": "miniwob:click-test", "model": "demos"}
    episode = Episode(id=f"run-{number}", **{**facts, "seed": number, "started": 1.7e9, "ended": 1.7e9 + 1, **fields})
    parts.episodes.catalogue.put(row_of(episode, f"episodes/run-{number}.episode"))
    return episode.id


def test_runs_are_planned_again_one_by_one(parts, three):
    """Just the chosen pairs of task and seed, with their prompt sets; what is no run is told and left out."""
    labels.accept(parts, three[0], "me")
    built = prompts.build(parts).id
    ids = [run_of(parts, 1, prompt_set=built), run_of(parts, 2, task="miniwob:enter-text", prompt_set=built)]
    again = rerunning.plan(parts, [*ids, three[0], "nobody"])
    (planned,) = again.plans
    assert {(job.environment, job.seed) for job in planned.plan.jobs()} == {
        ("miniwob:click-test", 1),
        ("miniwob:enter-text", 2),
    }
    assert {job.prompt_set for job in planned.plan.jobs()} == {built}
    assert (again.episodes, len(again.left_out)) == (2, 2)
    assert again.plans[0].plan.id == rerunning.plan(parts, ids).plans[0].plan.id


def test_a_run_again_is_remembered_and_told_from_the_first(parts, three):
    """Its row brings the same jobs back, and their keys are not those of the first time."""
    labels.accept(parts, three[0], "me")
    ids = [run_of(parts, 1, prompt_set=prompts.build(parts).id)]
    plan = rerunning.plan(parts, ids).plans[0].plan
    run_rows.remember(parts, plan, "stopped")
    assert run_rows.remembered(parts, plan.id).jobs() == plan.jobs()
    (job,) = plan.jobs()
    assert job.attempt == 1
    assert replace(job, attempt=0).key != job.key


def test_filters_are_kept_by_name(parts):
    """Saved, renamed, deleted; a name that is taken or none changes nothing."""
    asked = Filter.of("flight", status=["failed", "error"], signal="D1")
    saved_filters.save(parts, " bad   ones ", asked, "ana")
    (one,) = saved_filters.listed(parts)
    assert (one.name, one.filter, one.author) == ("bad ones", asked, "ana")
    saved_filters.save(parts, "other", Filter.of(tag="odd"), "bob")
    with pytest.raises(StoreError, match="already"):
        saved_filters.rename(parts, "other", "bad ones")
    assert saved_filters.rename(parts, "other", "third").filter == Filter.of(tag="odd")
    assert [one.name for one in saved_filters.listed(parts)] == ["bad ones", "third"]
    for wrong in ("", "x" * 61, "a\x00b"):
        with pytest.raises(StoreError):
            saved_filters.save(parts, wrong, asked, "ana")
    saved_filters.delete(parts, "third")
    with pytest.raises(NotFound):
        saved_filters.delete(parts, "third")
    assert len(saved_filters.listed(parts)) == 1


def test_groups_of_failures_as_values(parts):
    """What the screen and the command show: counts, share, rules, an example and the address of the group."""
    add_failed_run(parts)
    write(parts.workspace.episodes_dir, signing_up("fine"))
    found = failures.table(parts, Filter(), 10)
    (one,) = found["clusters"]
    assert (found["failed"], found["runs"], found["unseen"], one["count"], one["share"]) == (1, 1, 0, 1, 1.0)
    row = parts.episodes.catalogue.get("run-0a")
    assert one["examples"][0] == {"episode": "run-0a", "step": row["began_step"], "said": one["examples"][0]["said"]}
    assert parts.episodes.catalogue.lists.ids(Filter.from_address(one["list"])) == ("run-0a",)
    assert "1 of 1 runs failed." in failures.said(found)
    assert failures.table(parts, Filter.of(task="other"), 10)["clusters"] == []

"""A prompt set with what one more demonstration teaches: old examples stay, new ones for chosen policies are shown."""

import pytest

from flows.label import labels
from flows.prompt import prompts
from labeling.errors import NothingAccepted
from labeling.prompts.building import Made
from labeling.prompts.extending import extended
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS
from tests.workspaces import add_demonstration
from wiring import Parts

MADE = Made(2.0, "ana", None, "template")


@pytest.fixture(name="sets")
def sets_fixture(tmp_path):
    """A prompt set of one demonstration, and one of another, of another task."""
    parts = Parts(tmp_path / "home")
    config = PromptConfig(splits=SPLITS, most=2)
    labels.accept(parts, add_demonstration(parts, "demo1", task="desk:sign-up"), "me")
    old = prompts.build(parts, config=config)
    labels.accept(parts, add_demonstration(parts, "demo2", "ben", task="desk:sign-in"), "me")
    new = prompts.of_one(parts, "demo2", parts.policies(), config, MADE)
    yield old, new
    parts.close()


def test_old_examples_stay_and_new_ones_are_shown(sets):
    """Only the chosen policy learns; its examples are pinned, so no budget keeps them out of a prompt."""
    old, new = sets
    both = extended(old, new, ["planner"], "planner", MADE)
    added = [one for one in both.examples if one not in old.examples]
    assert {(one.policy, one.episode) for one in added} == {("planner", "demo2")}
    assert {one.id for one in old.examples} < {one.id for one in both.examples}
    assert {one.id for one in added} <= {turn for piece in both.pieces for turn in piece.turns}
    assert (both.parent, both.author, both.id != old.id) == (old.id, "ana", True)
    assert set(both.label_sets) == {*old.label_sets, *new.label_sets}


def test_what_adds_nothing_is_refused(sets):
    """A policy the demonstration has nothing for, and a demonstration that is known already."""
    old, new = sets
    with pytest.raises(NothingAccepted, match=r"nothing to choose_date that .* Choose other policies"):
        extended(old, new, ["choose_date"], "planner", MADE)
    both = extended(old, new, ["planner"], "planner", MADE)
    with pytest.raises(NothingAccepted):
        extended(both, new, ["planner"], "planner", MADE)

"""What a lesson adds to the labels: a prompt set of its own, while nothing shown before is lost."""

from __future__ import annotations

import json
import zipfile

import pytest

from flows.label import labels
from flows.prompt import prompts
from flows.record import taught
from flows.teach import teaching
from flows.transfer import export_shelf
from flows.transfer.exporting import export_labels
from labeling.errors import NothingAccepted
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS
from tests.workspaces import add_demonstration, add_failed_run


def lesson(parts, failed, demonstration="lesson"):
    with parts.episode(failed) as reader:
        step = reader.steps()[1]
    link = taught.Link(episode=failed, step=step.uid, seq=step.seq, frame=step.frame, policy="fill_text")
    add_demonstration(parts, demonstration, "cy", task="desk:sign-up", seed=3)
    taught.keep(parts, demonstration, link, "ana")
    return demonstration


def test_a_lesson_leaves_the_other_demonstrations_in_the_newest_label_set(parts):
    """The prompt set learns from the lesson alone; an export of the newest labels holds all that is accepted."""
    for name in ("ana", "bo"):
        labels.accept(parts, add_demonstration(parts, f"demo-{name}", name), "me")
    prompts.build(parts, config=PromptConfig(splits=SPLITS))
    shown = lesson(parts, add_failed_run(parts))
    labels.accept(parts, shown, "me")
    made = teaching.extend(parts, shown, None, "me", held_out=True)
    assert {example.episode for example in made.examples} == {shown}
    newest = parts.labels.label_set("latest")
    assert {tree.episode for tree in newest.trees} == {"demo-ana", "demo-bo", shown}
    out = export_labels(parts, export_shelf.asked(parts, "sft", newest.id))["out"]
    with zipfile.ZipFile(out) as packed:
        (name,) = (one for one in packed.namelist() if one.endswith(".jsonl"))
        text = packed.read(name).decode()
    assert all(json.loads(line) for line in text.splitlines())
    assert all(f"{one}@x.org" in text for one in ("ana", "bo", "cy"))


def test_a_lesson_that_is_not_labelled_teaches_nothing_yet(parts):
    """Others' labels are not taken for its own."""
    labels.accept(parts, add_demonstration(parts, "demo-ana"), "me")
    shown = lesson(parts, add_failed_run(parts))
    with pytest.raises(NothingAccepted, match="lesson does not have all its calls accepted"):
        teaching.extend(parts, shown, None, "me", held_out=True)

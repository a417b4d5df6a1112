"""Label Studio tasks: strict shapes, regions that can be told apart, nothing left out because it was not edited."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

from labeling.exports.label_studio import LabelResult, Task, work, write_label_studio
from labeling.tree import depth
from tests.labeling.exports.material import signed_up, source, written
from tests.labeling.exports.test_export_preference import relabelled


def tasks(*ones):
    memory, _ = written(write_label_studio, source(*ones))
    return [Task.model_validate(task) for task in json.loads(memory.text("tasks.json"))], memory.text("config.xml")


def test_regions_are_the_calls_and_their_ids_are_unique():
    """Each call is one region at its steps, on the control of its depth; no two regions of the file share an id."""
    ones = (signed_up(), signed_up("demo2", "bob"))
    found, _ = tasks(*ones)
    ids = []
    for task, one in zip(found, ones, strict=True):
        regions = [r for r in task.annotations[0].result if isinstance(r, LabelResult)]
        assert [(r.value.start, r.value.end, r.value.timeserieslabels[0], r.from_name) for r in regions] == [
            (*one.tree.span(s.id), s.policy, f"depth{depth(one.tree, s.id) - 1}") for s in one.tree.segments
        ]
        everything = [*task.annotations[0].result, *(r for p in task.predictions for r in p.result)]
        ids += [r.id for r in everything if isinstance(r, LabelResult)]
        assert {r.id for r in everything} <= set(ids)
    assert len(ids) == len(set(ids)) == 12


def test_the_proposal_stands_beside_what_was_decided():
    """The prediction is the rules' tree, the annotation ana's, and names the prediction it began with."""
    (task,), _ = tasks(signed_up(change=relabelled))
    (prediction,), (annotation,) = task.predictions, task.annotations
    assert (prediction.model_version, annotation.parent_prediction) == ("rules", prediction.id)
    assert prediction.result[0].value.timeserieslabels == ("fill_form",)
    assert annotation.result[0].value.timeserieslabels == ("login",)
    assert 0 < prediction.score <= 1
    assert annotation.lead_time == 20.0


def test_labels_that_were_not_edited_are_there_too():
    """A demonstration accepted as it was has an annotation of its own."""
    (task,), _ = tasks(signed_up(status="gold"))
    assert len(task.annotations[0].result) >= 3
    assert task.annotations[0].ground_truth is True
    assert task.data["reviewers"] == ["ana"]


def test_the_configuration_has_a_control_for_each_depth_and_the_series():
    """Every name in the tasks is a control of the configuration, every label one of its labels."""
    (task,), text = tasks(signed_up())
    root = ET.fromstring(text)
    controls = {node.get("name"): node for node in root if node.get("toName") == "steps"}
    assert {result.from_name for result in task.annotations[0].result} <= set(controls)
    labels = {label.get("value") for label in controls["depth1"]}
    assert {"fill_form", "login"} <= labels
    columns = {node.get("column") for node in root.iter("Channel")} | {"step"}
    assert columns == set(task.data["series"])
    assert {len(column) for column in task.data["series"].values()} == {4}


def test_no_demonstration_is_an_empty_list():
    """The file is JSON all the same."""
    assert tasks()[0] == []


def test_pauses_are_not_work():
    """A night between two changes counts as five minutes."""
    events = signed_up().tracks[0].events
    assert work([events[0].model_copy(update={"at": at}) for at in (0.0, 30.0, 40_000.0)]) == 330.0

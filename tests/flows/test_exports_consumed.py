"""Exports are read by the programs they are made for, in environments of their own; only `make soak` installs those."""

from __future__ import annotations

import json

import pytest

from flows.label import labels
from flows.prompt import prompts
from flows.transfer.exporting import Asked, export_labels
from labeling.exports.browsergym import translated
from labeling.splits import split_of
from tests.counts import SOAKING
from tests.flows.consumers import consumed
from tests.workspaces import add_demonstration
from traces.actions import parse_action

pytestmark = [
    pytest.mark.skipif(not SOAKING, reason="the programs are installed by make soak only"),
    pytest.mark.timeout(3600),
]
DEV = next(f"desk:{number}" for number in range(1000) if split_of(f"desk:{number}", "") == "dev")

DATASETS = """
import json, sys
from datasets import load_dataset
folder, cache = sys.argv[1:3]
found = {}
for config in ("prompt_completion", "messages"):
    made = load_dataset(folder, config, cache_dir=cache)
    found[config] = {split: rows.num_rows for split, rows in made.items()}
    first = made["train"][0]
    found[config + " columns"] = sorted(first)
    found[config + " seeds"] = [str(made[split].features["seed"].dtype) for split in made]
    found[config + " first"] = first.get("completion") or first["messages"][-1:]
print(json.dumps(found))
"""
JSON_LINES = """
import json, sys
from datasets import load_dataset
made = load_dataset("json", data_files=sys.argv[1], cache_dir=sys.argv[2])["train"]
print(json.dumps({"rows": made.num_rows, "columns": sorted(made.features), "first": made[0]}))
"""
LABEL_STUDIO = """
import json, sys
from label_studio_sdk.label_interface import LabelInterface
interface = LabelInterface(open(sys.argv[1] + "/config.xml", encoding="utf-8").read())
tasks = json.load(open(sys.argv[1] + "/tasks.json", encoding="utf-8"))
errors = [e for t in tasks for p in t["predictions"] for e in interface.validate_prediction(p, return_errors=True)]
good = [interface.validate_annotation(a) for t in tasks for a in t["annotations"]]
wrong = tasks[0]["predictions"][0]
wrong["result"][0]["value"]["timeserieslabels"] = ["no_such_policy"]
print(json.dumps({"tasks": len(tasks), "errors": errors, "good": good, "wrong": interface.validate_prediction(wrong)}))
"""
DSPY = """
import json, sys
sys.path.insert(0, sys.argv[1])
import dspy, load_examples
found = load_examples.load("train")
stops = load_examples.load("train", policy="fill_text")
program = dspy.Predict("policy, objective, observation, url, previous_actions -> reason, action")
shown = dspy.LabeledFewShot(k=2).compile(program, trainset=found)
print(json.dumps({"examples": len(found), "of fill_text": len(stops), "none": len(load_examples.load("test")),
    "inputs": sorted(found[0].inputs().keys()), "demos": len(shown.demos)}))
"""
ELAN = """
import json, sys
import pympi
made = pympi.Elan.Eaf(sys.argv[1])
print(json.dumps({tier: [list(mark[:2]) for mark in made.get_annotation_data_for_tier(tier)]
    for tier in made.get_tier_names()}))
"""
BROWSERGYM = """
import json, sys
from browsergym.core.action.highlevel import HighLevelActionSet
known = HighLevelActionSet(subsets=["chat", "bid", "coord", "nav", "tab"], multiaction=True, strict=False)
bad = []
for action in json.load(open(sys.argv[1])):
    try:
        known.to_python_code(action)
    except Exception as error:
        bad.append([action, repr(error)])
print(json.dumps({"bad": bad}))
"""


@pytest.fixture(name="frozen")
def frozen_fixture(parts):
    """Two demonstrations to train on without a seed, one for development with a seed."""
    for episode, name in (("demo1", "ana"), ("demo2", "bob")):
        labels.accept(parts, add_demonstration(parts, episode, name), "me")
    desk = parts.desk()
    state = desk.open("demo1", "me")
    args = {"username": "ana", "password": "ana@x.org"}
    desk.do(state, "relabel", {"segment": "s1", "policy": "login", "args": args}, "me")
    labels.accept(parts, add_demonstration(parts, "demo3", "eve", task=DEV, seed=7), "me")
    prompts.build(parts)
    return parts


@pytest.mark.parametrize("kind", ["trl", "trl-parquet"])
def test_datasets_loads_the_dataset_by_its_card(frozen, tmp_path, kind):
    """Both configurations, every split with all its rows, one type a column also where a split has nothing in it."""
    told = export_labels(frozen, Asked(kind, tmp_path / "out"))
    found = consumed("datasets==5.2.0", DATASETS, tmp_path / "out", tmp_path / "cache", home=tmp_path)
    for config in ("prompt_completion", "messages"):
        rows = {name: facts["rows"] for name, facts in told["files"].items() if name.startswith(f"{config}/")}
        assert sorted(found[config].values()) == sorted(rows.values())
        assert set(found[config]) == {"train", "validation"}
        assert found[f"{config} seeds"] == ["int64", "int64"]
        assert found[f"{config} first"][0]["role"] == "assistant"


@pytest.mark.parametrize(("kind", "columns"), [("sft", {"messages"}), ("preference", {"prompt", "chosen", "rejected"})])
def test_datasets_reads_json_lines(frozen, tmp_path, kind, columns):
    """Conversations are lists of role and content."""
    told = export_labels(frozen, Asked(kind, tmp_path / "rows.jsonl", split="train"))
    found = consumed("datasets==5.2.0", JSON_LINES, tmp_path / "rows.jsonl", tmp_path / "cache", home=tmp_path)
    assert found["rows"] == told["files"]["train.jsonl"]["rows"] > 0
    assert columns <= set(found["columns"])
    assert all(set(line) == {"role", "content"} for column in columns for line in found["first"][column])


def test_label_studio_takes_the_tasks(frozen, tmp_path):
    """Its own validation finds nothing in predictions and annotations, and something in a label that is none."""
    export_labels(frozen, Asked("label-studio", tmp_path / "out"))
    found = consumed("label-studio-sdk==2.1.2", LABEL_STUDIO, tmp_path / "out", home=tmp_path)
    assert found == {"tasks": 3, "errors": [], "good": [True] * 3, "wrong": False}


def test_dspy_shows_the_examples_to_a_predictor(frozen, tmp_path):
    """The loader's examples have their inputs marked and can be taken as demonstrations."""
    told = export_labels(frozen, Asked("dspy", tmp_path / "out"))
    found = consumed("dspy==3.4.1", DSPY, tmp_path / "out", home=tmp_path)
    assert found["examples"] == told["counts"]["rows in train"]
    assert found["inputs"] == ["objective", "observation", "policy", "previous_actions", "url"]
    assert (found["demos"], found["none"]) == (2, 0)
    assert 0 < found["of fill_text"] < found["examples"]


def test_pympi_reads_the_timeline(frozen, tmp_path):
    """Tiers and their marks are those of the tree."""
    export_labels(frozen, Asked("elan", tmp_path / "out"))
    found = consumed("pympi-ling==1.71", ELAN, tmp_path / "out" / "demo2.eaf", home=tmp_path)
    assert found["depth 2"] == [[0, 3000]]
    assert found["depth 3"] == [[0, 1000], [1000, 2000]]
    assert len(found["steps"]) == 4


def test_browsergym_knows_every_action(tmp_path):
    """Each action we translate is parsed by its own action set."""
    ours = (
        "click [5]", "click [5] [Control]", "click [5] [middle]", "rightclick [5]", "dblclick [5]", "hover [5]",
        "type [5] [it's \"so\"] [1]", "press [Control+A]", "press [Enter] [5]", "scroll [down]", "scroll [left]",
        "select [5] [x]", "drag [1] [2]", "upload [3] [a.txt]", "goto [http://a.test/]", "go_back", "go_forward",
        "new_tab", "new_tab [http://a.test/]", "tab_focus [1]", "close_tab", "note [x]", "stop", "stop [NW 12]",
    )  # fmt: skip
    made = [translated(parse_action(action)) for action in ours]
    (tmp_path / "actions.json").write_text(json.dumps(made))
    found = consumed("browsergym-core==0.14.3", BROWSERGYM, tmp_path / "actions.json", home=tmp_path)
    assert found["bad"] == []

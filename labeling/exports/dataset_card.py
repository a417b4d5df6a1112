"""The dataset card of an export for Hugging Face: which files are which split, how many rows, what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args

from pydantic import BaseModel

from labeling.exports.out import Out

_ORDER = ("train", "validation", "test")
_TYPES = {str: "string", int: "int64", float: "float64", bool: "bool"}


def card(out: Out, label_set: str, configs: Mapping[str, type[BaseModel]]) -> str:
    """A README.md with the YAML head that `datasets.load_dataset` reads; the first configuration is the default.

    The columns are named with their types: a column that is empty in one split has the type it has in the others.
    """
    head = ["---", "pretty_name: Labelled web demonstrations", "task_categories:", "- text-generation"]
    head.append("dataset_info:")
    for config, kind in configs.items():
        head += [f"- config_name: {config}", "  features:", *_features(kind)]
    head.append("configs:")
    for index, config in enumerate(configs):
        head += [f"- config_name: {config}", *(["  default: true"] if index == 0 else []), "  data_files:"]
        for split, name in _files(out, config):
            head += [f"  - split: {split}", f"    path: {name}"]
    return "\n".join([*head, "---", "", *_body(out, label_set), ""])


def _features(kind: type[BaseModel]) -> Iterator[str]:
    for name, info in kind.model_fields.items():
        found = _type(info.annotation)
        yield f"  - name: {name}"
        if isinstance(found, str):
            yield f"    dtype: {found}"
        else:
            yield "    list:"
            for inner, field in found.model_fields.items():
                yield f"    - name: {inner}"
                yield f"      dtype: {_type(field.annotation)}"


def _type(annotation: Any) -> str | type[BaseModel]:
    """What a column is called there, or what the entries of its list are."""
    if annotation in _TYPES:
        return _TYPES[annotation]
    if getattr(annotation, "__origin__", None) is Literal:
        return "string"
    kinds = [kind for kind in get_args(annotation) if kind not in (type(None), Ellipsis)]
    if getattr(annotation, "__origin__", None) is tuple:
        listed: type[BaseModel] = kinds[0]
        return listed
    return _type(kinds[0])


def _files(out: Out, config: str) -> list[tuple[str, str]]:
    names = [name for name in out.names if name.startswith(f"{config}/")]
    found = {name.partition("/")[2].partition(".")[0]: name for name in names}
    return [(split, found[split]) for split in _ORDER if split in found]


def _body(out: Out, label_set: str) -> list[str]:
    rows = [f"| `{name}` | {facts.rows} |" for name, facts in out.files().items()]
    reasons = [f"- {count} × {reason}" for reason, count in sorted(out.reasons.items())]
    return [
        "# Labelled web demonstrations",
        "",
        f"Made by Stepscope from the frozen label set `{label_set}`. Every row is one decision of one policy, asked",
        "as the agent asks it (system: the policy; user: objective, page, previous actions) and answered with a reason",
        "and an action. Splits are by task: all seeds and rewordings of a task are in the same split.",
        "",
        "| file | rows |",
        "|---|---|",
        *rows,
        "",
        "## Left out",
        "",
        *(reasons or ["Nothing."]),
    ]

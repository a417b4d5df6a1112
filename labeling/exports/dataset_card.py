"""The dataset card of an export for Hugging Face: which files are which split, how many rows, what was left out."""

from __future__ import annotations

from collections.abc import Iterable

from labeling.exports.out import Out

_ORDER = ("train", "validation", "test")


def card(out: Out, label_set: str, configs: Iterable[str]) -> str:
    """A README.md with the YAML head that `datasets.load_dataset` reads; the first configuration is the default."""
    found = list(configs)
    head = ["---", "pretty_name: Labelled web demonstrations", "task_categories:", "- text-generation", "configs:"]
    for index, config in enumerate(found):
        head += [f"- config_name: {config}", *(["  default: true"] if index == 0 else []), "  data_files:"]
        for split, name in _files(out, config):
            head += [f"  - split: {split}", f"    path: {name}"]
    return "\n".join([*head, "---", "", *_body(out, label_set), ""])


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

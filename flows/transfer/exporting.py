"""Labels and prompts out of a workspace: what a writer needs is gathered and scanned, its files put in place.

An export is there whole or not at all: it grows in a folder of its own beside the target and is moved when it is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from agent.model import Decision
from agent.prompt import messages, render_prompt
from agent.reply import format_reply
from flows.progress import Pace, Report, Stop, Stopped, Update, never, silent
from flows.transfer.export_files import place, workplace
from flows.transfer.export_guard import HeldOutGuard
from flows.transfer.export_source import Gatherer, Wanted
from labeling.errors import ExportRefused
from labeling.exports.material import Labelled, LabelStatus, Line, Source, Wording
from labeling.exports.out import MANIFEST, Manifest, Out
from labeling.exports.registry import FORMATS, Format
from labeling.model import LabelSet
from labeling.prompts.model import Example, PromptSet
from labeling.splits import Split
from policies.library import PolicySet
from policies.model import Policy
from traces.model import Status
from wiring import Parts

CANARY = "stepscope-held-out-5d0c6f1e-9a3b-4e7c-8f52-test-data-do-not-train"
"""Stands in the manifest of every export that holds demonstrations kept for tests."""


@dataclass(frozen=True)
class Asked:
    """What is to be written. `ended` empty: what the format takes by itself; `split` None: all.

    `secrets` says what happens where a secret stands in the clear: blank it, or refuse the export. `numbered`: where
    `to`, an archive, is taken, the first free of `NAME-2.zip`, `NAME-3.zip` … is written.
    """

    format: str
    to: Path
    label_set: str = "latest"
    prompt_set: str = "latest"
    split: Split | None = None
    status: LabelStatus = "reviewed"
    ended: tuple[Status, ...] = ()
    secrets: Literal["blank", "refuse"] = "blank"
    numbered: bool = False


def export_labels(parts: Parts, asked: Asked, report: Report = silent, stop: Stop = never) -> dict[str, Any]:
    """Write labels or prompts; `{"format", "out", "files", "counts", "left_out", ...}`, the manifest and where it is.

    Raises ExportRefused, SecretFound, UnknownLabel or StoreError, and Stopped; then nothing was written.
    """
    chosen = _format(asked)
    with workplace(asked.to, asked.numbered) as folder:
        out = Out(folder.open)
        try:
            manifest = _write(parts, asked, chosen, out, report, stop)
        finally:
            out.close()
        folder.text(MANIFEST, manifest.model_dump_json(indent=1) + "\n")
        if stop():
            raise Stopped
        written = place(folder, asked.to, chosen.single, asked.numbered)
    return {"out": str(written[0]), "written": [str(path) for path in written], **manifest.model_dump(mode="json")}


def said(result: dict[str, Any]) -> str:
    """An export for a person: what was written, what was left out, what was blanked."""
    counts = ", ".join(f"{number} {what}" for what, number in result["counts"].items()) or "nothing"
    lines = [f"Wrote {result['out']} ({result['kind']}): {counts}."]
    lines += [f"left out: {number} × {reason}" for reason, number in result["left_out_by_reason"].items()]
    lines += [f"blanked: {number} × {what}" for what, number in result["secrets"].items()]
    return "\n".join([*lines, *(f"note: {note}" for note in result["notes"])])


def wording(policies: PolicySet) -> Wording:
    """Policies asked and answering exactly as the agent does it."""

    def calls(policy: Policy) -> list[Policy]:
        return [policies.resolve(name) for name in policy.sub_policies]

    def ask(example: Example) -> tuple[Line, ...]:
        policy = policies.resolve(example.policy)
        decision = Decision(policy, example.objective, example.url, example.observation, example.previous)
        asked = messages(render_prompt(decision, calls(policy), ()))
        return tuple(Line(role=message.role, content=message.content) for message in asked)

    def instruction(policy: Policy) -> str:
        blank = Decision(policy, "", "", "")
        return render_prompt(blank, calls(policy), ())[0].text

    return Wording(ask, format_reply, instruction)


def _format(asked: Asked) -> Format:
    chosen = FORMATS.get(asked.format)
    if chosen is None:
        names = ", ".join(FORMATS)
        raise ExportRefused(f"There is no format {asked.format!r}. Nothing was written. There are: {names}.")
    if chosen.whole and (asked.split is not None or asked.ended):
        raise ExportRefused(
            f"The format {chosen.name} holds the whole label set. Nothing was written. Leave --split and --ended out."
        )
    return chosen


def _write(parts: Parts, asked: Asked, chosen: Format, out: Out, report: Report, stop: Stop) -> Manifest:
    prompt_set = parts.labels.prompt_set(asked.prompt_set) if chosen.from_prompts else None
    label_set = _nothing_of(prompt_set) if prompt_set else parts.labels.label_set(asked.label_set)
    policies = parts.policies(label_set.policy_set)
    wanted = Wanted(
        split=asked.split,
        status="proposed" if chosen.whole else asked.status,
        ended=asked.ended or chosen.ended,
        refuse_secrets=asked.secrets == "refuse" or chosen.whole,
        files=chosen.whole,
    )
    guard = HeldOutGuard(parts, asked.split)
    gatherer = Gatherer(parts, label_set, wanted, out, guard)
    source = Source(
        label_set=label_set,
        policies=policies,
        demonstrations=_told(gatherer, len(label_set.trees), report, stop),
        wording=wording(policies),
        prompt_sets=(prompt_set,) if prompt_set else gatherer.prompt_sets(),
        split=asked.split,
        gives_away=guard.why_example,
    )
    chosen.write(source, out)
    splits = gatherer.splits if not prompt_set else {*map(source.split_of_example, prompt_set.examples)}
    return out.manifest(
        kind=chosen.name,
        label_set=None if prompt_set else label_set.id,
        prompt_set=prompt_set.id if prompt_set else None,
        policy_set=label_set.policy_set,
        options={
            "split": asked.split or "all",
            "status": wanted.status,
            "ended": list(wanted.ended),
            "secrets": "refuse" if wanted.refuse_secrets else "blank",
        },
        canary=CANARY if "test" in splits else None,
    )


def _told(gatherer: Gatherer, total: int, report: Report, stop: Stop) -> Iterator[Labelled]:
    """The demonstrations, each said when it is done. Raises Stopped between two of them."""
    pace = Pace(total)
    for number, tree in enumerate(gatherer.label_set.trees, 1):
        if stop():
            raise Stopped
        found = gatherer.labelled(tree)
        if found is not None:
            yield found
        report(Update(pace.said(number), number, total))


def _nothing_of(prompt_set: PromptSet) -> LabelSet:
    """A label set without demonstrations, for formats made from a prompt set alone."""
    return LabelSet(id="", policy_set=prompt_set.policy_set, trees=(), created=0.0, actor="")

"""The formats labels and prompts are written in: who writes them, what they are made from, how their file is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from labeling.exports.browsergym import write_browsergym
from labeling.exports.bundle import write_native
from labeling.exports.chat import write_sft, write_trl, write_trl_parquet
from labeling.exports.dspy_rows import write_dspy
from labeling.exports.label_studio import write_label_studio
from labeling.exports.material import Source
from labeling.exports.out import Out
from labeling.exports.preference import write_preference
from labeling.exports.prompt_text import write_heap, write_step
from labeling.exports.timelines import write_csv, write_elan
from labeling.exports.transitions import write_transitions
from traces.model import Status

Writer = Callable[[Source, Out], None]
ANY_END: tuple[Status, ...] = ("success", "failed", "unsure", "error", "stopped")


@dataclass(frozen=True)
class Format:
    """A format. `ended`: which demonstrations it takes unless others are named; `whole`: it cannot leave any out.

    `single` ends the name of the one data file the format may be written as; None where it always has several.
    """

    name: str
    said: str
    write: Writer
    ended: tuple[Status, ...] = ("success",)
    single: str | None = None
    whole: bool = False
    from_prompts: bool = False


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("native", "everything, to import elsewhere", write_native, ANY_END, ".zip", whole=True),
        Format("sft", "chat conversations to fine-tune on", write_sft, single=".jsonl"),
        Format("trl", "Hugging Face / TRL dataset", write_trl),
        Format("trl-parquet", "the same as Parquet", write_trl_parquet),
        Format("preference", "a person's change against the proposal", write_preference, ANY_END, ".jsonl"),
        Format("label-studio", "Label Studio tasks", write_label_studio, ANY_END),
        Format("dspy", "DSPy examples with a loader", write_dspy),
        Format("browsergym", "step records in BrowserGym's style", write_browsergym, single=".jsonl"),
        Format("transitions", "three tables of the call hierarchy (STEP-HRL)", write_transitions),
        Format("step", "a SteP prompt module", write_step, single=".py", from_prompts=True),
        Format("heap", "HeaP prompts as text", write_heap, from_prompts=True),
        Format("elan", "ELAN timelines", write_elan, ANY_END),
        Format("csv", "a table of calls", write_csv, ANY_END, ".csv"),
    )
}
"""By name, in the order in which the documentation lists them."""

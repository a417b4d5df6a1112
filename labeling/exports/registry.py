"""The formats labels and prompts are written in: who writes them, what they are made from, how their file is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from labeling.exports.bundle import write_native
from labeling.exports.chat import write_sft, write_trl
from labeling.exports.label_studio import write_label_studio
from labeling.exports.material import Source
from labeling.exports.out import Out
from labeling.exports.preference import write_preference
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
        Format("preference", "a person's change against the proposal", write_preference, ANY_END, ".jsonl"),
        Format("label-studio", "Label Studio tasks", write_label_studio, ANY_END),
    )
}
"""By name, in the order in which the documentation lists them."""

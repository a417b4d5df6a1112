"""How far a workspace is along the loop, and what the next sensible thing to do is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flows.label.labels import to_review
from flows.transfer import transfer
from labeling.model import LabelRun
from traces.sentences import counted
from wiring import Parts

EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "episodes"
EXAMPLE_LABELS = EXAMPLES.with_name("labels")
EXAMPLE_AUTHOR = "examples"


@dataclass(frozen=True)
class Overview:
    """Counts along the loop; `to_review` counts demonstrations whose labels nobody decided yet."""

    demonstrations: int
    to_review: int
    prompt_sets: int
    episodes: int
    failures: int

    @property
    def empty(self) -> bool:
        """Whether nothing was recorded, imported or run yet."""
        return not self.demonstrations and not self.episodes

    @property
    def next_page(self) -> tuple[str, str]:
        """(page, sentence) of the next sensible action."""
        if not self.demonstrations and not self.failures:
            return "record", "Record a demonstration"
        if self.to_review:
            return "label", f"Review the labels of {counted(self.to_review, 'demonstration')}"
        if self.demonstrations and not self.prompt_sets:
            return "prompts", "Build a prompt set from the accepted labels"
        if not self.episodes:
            return "run", "Run the agent on unseen tasks"
        if self.failures:
            return "failures", f"Look at {counted(self.failures, 'failed episode')}"
        return "record", "Record another demonstration"


def overview(parts: Parts) -> Overview:
    """Count what is there."""
    catalogue = parts.episodes.catalogue
    return Overview(
        demonstrations=catalogue.search(limit=1, actor="human").total,
        to_review=len(to_review(parts)),
        prompt_sets=parts.workspace.count("prompt_set"),
        episodes=catalogue.search(limit=1, actor="agent").total,
        failures=catalogue.search(limit=1, actor="agent", status="failed").total,
    )


def load_examples(parts: Parts) -> int:
    """Copy the shipped episodes into the workspace with their accepted labels; how many are new."""
    imported = transfer.import_files(parts, sorted(EXAMPLES.glob("*.episode")))["imported"]
    for path in sorted(EXAMPLE_LABELS.glob("*.json")):
        run = parts.labels.add_run(LabelRun.model_validate_json(path.read_text(encoding="utf-8")))
        desk = parts.desk(run.policy_set)
        desk.accept_all(desk.begin(run, EXAMPLE_AUTHOR, EXAMPLE_AUTHOR), EXAMPLE_AUTHOR)
    return len(imported)

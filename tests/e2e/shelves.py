"""A workspace after some weeks: shipped examples with labels, one demonstration to review, prompts, runs."""

from __future__ import annotations

from pathlib import Path

from flows.overview import EXAMPLES, load_examples
from flows.prompt import prompts
from tests.workspaces import add_demonstration, add_failed_run
from traces.model import Episode
from traces.reader import EpisodeReader
from wiring import Parts

TO_REVIEW = "demo1"


def fill_workspace(home: Path) -> None:
    """Fill it through the same functions that the screens use."""
    parts = Parts(home)
    try:
        assert load_examples(parts) > 0
        prompts.build(parts)
        add_demonstration(parts, TO_REVIEW)
        add_failed_run(parts)
    finally:
        parts.close()


def failed_example() -> Episode:
    """The shipped run that failed and has the most steps."""
    runs = [episode for episode in map(_header, EXAMPLES.glob("*.episode")) if episode.status == "failed"]
    return max(runs, key=lambda episode: episode.n_steps)


def _header(path: Path) -> Episode:
    reader = EpisodeReader(path)
    try:
        return reader.episode
    finally:
        reader.close()

"""Records the demonstrations of examples/gold from their scripts, and shows one to whoever labels it.

`python -m tools.make_gold record NAME ...` plays examples/gold/scripts/NAME.json through the live view's socket, in a
workspace of its own, and keeps the episode. `show NAME` prints its steps with what each changed, from the recording
alone: no labeller is asked. A label file begins with what `show` prints under "steps". Tasks are tools/gold_pages.py's.
"""

from __future__ import annotations

import argparse
import difflib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.gold import EPISODES, SCRIPTS
from browser.script import parse_gesture
from flows.record.recording import Request, record_gestures
from tools.gold_pages import served
from traces.model import Step
from traces.reader import EpisodeReader
from traces.sentences import sentence
from wiring import Parts

MOST_LINES = 12
AUTHOR = "gold"


def main() -> int:
    """Exit code 1 when a recording is not what its script wanted."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("do", choices=("record", "show"))
    options.add_argument("names", nargs="+")
    given = options.parse_args()
    if given.do == "show":
        for name in given.names:
            print("\n".join(shown(name)))
        return 0
    EPISODES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        parts = Parts(Path(home))
        try:
            return max(_record(parts, name) for name in given.names)
        finally:
            parts.close()


def _record(parts: Parts, name: str) -> int:
    told: dict[str, Any] = json.loads((SCRIPTS / f"{name}.json").read_text(encoding="utf-8"))
    gestures = [parse_gesture(entry) for entry in told["gestures"]]
    with served(told["task"]) as task:
        asked = Request(task, told.get("objective", ""), told.get("answer"), seed=told["seed"], author=AUTHOR)
        result = record_gestures(parts, asked, gestures)
    answer = result.answer
    status, missed = answer["episode"]["status"], answer["not_recorded"]
    print(f"{name}: {len(answer['steps'])} steps, {status}, not recorded: {missed}")
    good = status == told.get("status", "success") and not missed
    if good:
        shutil.copyfile(result.path, EPISODES / f"{name}.episode")
    else:
        print(f"{name}: nothing was kept, since the script wants {told.get('status', 'success')}", file=sys.stderr)
    return 0 if good else 1


def shown(name: str) -> Iterator[str]:
    """A demonstration in words: objective, first page, steps, and what each changed."""
    with EpisodeReader(EPISODES / f"{name}.episode") as reader:
        steps = reader.steps()
        yield f"episode: {reader.episode.id}"
        yield f"objective: {json.dumps(reader.episode.objective, ensure_ascii=False)}"
        yield "steps:"
        yield from (f"  - {json.dumps(f'{step.uid} {_words(step)}', ensure_ascii=False)}" for step in steps)
        if steps and steps[0].observation_before:
            yield "# the first page:"
            yield from (f"#   {line}" for line in reader.observation(steps[0].observation_before).text.splitlines())
        for number, step in enumerate(steps, 1):
            yield f"# {number}. {sentence(step)}"
            yield from (f"#      {line}" for line in _changes(reader, step))


def _words(step: Step) -> str:
    """The action with role and name for the id."""
    verb, _, rest = step.action.partition(" ")
    if step.target is None or step.target.id is None:
        return step.action
    return f"{verb} {step.target.role} {step.target.name!r}{rest.removeprefix(f'[{step.target.id}]')}"


def _changes(reader: EpisodeReader, step: Step) -> list[str]:
    if not step.observation_before or not step.observation_after:
        return []
    before, after = (reader.observation(key) for key in (step.observation_before, step.observation_after))
    address = [f"address {before.url} -> {after.url}"] if before.url != after.url else []
    lines = difflib.unified_diff(before.text.splitlines(), after.text.splitlines(), lineterm="", n=0)
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    left = [f"... {len(changed) - MOST_LINES} more lines changed"] if len(changed) > MOST_LINES else []
    return [*address, *changed[:MOST_LINES], *left]


if __name__ == "__main__":
    sys.exit(main())

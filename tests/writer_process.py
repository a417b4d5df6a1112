"""A process of its own that writes an episode as a run does, a step for each line it is told; it can be killed.

`python -m tests.writer_process FOLDER ID STEPS` writes that many steps, says "ready N", then one more for each line.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Self

from bench.replay_episode import OBJECTIVE, Move, moves, write_step
from traces.frames import build_frames
from traces.model import Episode, Step
from traces.writer import EpisodeWriter

ROOT = Path(__file__).parent.parent


class WriterProcess:
    """The process, from outside; a context manager that ends it."""

    def __init__(self, folder: Path, episode: str, steps: int) -> None:
        told = [sys.executable, "-m", "tests.writer_process", str(folder), episode, str(steps)]
        self._process = subprocess.Popen(told, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._heard(f"ready {steps}")

    def more(self, steps: int) -> None:
        """Have so many further steps written, and wait until they are."""
        for _ in range(steps):
            self._told("step")
            self._heard("written")

    def seal(self) -> None:
        """Have the episode end in order."""
        self._told("seal")
        self._heard("sealed")

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        """Nothing more than itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _told(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def _heard(self, word: str) -> None:
        assert self._process.stdout is not None
        said = self._process.stdout.readline().strip()
        assert said == word, f"the writer said {said!r} instead of {word!r}"


def main(folder: str, episode: str, steps: str) -> None:
    """Write as told on stdin; frames are put as agent/record.py does, when a call is opened or returns."""
    header = Episode(id=episode, actor="agent", objective=OBJECTIVE, task="book_flight", seed=5013, model="demos")
    coming = moves(10**9)
    with EpisodeWriter.create(Path(folder), header) as writer:
        writer.put_frames(build_frames([], OBJECTIVE))
        done: list[Step] = []
        for _ in range(int(steps)):
            _next(writer, next(coming), done)
        writer.flush()
        print(f"ready {steps}", flush=True)
        for line in sys.stdin:
            if line.strip() == "seal":
                writer.put_frames(build_frames(done, OBJECTIVE))
                writer.seal(status="failed", end_reason="step_limit", n_steps=len(done))
                print("sealed", flush=True)
                return
            _next(writer, next(coming), done)
            writer.flush()
            print("written", flush=True)


def _next(writer: EpisodeWriter, move: Move, done: list[Step]) -> None:
    done.append(write_step(writer, len(done), move, done))
    if move.kind in ("push", "pop"):
        writer.put_frames(build_frames(done, OBJECTIVE))


if __name__ == "__main__":
    main(*sys.argv[1:])

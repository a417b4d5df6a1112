"""Who is writing a file, and what is left when they are gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from store.claims import Claim, Claimed, is_claimed, left_behind, lock_of
from store.episode_file import SUFFIX, EpisodeFile
from tests.counts import soak

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from store.episode_file import EpisodeFile
file = EpisodeFile.create(Path(sys.argv[1]))
file.commit()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_file_is_claimed_until_it_is_let_go(tmp_path: Path) -> None:
    """Whoever has the claim keeps everybody else out, the same process included; done, nothing is left of it."""
    file = tmp_path / "a.episode"
    claim = Claim.take(file)
    assert is_claimed(file)
    with pytest.raises(Claimed, match="still being written"):
        Claim.take(file)
    claim.release(done=True)
    assert not is_claimed(file)
    assert not lock_of(file).exists()
    claim.release(done=True)


def test_what_is_not_done_stays_marked(tmp_path: Path) -> None:
    """A file let go before it was finished is found again, until somebody finishes it."""
    file = tmp_path / f"a{SUFFIX}"
    EpisodeFile.create(file).close()
    assert left_behind(tmp_path, SUFFIX) == [file]
    finishing = EpisodeFile.open(file, write=True)
    assert left_behind(tmp_path, SUFFIX) == []
    finishing.seal()
    finishing.close()
    assert left_behind(tmp_path, SUFFIX) == []
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


def test_reading_needs_no_claim(tmp_path: Path) -> None:
    """A file can be read while it is written, and a second writer is refused."""
    file = tmp_path / f"a{SUFFIX}"
    writing = EpisodeFile.create(file)
    writing.commit()
    EpisodeFile.open(file).close()
    with pytest.raises(Claimed):
        EpisodeFile.open(file, write=True)
    writing.close()


def test_looking_is_in_nobodys_way(tmp_path: Path) -> None:
    """Others may look all the time: a free file can be claimed at any moment, and none of them sees it as claimed."""
    file, done = tmp_path / "a.episode", threading.Event()
    seen: list[bool] = []
    Claim.take(file).release(done=False)

    def look() -> None:
        while not done.is_set():
            seen.append(is_claimed(file))

    lookers = [threading.Thread(target=look) for _ in range(3)]
    for looker in lookers:
        looker.start()
    try:
        while len(seen) < soak(20_000):
            assert not any(seen)
        for _ in range(soak(5_000)):
            Claim.take(file).release(done=False)
    finally:
        done.set()
        for looker in lookers:
            looker.join()


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    """The claim of a living process is seen from another; kill -9 ends it."""
    file = tmp_path / f"a{SUFFIX}"
    command = [sys.executable, "-c", HOLD, str(file)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        assert is_claimed(file)
        assert left_behind(tmp_path, SUFFIX) == []
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
        process.stdin.close()
        process.stdout.close()
    assert not is_claimed(file)
    assert left_behind(tmp_path, SUFFIX) == [file]

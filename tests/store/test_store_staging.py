"""Folders for what is not whole yet: gone afterwards, and what a killed process left goes with the next one."""

from __future__ import annotations

import signal
import subprocess
import sys

from store.staging import staging

HOLD = (
    "import sys, pathlib; from store.staging import staging\n"
    "with staging(pathlib.Path(sys.argv[1])) as folder:\n"
    "    (folder / 'part').write_text('half')\n"
    "    print(folder.name, flush=True)\n"
    "    sys.stdin.read()\n"
)


def test_nothing_is_left_afterwards_also_of_folders_within_one_another(tmp_path):
    """An inner one takes nothing of the outer one away."""
    with staging(tmp_path) as outer:
        (outer / "part").write_text("half")
        with staging(tmp_path) as inner:
            assert inner != outer
        assert (outer / "part").read_text() == "half"
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_and_what_another_is_using_stays(tmp_path):
    """The next one that begins clears up."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    killed, alive = running
    names = [one.stdout.readline().strip() for one in running if one.stdout]
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert (tmp_path / names[0] / "part").exists()
    with staging(tmp_path):
        assert not (tmp_path / names[0]).exists()
        assert (tmp_path / names[1] / "part").exists()
    alive.communicate()
    assert list(tmp_path.iterdir()) == []

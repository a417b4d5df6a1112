"""A practice site as a process: it starts, answers its owner, and never outlives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from practice.airline.scenarios import SCENARIOS
from practice.server import PracticeError, PracticeServer

OWNER = """
import json, time
from practice.server import PracticeServer
site = PracticeServer()
print(json.dumps([site.pid, site.url]), flush=True)
time.sleep(60)
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"


def becomes(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_a_site_answers_and_ends_with_its_owner_s_block() -> None:
    """Reset, evaluate and the list of scenarios work; leaving the block ends the process."""
    with PracticeServer() as site:
        scenario = site.reset(3, "find_booking")
        assert scenario.start_url == f"{site.url}/"
        assert (scenario.seed, scenario.scenario) == (3, "find_booking")
        assert site.scenarios() == tuple(SCENARIOS)
        assert not site.evaluate().complete
        assert site.evaluate("a & b ?").reasons
        pid = site.pid
        assert alive(pid)
    assert not alive(pid)
    site.close()


def test_two_sites_keep_their_own_state() -> None:
    """Workers do not disturb each other."""
    with PracticeServer() as one, PracticeServer() as other:
        first = one.reset(1, "find_flight")
        other.reset(2, "cancel_flight")
        assert one.url != other.url
        assert one.reset(1, "find_flight").objective == first.objective


def test_a_site_ends_when_its_owner_is_killed() -> None:
    """`kill -9` of the owner leaves no process behind."""
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        pid, _ = json.loads(owner.stdout.readline())
        assert alive(pid)
        owner.send_signal(signal.SIGKILL)
    assert becomes(lambda: not alive(pid))


def test_a_site_ends_when_its_owner_is_killed_though_another_holds_its_input() -> None:
    """A process forked by the owner keeps the pipe open; the site still notices who its parent is."""
    forking = OWNER.replace("time.sleep(60)", "import os\nos.fork()\ntime.sleep(60)")
    with subprocess.Popen([sys.executable, "-c", forking], stdout=subprocess.PIPE, start_new_session=True) as owner:
        assert owner.stdout
        pid, _ = json.loads(owner.stdout.readline())
        owner.send_signal(signal.SIGKILL)
        try:
            assert becomes(lambda: not alive(pid))
        finally:
            os.killpg(owner.pid, signal.SIGKILL)


def test_a_wrong_reset_is_a_practice_error() -> None:
    """The site's own words reach the caller, and the site goes on."""
    with PracticeServer() as site:
        with pytest.raises(PracticeError, match="no scenario 'nonsense'; there are: find_flight"):
            site.reset(1, "nonsense")
        with pytest.raises(PracticeError, match="seed"):
            site.reset(-1, "find_flight")
        assert site.reset(1, "find_flight")


def test_a_site_that_is_gone_says_so() -> None:
    """A call after the process ended names the address and what to do."""
    with PracticeServer() as site:
        os.kill(site.pid, signal.SIGKILL)
        with pytest.raises(PracticeError, match=r"does not answer .* Start it again"):
            site.evaluate()


def test_a_site_that_does_not_exist_says_why() -> None:
    """What the process wrote is in the message, and nothing is left running."""
    with pytest.raises(PracticeError, match="did not start: .*practice.nowhere"):
        PracticeServer("nowhere")


def test_a_port_in_use_is_one_clear_line() -> None:
    """Started alone on a taken port, it says so and ends with 1."""
    with PracticeServer() as site:
        port = site.url.rpartition(":")[2]
        command = [sys.executable, "-m", "practice.airline", "--port", port]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        f"practice.airline: port {port} cannot be used (Address already in use); try --port 0"
    ]

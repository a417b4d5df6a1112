"""Long work started from a page: one thread per job, progress to look at, a stop, and a result that stays.

A job outlives the script run that started it; pages find it again by name after a reload.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import streamlit as st

from flows.problems import Problem, explained
from flows.progress import Report, Stop, Stopped, Update
from ui.plain import message, plain

Work = Callable[[Report, Stop], Any]
State = Literal["running", "done", "stopped", "failed"]
SHOWN = 5
"""Messages about single things that are shown; the number of the others is told."""
_READ_SINCE = "jobs_read_since"


@dataclass
class Job:
    """One piece of long work."""

    name: str
    state: State = "running"
    update: Update = field(default_factory=lambda: Update("Starting"))
    lines: list[str] = field(default_factory=list)
    result: Any = None
    problem: Problem | None = None
    about: Any = None
    stopping: threading.Event = field(default_factory=threading.Event)
    ended: float = -math.inf

    def report(self, update: Update) -> None:
        """Remember how far the work is."""
        self.update = update
        self.lines.append(update.line)


class Jobs:
    """The jobs of this process by name; starting one that is running gives the running one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}

    def start(self, name: str, work: Work, about: Any = None) -> Job:
        """Begin the work on a thread of its own; `about` is whatever a page wants to know of it."""
        with self._lock:
            running = self._jobs.get(name)
            if running is not None and running.state == "running":
                return running
            job = self._jobs[name] = Job(name, about=about)
        threading.Thread(target=_run, args=(job, work), name=f"job-{name}", daemon=True).start()
        return job

    def get(self, name: str) -> Job | None:
        """The newest job of that name."""
        return self._jobs.get(name)

    def forget(self, name: str) -> None:
        """Let go of a job that has ended, and of its result."""
        with self._lock:
            job = self._jobs.get(name)
            if job is not None and job.state != "running":
                del self._jobs[name]


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The jobs of this process."""
    return Jobs()


def page_begins() -> None:
    """Say that the page reads what it shows from now on: work that ends later may not be in it yet."""
    st.session_state[_READ_SINCE] = time.monotonic()


def _nothing(job: Job) -> None:
    """Nothing more to draw."""


def show(name: str, done: Callable[[Job], None], watch: Callable[[Job], None] = _nothing) -> None:
    """Draw a job while it runs, with progress, a stop button and what `watch(job)` draws; then `done(job)`."""
    job = jobs().get(name)
    if job is None:
        return
    if job.state == "running":
        _watch(name, watch)
        return
    if job.ended > st.session_state.get(_READ_SINCE, math.inf):
        st.rerun()
    if job.problem is not None:
        rest = message(f"{job.problem.kept} {job.problem.next}")
        st.error(f"{message(job.problem.what)}\n\n{rest}", icon=":material/error:")
    if job.state == "stopped":
        st.info("Stopped. Everything finished before is kept; start again to go on.", icon=":material/stop_circle:")
    done(job)


def left_out(entries: Sequence[Mapping[str, str]]) -> None:
    """What was said of single things that a job passed over; nothing where there were none."""
    messages = list(dict.fromkeys(message(one["reason"]) for one in entries))
    if messages:
        more = f"\n\nand {len(messages) - SHOWN:,} more" if len(messages) > SHOWN else ""
        told = f"{len(entries):,} left out:\n\n" + "\n\n".join(messages[:SHOWN]) + more
        st.warning(told, icon=":material/warning:")


@st.fragment(run_every=1.0)
def _watch(name: str, watch: Callable[[Job], None]) -> None:
    job = jobs().get(name)
    if job is None or job.state != "running":
        st.rerun()
    share = job.update.done / job.update.total if job.update.total else 0.0
    st.progress(min(1.0, share), text=plain(job.update.line))
    if st.button("Stop", icon=":material/stop:", key=f"stop_{name}", disabled=job.stopping.is_set()):
        job.stopping.set()
    watch(job)


def _run(job: Job, work: Work) -> None:
    state: State = "done"
    try:
        job.result = work(job.report, job.stopping.is_set)
    except Stopped:
        state = "stopped"
    except Exception as error:  # a thread's last line: nothing above it could tell the person
        job.problem, state = explained(error), "failed"
    job.ended, job.state = time.monotonic(), state

"""What every command shares: its registration, the workspace it works on, how it answers, and how it is stopped.

Results go to stdout, progress to stderr; with --json stdout holds nothing but JSON and an error is one JSON object on
stderr. The commands themselves are cli.py and the modules beside this one.
"""

from __future__ import annotations

import functools
import json
import math
import os
import signal
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from flows import catching_up
from flows.problems import STOPPED, Problem, explained
from flows.progress import Stop, Stopped, Update
from server.people import is_name
from wiring import Parts

LOOP = (
    *("tour", "record", "label", "policies", "agreement", "prompts", "run", "practice", "experiment"),
    *("episodes", "episode", "failures", "signals", "scorecard", "compare", "teach"),
    *("import", "export", "check", "normalise", "environments", "workspace"),
)
"""The order in which the commands are listed: that of the work."""


class Commands(TyperGroup):
    """The command line; where --json was typed, being called wrongly is told as JSON too."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names in the order of LOOP; one that is not in it comes last."""
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: LOOP.index(name) if name in LOOP else len(LOOP))

    def main(self, args: Sequence[str] | None = None, *others: Any, **options: Any) -> Any:
        """Run the command that was typed, and end the process with its exit code."""
        typed = sys.argv[1:] if args is None else list(args)
        if "--json" not in typed:
            return super().main(args, *others, **options)
        try:
            code = super().main(args, *others, **{**options, "standalone_mode": False})
        except typer.TyperException as error:
            _report(_wrong_use(error), as_json=True)
            code = getattr(error, "exit_code", 1)
        sys.exit(code or 0)


Json = Annotated[bool, typer.Option("--json", help="Nothing but JSON on stdout; errors as JSON on stderr.")]


def _named(author: str) -> str:
    if not is_name(author):
        raise typer.BadParameter("a name is 1 to 60 printable letters.")
    return author


Author = Annotated[str, typer.Option(help="In whose name.", callback=_named)]
EpisodeId = Annotated[str, typer.Argument(help="The episode's id, as `episodes list` shows it.")]


def command(group: typer.Typer, name: str) -> Callable[[Callable[..., int | None]], Callable[..., None]]:
    """Register a command: it gets the workspace's parts, and whatever goes wrong becomes one message and a code."""

    def register(function: Callable[..., int | None]) -> Callable[..., None]:
        @functools.wraps(function)
        def guarded(*args: Any, **options: Any) -> None:
            raise typer.Exit(_guarded(function, args, options))

        group.command(name)(guarded)
        return guarded

    return register


def _guarded(function: Callable[..., int | None], args: tuple[Any, ...], options: dict[str, Any]) -> int:
    try:
        return function(*args, **options) or 0
    except (typer.TyperException, typer.Exit, BrokenPipeError):
        raise
    except (KeyboardInterrupt, typer.Abort, Stopped):
        problem = Problem("Stopped.", "Everything finished before is kept.", "Run it again to go on.", STOPPED)
    except Exception as error:
        if os.environ.get("STEPSCOPE_DEBUG"):
            raise
        problem = explained(error)
    _report(problem, as_json=bool(options.get("as_json")))
    return problem.code


def _report(problem: Problem, *, as_json: bool) -> None:
    parts = {"what": problem.what, "kept": problem.kept, "next": problem.next}
    typer.echo(_json({"error": parts}) if as_json else _printable(problem.said), err=True)


def _wrong_use(error: typer.TyperException) -> Problem:
    context = getattr(error, "ctx", None)
    help_of = context.command_path if context else "cli.py"
    what = getattr(error, "format_message", error.__str__)().replace("Value error, ", "")
    return Problem(what, "Nothing was done.", f"`{help_of} --help` shows how it is used.")


def agreed(question: str) -> bool:
    """Ask before something is lost; an answer that does not come (no terminal, Ctrl+C) is no."""
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        progress("\nNobody answered; `--yes` answers beforehand.")
        return False


def named_path(text: str) -> Path:
    """The path that was typed. Raises BadParameter for '', which a shell makes of an unset variable."""
    if not text:
        raise typer.BadParameter("an empty path names nothing; the current folder is '.'.")
    return Path(text)


@contextmanager
def workspace(*, caught_up: bool = True) -> Iterator[Parts]:
    """The configured workspace's parts, its catalogue `caught_up` with its files; let go of at the end."""
    parts = Parts()
    try:
        if caught_up and parts.episodes.catalogue.unread:
            with stoppable() as stop:
                told = catching_up.catch_up(parts, Reporter(), stop)
            for one in told["left_out"]:
                progress(one["reason"])
        yield parts
    finally:
        parts.close()


def emit(data: Any, as_json: bool, text: Callable[[], str]) -> None:
    """Print a result: JSON, or the text a person reads."""
    typer.echo(_json(data, indent=2) if as_json else _printable(text()))


def _json(data: Any, indent: int | None = None) -> str:
    """One JSON text; what cannot be encoded (half a surrogate pair from a page) is escaped."""
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "backslashreplace").decode()


def _printable(text: str) -> str:
    """The text for a terminal: what would command it, or turn its letters round, is shown as the escape it is."""
    return "".join(one if one.isprintable() or one in "\n\t" else _escaped(one) for one in text)


def _escaped(char: str) -> str:
    return char if unicodedata.category(char) == "Zs" else char.encode("unicode_escape").decode()


def progress(line: str) -> None:
    """Say how far it is, on stderr."""
    typer.echo(_printable(line), err=True)


def report(update: Update) -> None:
    """Say how far counted work is, on stderr."""
    progress(update.line)


class Reporter:
    """The same of quick work: the first line, the last, and between them one in `every` seconds."""

    def __init__(self, every: float = 0.5) -> None:
        self._every = every
        self._last = -math.inf

    def __call__(self, update: Update) -> None:
        """Say it, if it is time."""
        now = time.monotonic()
        if not 0 < update.done < update.total or now - self._last >= self._every:
            self._last = now
            progress(update.line)


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Whether the first Ctrl-C (or a request to terminate) has come, for a clean stop; the second ends at once."""
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        progress("Stopping; what is finished is kept. Press again to end at once.")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""The lines of a Playwright trace file: calls, snapshots, pictures, what the console said; what is not known is named.

Versions 3 to 10 are told by what they hold, not by their number; later ones are read as far as they are alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from traces.draft import MOST_STEPS
from traces.formats.bounds import MAX_LINE, MAX_LINES, MAX_LOG, MB
from traces.formats.foreign import BadRecording, text_of
from traces.formats.playwright_actions import Call
from traces.formats.playwright_snapshots import Snapshots
from traces.formats.source import harmless, mapping_of, number_of

NEWEST = 10
_SILENT = frozenset({"resource-snapshot", "stdout", "stderr", "video", "aria-snapshot", "log"})
_MOST_WARNED = 50
Lines = Iterator[tuple[int, bytes | None]]
"""Lines with their numbers; None is one that is too long."""


@dataclass
class Recorded:
    """What a trace file says: calls by their id, snapshots, pictures by page, errors; `raw` are its entries."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    snapshots: Snapshots = field(default_factory=Snapshots)
    pictures: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    shots: dict[tuple[str, str], str] = field(default_factory=dict)
    console: list[tuple[float, str, str]] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    raw: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def is_runner(self) -> bool:
        """Whether it was written by the test runner, which drives a browser whose own trace lies beside it."""
        return self.options.get("origin") == "testRunner" or not self.options

    def warn(self, position: str, message: str) -> None:
        """Say what was wrong, and where; the same at most so often."""
        if len(self.warnings) < _MOST_WARNED:
            self.warnings.append((position, message))
        elif len(self.warnings) == _MOST_WARNED:
            self.warnings.append((position, "There is more of this kind; it is left out here."))


def read_lines(name: str, lines: Lines) -> Recorded:
    """All that the lines of a trace file say. What cannot be read is among the warnings."""
    recorded = Recorded(name)
    reader = _Reader(recorded)
    number = read = 0
    try:
        for number, line in lines:
            read += len(line or b"")
            if number > MAX_LINES or read > MAX_LOG or len(recorded.calls) > MOST_STEPS:
                recorded.warn(f"{name} line {number}", "What comes after is too much and was left out.")
                break
            _take(reader, f"{name} line {number}", line)
    except BadRecording as error:
        recorded.warn(f"{name} line {number}", str(error))
    return recorded


def _take(reader: _Reader, position: str, line: bytes | None) -> None:
    if line is None:
        reader.recorded.warn(position, f"The line is longer than {MAX_LINE // MB} MB and was left out.")
        return
    if not line.strip():
        return
    try:
        event = json.loads(line, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        reader.recorded.warn(position, f"It is no JSON ({str(error)[:80]}) and was left out: the trace may be cut.")
        return
    if b"\\ud" in line or b"\\uD" in line:
        event = harmless(event)
    if isinstance(event, dict):
        reader.take(position, event)
    else:
        reader.recorded.warn(position, "It is no object and was left out.")


class _Reader:
    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded
        self._objects: dict[str, Mapping[str, Any]] = {}
        self._open: list[str] = []

    def take(self, position: str, event: Mapping[str, Any]) -> None:
        """One entry, by its kind; one that is not known is kept and named."""
        kind = text_of(event.get("type"))
        handler = _KINDS.get(kind)
        if handler is not None:
            handler(self, position, event)
        elif kind not in _SILENT:
            self.recorded.raw.append(harmless(dict(event)))
            self.recorded.warn(position, f"There is no reading of an entry {kind[:40]!r}; it is kept as it is.")

    def _options(self, position: str, event: Mapping[str, Any]) -> None:
        self.recorded.options = event
        self.recorded.raw.append(harmless(dict(event)))
        version = event.get("version")
        if not isinstance(version, int):
            self.recorded.warn(position, "It does not say of which version it is: read as far as it is alike.")
        elif version > NEWEST:
            said = f"It is of version {version}, newer than {NEWEST}: read as far as it is alike."
            self.recorded.warn(position, said)

    def _before(self, position: str, event: Mapping[str, Any]) -> None:
        call = _call(position, event, event)
        if not call.page and call.cls in ("Frame", "Page"):  # since version 10 only snapshots say it
            call.page = self._open[0] if len(self._open) == 1 else ""
            call.unplaced = len(self._open) > 1
        self._began(call)
        self._named(event)
        self._page(call.page)
        self.recorded.raw.append(harmless(_without(event, ("stack", "snapshots"))))

    def _began(self, call: Call) -> None:
        """Keep a call; an earlier one that has its id is kept under another."""
        earlier = self.recorded.calls.pop(call.id, None)
        if earlier is not None:
            self.recorded.warn(call.position, "An earlier call has its id; what follows is taken for this one's.")
            self.recorded.calls[f"{earlier.id} {earlier.position}"] = earlier
        self.recorded.calls[call.id] = call

    def _named(self, event: Mapping[str, Any]) -> None:
        """Names of snapshots that a call gives, until version 8."""
        for phase in ("before", "input", "after"):
            name = text_of(event.get(f"{phase}Snapshot"))
            if name:
                self.recorded.snapshots.phases[name] = "action" if phase == "input" else phase

    def _input(self, position: str, event: Mapping[str, Any]) -> None:
        call = self._known(position, event)
        if call is not None:
            self._named(event)
            call.point = _point(event.get("point")) or call.point
            call.box = mapping_of(event.get("box"))

    def _after(self, position: str, event: Mapping[str, Any]) -> None:
        call = self._known(position, event)
        if call is None:
            return
        self._named(event)
        call.ended = number_of(event.get("endTime"))
        call.error = _message(event.get("error")) or _unmet(call, mapping_of(event.get("result")))
        call.point = _point(event.get("point")) or call.point
        self.recorded.raw.append(harmless(dict(event)))

    def _known(self, position: str, event: Mapping[str, Any]) -> Call | None:
        call = self.recorded.calls.get(text_of(event.get("callId")))
        if call is None:
            self.recorded.warn(position, f"It belongs to no call that was begun ({text_of(event.get('type'))}).")
        return call

    def _action(self, position: str, event: Mapping[str, Any]) -> None:
        """A whole call in one entry: until version 3 under `metadata`."""
        told = mapping_of(event.get("metadata")) or event
        if told.get("internal") is True:
            return
        call = _call(position, told, event)
        call.ended = number_of(told.get("endTime"))
        call.error = _message(mapping_of(told.get("error")).get("error") or told.get("error"))
        call.point = _point(told.get("point"))
        for one in told["snapshots"] if isinstance(told.get("snapshots"), list) else []:
            name = text_of(mapping_of(one).get("snapshotName"))
            title = text_of(mapping_of(one).get("title"))
            self.recorded.snapshots.phases[name] = "action" if title in ("input", "action") else title
        self._named(told)
        self._began(call)
        self._page(call.page)
        self.recorded.raw.append(harmless(dict(told)))

    def _snapshot(self, position: str, event: Mapping[str, Any]) -> None:
        said = event.get("snapshot")
        if isinstance(said, dict):
            self.recorded.snapshots.add(said)
        else:
            self.recorded.warn(position, "Its snapshot is none and was left out.")

    def _screencast(self, position: str, event: Mapping[str, Any]) -> None:
        file, at = _file(event), number_of(event.get("timestamp"))
        if file and at is not None:
            self.recorded.pictures.setdefault(text_of(event.get("pageId")), []).append((at, file))
        else:
            self.recorded.warn(position, "Its picture has no name or no time and was left out.")

    def _screenshot(self, position: str, event: Mapping[str, Any]) -> None:
        self.recorded.shots[text_of(event.get("callId")), text_of(event.get("phase"))] = _file(event)

    def _console(self, position: str, event: Mapping[str, Any]) -> None:
        self._said(event, text_of(event.get("messageType")), text_of(event.get("text")))

    def _said(self, event: Mapping[str, Any], kind: str, text: str) -> None:
        at = number_of(event.get("time"))
        if kind == "error" and text and at is not None:
            self.recorded.console.append((at, text_of(event.get("pageId")), text[:500]))
        self.recorded.raw.append(harmless(dict(event)))

    def _object(self, position: str, event: Mapping[str, Any]) -> None:
        """Until version 4 what the console said is an object that an event names; until 3 an event makes it."""
        self._objects[text_of(event.get("guid"))] = mapping_of(event.get("initializer"))

    def _event(self, position: str, event: Mapping[str, Any]) -> None:
        told = mapping_of(event.get("metadata")) or event
        method, params = text_of(told.get("method")), mapping_of(told.get("params"))
        at = number_of(event.get("time")) or number_of(told.get("startTime")) or 0.0
        if method == "__create__":
            self._object(position, params)
        elif method == "console":
            said = self._objects.get(text_of(mapping_of(params.get("message")).get("guid")), {})
            self._said({**event, "time": at, "said": dict(said)}, text_of(said.get("type")), text_of(said.get("text")))
        elif method == "pageError":
            error = _message(mapping_of(params.get("error")).get("error") or params.get("error"))
            self._said({**event, "time": at}, "error", error)
        elif method in ("page", "pageClosed"):
            self._opened(method, text_of(params.get("pageId")) or text_of(mapping_of(params.get("page")).get("guid")))

    def _opened(self, method: str, page: str) -> None:
        """A page came or went; since version 10 the call that closed it does not say which it was."""
        self._page(page)
        self._open = [one for one in self._open if one != page] + ([page] if method == "page" else [])
        for call in self.recorded.calls.values() if method == "pageClosed" else ():
            if call.name == "Page.close" and call.ended is None:
                call.page = call.page or page

    def _error(self, position: str, event: Mapping[str, Any]) -> None:
        self.recorded.errors.append(_message(event) or "an error")
        self.recorded.raw.append(harmless(dict(event)))

    def _page(self, page: str) -> None:
        if page and page not in self.recorded.pages:
            self.recorded.pages.append(page)


_KINDS = {
    "context-options": _Reader._options,
    "before": _Reader._before,
    "input": _Reader._input,
    "after": _Reader._after,
    "action": _Reader._action,
    "frame-snapshot": _Reader._snapshot,
    "screencast-frame": _Reader._screencast,
    "screenshot": _Reader._screenshot,
    "console": _Reader._console,
    "object": _Reader._object,
    "event": _Reader._event,
    "error": _Reader._error,
}


def _call(position: str, told: Mapping[str, Any], event: Mapping[str, Any]) -> Call:
    return Call(
        id=text_of(told.get("callId")) or text_of(told.get("id")) or position,
        position=position,
        cls=text_of(told.get("class")) or text_of(told.get("type")),
        method=text_of(told.get("method")),
        title=text_of(told.get("title")) or text_of(told.get("apiName")),
        page=text_of(told.get("pageId")) or text_of(event.get("pageId")),
        parent=text_of(told.get("parentId")),
        params=harmless(dict(mapping_of(told.get("params")))),
        started=number_of(told.get("startTime")) or 0.0,
    )


def _without(event: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key not in names}


def _file(event: Mapping[str, Any]) -> str:
    sha1 = text_of(event.get("sha1"))
    return text_of(event.get("file")) or (f"resources/{sha1}" if sha1 else "")


def _message(error: Any) -> str:
    said = error if isinstance(error, str) else text_of(mapping_of(error).get("message"))
    return said.strip()[:2000]


def _unmet(call: Call, result: Mapping[str, Any]) -> str:
    """Why an expectation failed: until version 6 only its result says so."""
    if call.method != "expect" or not isinstance(result.get("matches"), bool):
        return ""
    return "Expect failed" if result["matches"] == bool(call.params.get("isNot")) else ""


def _point(value: Any) -> tuple[float, float] | None:
    x, y = number_of(mapping_of(value).get("x")), number_of(mapping_of(value).get("y"))
    return None if x is None or y is None else (x, y)

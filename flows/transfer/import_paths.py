"""Whatever was named for import, recognised by its content: foreign runs, episode files, bundles, recordings, archives.

Files are taken one after the other; what one of them is refused for keeps no other out. Run again, what is there is
recognised by its content, so a stopped import goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flows.problems import explained
from flows.progress import Pace, Report, Stop, Update, never, silent
from flows.transfer import bundles, foreign_runs, transfer
from flows.transfer.import_walk import Found, walk
from flows.transfer.importing import REFUSALS, Elsewhere, import_recording, said
from store.episode_file import SUFFIX
from store.errors import DiskFull, WorkspaceError
from store.staging import staging
from traces.formats.agentlab import HOW, PICKLE
from traces.formats.archive import Archive
from traces.formats.foreign import BadRecording
from traces.formats.registry import is_recording
from traces.formats.runs import recognise
from traces.formats.source import Source
from traces.sentences import counted
from wiring import Parts

OWN = "stepscope-episode"
_GZIP = b"\x1f\x8b"
_SQLITE = b"SQLite format 3\0"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8")
_JSON = re.compile(r"\s*[{\[]\s*(?:[\"'{\[\]}\d-]|\Z)")
"""How a text begins that is meant as JSON."""
_PICKLE = re.compile(rb"\x80[\x02-\x05]")


@dataclass
class Imported:
    """What came of an import. `refused` counts what was named itself or recognised, and yet not taken."""

    episodes: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)
    already_there: list[str] = field(default_factory=list)
    bundles: list[dict[str, Any]] = field(default_factory=list)
    replayed: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    stopped: bool = False
    stop: Stop = never
    _ids: set[str] = field(default_factory=set)

    @property
    def partly(self) -> bool:
        """Whether something that was meant to be imported was not, or not wholly."""
        return bool(self.refused) or any(one["not_recorded"] for one in self.replayed)

    def told(self) -> dict[str, Any]:
        """`{"episodes", "skipped"}`, and what bundles and replayed recordings brought where there were some."""
        more = {"bundles": self.bundles, "replayed": self.replayed}
        return {"episodes": self.episodes, "skipped": self.skipped, **{name: of for name, of in more.items() if of}}

    def take(self, found: Mapping[str, Any]) -> None:
        """Add an episode, once however often it was named."""
        if not found["new"]:
            self.already_there.append(found["id"])
        if found["id"] not in self._ids:
            self._ids.add(found["id"])
            self.episodes.append({name: found[name] for name in ("id", "format", "steps", "max_depth", "warnings")})


def import_paths(
    parts: Parts,
    paths: Sequence[Path],
    asked: Elsewhere | None = None,
    report: Report = silent,
    stop: Stop = never,
) -> Imported:
    """Import files and folders. Raises WorkspaceError or DiskFull when nothing more can be written."""
    result = Imported(stop=stop)
    found = list(walk(paths))
    pace, between = Pace(len(found)), max(1, len(found) // 100)
    for number, one in enumerate(found):
        if stop():
            result.stopped = True
            break
        if number % between == 0:
            report(Update(f"{pace.said(number)} · {on_one_line(one.path.name)}", number, len(found)))
        _one(parts, one, asked or Elsewhere(), result, lambda line: report(Update(line)))
    return result


def _one(parts: Parts, found: Found, asked: Elsewhere, result: Imported, progress: Callable[[str], None]) -> None:
    """Import one file; whatever it is refused for, even what nobody thought of, is told and the next one taken."""
    source = Source(found.path)
    try:
        if found.odd:
            raise BadRecording(found.odd)
        known = _import(parts, source, found, asked, result, progress)
    except (WorkspaceError, DiskFull):
        raise
    except REFUSALS as error:
        _skip(result, found, str(error), refused=found.named or not found.odd)
    except Exception as error:  # a hostile file may break a reader where nobody looked
        _skip(result, found, explained(error).what, refused=True)
    else:
        if not known and (found.named or not source.head.startswith(_PICTURES)):
            _skip(result, found, _unknown(source), refused=found.named)


def _import(
    parts: Parts, source: Source, found: Found, asked: Elsewhere, result: Imported, progress: Callable[[str], None]
) -> bool:
    """Whether it was something that can be imported."""
    if source.head.startswith(_SQLITE):
        return _own(parts, found, result)
    if source.is_zip and _is_bundle(found.path):
        _bundle(parts, found.path, result, progress)
    elif source.is_binary:
        return False
    elif recognise(source) is not None:
        for one in foreign_runs.import_run(parts, source, progress):
            result.take(one)
    elif source.is_zip:
        _archive(parts, found, asked, result, progress)
    elif is_recording(source):
        _recording(parts, found, asked, result, progress)
    else:
        return False
    return True


def _own(parts: Parts, found: Found, result: Imported) -> bool:
    """Whether it is an episode file; other databases that lie in a folder are none of ours."""
    taken = transfer.import_files(parts, [found.path])
    if taken["refused"] and (found.named or found.path.suffix == SUFFIX):
        raise BadRecording(taken["refused"][0].removeprefix(f"{found.path}: "))
    for name in ("imported", "already_there"):
        for id in taken[name]:
            result.take({**foreign_runs.told(parts.episodes.path(id), OWN), "new": name == "imported"})
    return not taken["refused"]


def _is_bundle(path: Path) -> bool:
    with Archive(path) as archive:
        return "bundle.json" in archive.names


def _bundle(parts: Parts, path: Path, result: Imported, progress: Callable[[str], None]) -> None:
    found = bundles.import_bundle(parts, path, progress)
    result.bundles.append(found)
    for name in ("imported", "already_there"):
        for id in found["episodes"][name]:
            result.take({**foreign_runs.told(parts.episodes.path(id), OWN), "new": name == "imported"})
    result.skipped += [{"path": str(path), "reason": message} for message in found["refused"]]
    result.refused += len(found["refused"])


def _archive(parts: Parts, found: Found, asked: Elsewhere, result: Imported, progress: Callable[[str], None]) -> None:
    """What lies in a zip, as if its folder had been named. A zip within it is not opened: it may hold itself."""
    if found.archived:
        raise BadRecording("It is an archive within an archive. Unpack the outer one first.")
    with staging(parts.workspace.root) as folder:
        root = folder.resolve()
        with Archive(found.path) as archive:
            before = len(result.skipped)
            if not archive.names and not archive.odd:
                raise BadRecording("There is no file in this archive.")
            for name, why in archive.odd:
                _skip(result, Found(Path(f"{root}/{name[:200]}")), why, refused=True)
            for name in archive.names:
                _unpack(archive, name, root, result)
        for one in walk([root]) if any(root.iterdir()) else ():
            if result.stop():
                result.stopped = True
                break
            _one(parts, replace(one, named=False, archived=True), asked, result, progress)
        for skipped in result.skipped[before:]:
            skipped["path"] = skipped["path"].replace(str(root), str(found.path))


def _unpack(archive: Archive, name: str, root: Path, result: Imported) -> None:
    path = root / name.replace("\\", "/")
    try:
        data = archive.read(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
    except (OSError, BadRecording) as error:
        _skip(result, Found(path), getattr(error, "strerror", None) or str(error), refused=True)


def _recording(parts: Parts, found: Found, asked: Elsewhere, result: Imported, progress: Callable[[str], None]) -> None:
    """Replay what DevTools or codegen recorded, if the person named it: it opens pages."""
    if not found.named:
        raise BadRecording("It is a recording to be replayed in a browser. Name it itself to have it replayed.")
    made = import_recording(parts, found.path, asked, progress)
    if made["new"]:
        result.replayed.append({name: of for name, of in made.items() if name != "new"})
    warnings = [{"position": number, "message": what} for number, what in enumerate(made["not_recorded"])]
    path = parts.episodes.path(made["episode"]["id"])
    result.take({**foreign_runs.told(path, made["format"]), "warnings": warnings, "new": made["new"]})


def _skip(result: Imported, found: Found, why: str, *, refused: bool) -> None:
    result.skipped.append({"path": str(found.path), "reason": why.removesuffix(" Nothing was imported.")})
    result.refused += refused


def _unknown(source: Source) -> str:
    """Why a file is not imported that is none of what can be."""
    head = source.head
    if head.startswith(_GZIP):
        head = source.data[:512]
    if not head:
        return "It is empty."
    if _PICKLE.match(head):
        return f"{PICKLE} {HOW}"
    if head[257:262] == b"ustar":
        return "It is a tar archive, which is not opened. Unpack it and import its folder."
    if not source.is_binary and _JSON.match(source.text) and source.why_no_json and not _is_lines(source):
        return source.why_no_json
    return "It is none of what can be imported; docs/formats/foreign-runs.md lists what can."


def _is_lines(source: Source) -> bool:
    """Whether it is JSON, line by line."""
    return len(source.lines) > 1 and all(isinstance(one, dict) for one in source.lines[:2])


def preview(paths: Sequence[Path], stop: Stop = never) -> list[dict[str, str]]:
    """`{"file", "what"}` of each file that would be imported, or why it would not; no episode is made."""
    rows = []
    for found in walk(paths):
        if stop():
            break
        source = Source(found.path)
        try:
            what = found.odd or _recognised(source)
            if what is None and not found.named and source.head.startswith(_PICTURES):
                continue
            rows.append({"file": _shown(found.path, paths), "what": what or _unknown(source)})
        except REFUSALS as error:
            rows.append({"file": _shown(found.path, paths), "what": str(error)})
    return rows


def _recognised(source: Source) -> str | None:
    """What a file is, in words."""
    if source.head.startswith(_SQLITE):
        return "an episode file of Stepscope"
    if source.is_zip and _is_bundle(source.path):
        return "a bundle of Stepscope"
    found = None if source.is_binary else recognise(source)
    if found is not None:
        return found.said
    if source.is_zip:
        return "an archive; what is in it is looked at one by one"
    return "a recording to be replayed" if not source.is_binary and is_recording(source) else None


def _shown(path: Path, paths: Sequence[Path]) -> str:
    """The file as it was named: by its name, or by its path within a folder."""
    root = next((one for one in paths if one in path.parents), path.parent)
    return str(path.relative_to(root))


def text(result: Imported) -> str:
    """The result of an import for a person."""
    new = len(result.episodes) - len(set(result.already_there))
    there = len(set(result.already_there))
    known = f", {there:,} {'was' if there == 1 else 'were'} there already" if there else ""
    lines = [f"Imported {counted(new, 'episode')}{known}."]
    for one in result.episodes:
        lines.append(f"{one['id']}  {one['format']}, {counted(one['steps'], 'step')}, depth {one['max_depth']}")
        lines += _warned(one["warnings"])
    lines += [bundles.said({**one, "refused": []}) for one in result.bundles]
    lines += [said(one) for one in result.replayed]
    lines += list(_skipped(result.skipped))
    return "\n".join([*lines, *(["Stopped; import the same again to go on."] if result.stopped else [])])


def _warned(warnings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Remarks on an episode; one that was made at several positions stands once, with the first three of them."""
    positions: dict[str, list[str]] = {}
    for one in warnings:
        positions.setdefault(str(one["message"]), []).append(str(one["position"]))
    for message, places in positions.items():
        more = f" and {len(places) - 3:,} more ({len(places):,} times)" if len(places) > 3 else ""
        yield f"  {', '.join(places[:3])}{more}: {message}"


def on_one_line(name: str) -> str:
    """A file's name without what would begin another line: every character is itself or its escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in name)


def _skipped(skipped: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Why what was left; where many have one reason, the first three and how many more."""
    reasons: dict[str, list[str]] = {}
    for one in skipped:
        reasons.setdefault(one["reason"], []).append(one["path"])
    for reason, paths in reasons.items():
        yield from (f"skipped: {on_one_line(path)}: {reason}" for path in paths[:3])
        if len(paths) > 3:
            yield f"skipped: {len(paths) - 3} more: {reason}"

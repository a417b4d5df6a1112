"""Work on many episodes at a time: tags on and off, deleting. Each can be stopped between two.

What could not be done to one is told and does not end the work. Running them again is `flows.rerunning`, writing them
out `flows.episode_exports`.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flows.progress import Report, Stop, each, never, silent
from store.claims import is_claimed
from store.errors import StoreError
from store.filters import Filter
from traces.annotations import LONGEST_TAG, is_tag
from traces.annotations import tags as tags_of
from traces.errors import TraceError
from traces.model import Annotation
from traces.sentences import counted
from wiring import Parts

Result = dict[str, Any]


def chosen(parts: Parts, ids: Iterable[str], every: Filter | None = None) -> tuple[str, ...]:
    """The episodes meant: those of a filter where one is given, else these."""
    return tuple(dict.fromkeys(ids)) if every is None else parts.episodes.catalogue.lists.ids(every)


def tag(
    parts: Parts, ids: Sequence[str], name: str, author: str, report: Report = silent, stop: Stop = never
) -> Result:
    """Give episodes a tag: `{"changed", "same", "left_out": [{"episode", "reason"}], "stopped"}`. Raises StoreError."""
    return _annotated(parts, ids, checked_tag(name), author, True, report, stop)


def untag(
    parts: Parts, ids: Sequence[str], name: str, author: str, report: Report = silent, stop: Stop = never
) -> Result:
    """Take a tag away from episodes; the same result. Raises StoreError."""
    return _annotated(parts, ids, checked_tag(name), author, False, report, stop)


def checked_tag(name: str) -> str:
    """The tag as it is kept. Raises StoreError."""
    kept = " ".join(name.split())
    if not is_tag(kept):
        raise StoreError(f"A tag is 1 to {LONGEST_TAG} letters without a comma. Nothing was changed. Choose another.")
    return kept


def deletion(parts: Parts, ids: Sequence[str]) -> Result:
    """What deleting them loses, and what stays.

    `{"episodes", "gone", "running", "labelled", "annotations", "bytes", "label_sets", "prompt_sets"}`: numbers (`gone`:
    somebody else deleted them), and the ids of frozen sets that were made from some of them.
    """
    workspace, gone = parts.workspace, set(ids)
    listed = {row["id"]: workspace.root / row["file"] for row in parts.episodes.catalogue.columns("id", "file")}
    places = {episode: listed.get(episode) or parts.episodes.place(episode) for episode in ids}
    files = [path for episode, path in places.items() if episode in listed or path.is_file()]
    return {
        "episodes": len(files),
        "gone": len(ids) - len(files),
        "running": sum(is_claimed(path) for path in files),
        "labelled": len(gone & {episode for episode, _ in workspace.tracks()}),
        "annotations": sum(body["episode"] in gone for body in workspace.rows("annotation")),
        "bytes": sum(path.stat().st_size for path in files if path.is_file()),
        "label_sets": _naming(workspace.rows("label_set"), "trees", gone),
        "prompt_sets": _naming(workspace.rows("prompt_set"), "examples", gone),
    }


def deletion_said(plan: Result) -> str:
    """The same for a person."""
    lines = [
        f"Deleted for good: {counted(plan['episodes'], 'episode')} with all files ({plan['bytes'] / 1e6:,.1f} MB)."
    ]
    if plan["gone"]:
        lines.append(f"{plan['gone']:,} of those chosen are gone already.")
    if plan["labelled"]:
        lines.append(f"The labels of {plan['labelled']:,} of them go with them.")
    if plan["annotations"]:
        lines.append(f"With them go {counted(plan['annotations'], 'remark')} by people (tags, notes, answers).")
    frozen = [f"{name.replace('_', ' ')} {key}" for name in ("label_set", "prompt_set") for key in plan[f"{name}s"]]
    if frozen:
        lines.append(f"Made from some of them, and kept as they are: {', '.join(frozen)}.")
    if plan["running"]:
        lines.append(f"{plan['running']:,} are still being written and stay.")
    return "\n".join(lines)


def delete(parts: Parts, ids: Sequence[str], report: Report = silent, stop: Stop = never) -> Result:
    """Delete them: `{"changed", "same", "left_out", "stopped"}`; what is being written stays."""

    def one(episode: str) -> bool:
        if is_claimed(parts.episodes.place(episode)):
            raise StoreError(f"Episode {episode} is being written. It was kept.")
        parts.episodes.remove(episode)
        return True

    return _each(ids, one, "deleted", report, stop)


def said(result: Result, does: str) -> str:
    """What came of it, as in `12 tagged, 3 as before, 1 left out`."""
    counts = [f"{result['changed']:,} {does}"]
    counts += [f"{result['same']:,} as before"] if result["same"] else []
    counts += [f"{len(result['left_out']):,} left out"] if result["left_out"] else []
    return ", ".join(counts) + (" (stopped)" if result["stopped"] else "")


def _annotated(
    parts: Parts, ids: Sequence[str], name: str, author: str, on: bool, report: Report, stop: Stop
) -> Result:
    def one(episode: str) -> bool:
        with parts.episode(episode) as reader:
            own = reader.episode.tags
        held = {*own, *tags_of(parts.episodes.annotations.of(episode))}
        if (name in held) == on:
            return False
        if name in own:
            raise StoreError(f"Episode {episode} was recorded with the tag {name!r}, which stays.")
        kind = "tag" if on else "remove_tag"
        key = f"a-{secrets.token_hex(8)}"
        parts.annotate(Annotation(id=key, episode=episode, kind=kind, author=author, at=time.time(), text=name))
        return True

    return _each(ids, one, "tagged" if on else "untagged", report, stop)


def _each(ids: Sequence[str], do: Callable[[str], bool], does: str, report: Report, stop: Stop) -> Result:
    """Do something to each: True where it changed, False where it was so already."""
    changed, same = 0, 0
    left_out: list[Mapping[str, str]] = []
    for episode in each(ids, report, stop, does):
        try:
            did = do(episode)
            changed, same = changed + did, same + (not did)
        except (StoreError, TraceError) as error:
            left_out.append({"episode": episode, "reason": str(error)})
    stopped = changed + same + len(left_out) < len(ids)
    return {"changed": changed, "same": same, "left_out": left_out, "stopped": stopped}


def _naming(rows: list[dict[str, Any]], field: str, gone: set[str]) -> list[str]:
    return [row["id"] for row in rows if any(item["episode"] in gone for item in row.get(field, []))]

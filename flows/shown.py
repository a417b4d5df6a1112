"""What the command line shows of a workspace and an episode: plain JSON values, and the text a person reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.record.checking import replays
from flows.record.marks import mistakes
from flows.transfer import foreign_runs
from traces.model import Frame, Step
from traces.sentences import sentence, shortened
from wiring import Parts


def workspace_facts(parts: Parts) -> dict[str, Any]:
    """Where the workspace is, and how many there are of each thing in it."""
    catalogue = parts.episodes.catalogue
    files = list(parts.workspace.episodes_dir.glob("*.episode"))
    return {
        "workspace": str(parts.workspace.root),
        "episodes": catalogue.search(limit=1).total,
        "demonstrations": catalogue.search(limit=1, actor="human").total,
        "runs": parts.workspace.count("run"),
        "label_runs": parts.workspace.count("label_run"),
        "prompt_sets": parts.workspace.count("prompt_set"),
        "bytes": sum(path.stat().st_size for path in files),
    }


def episode_table(rows: Sequence[Mapping[str, Any]], total: int) -> str:
    """One line per episode, and how many there are in all."""
    lines = [
        f"{row['id']}  {row['actor']:<6} {row['status']:<8} {row['n_steps'] or 0:>4} steps  "
        f"depth {row['max_depth'] or 1}  {_cell(row['task'] or row['site'], 28):<28} {_cell(row['objective'], 70)}"
        for row in rows
    ]
    return "\n".join([*lines, f"{len(rows)} of {total} episodes"])


def _cell(text: str | None, most: int) -> str:
    """A text on one line of a table, in at most so many characters."""
    return shortened(" ".join((text or "").split()), most)


def episode_facts(parts: Parts, episode_id: str, label_ref: str | None) -> dict[str, Any]:
    """`{"episode", "steps", "frames", "label_ref"}`; the frames of a demonstration are those of its labels."""
    with parts.episode(episode_id) as reader:
        steps, header = reader.steps(), reader.episode
        warned = foreign_runs.warnings(reader)
    reference = label_ref or parts.call_trees.reference(episode_id)
    frames = parts.frames(episode_id, reference)
    replayed, wrong = replays(parts, episode_id), mistakes(parts, episode_id)
    episode = header.model_dump(mode="json")
    episode["max_depth"] = max((frame.depth for frame in frames), default=1)
    episode["n_steps"], episode["n_frames"] = len(steps), len(frames)
    return {
        "episode": episode,
        "steps": [{**_step(step), "replay": replayed.get(step.uid), "mistake": step.uid in wrong} for step in steps],
        "frames": [_frame(frame) for frame in frames],
        "label_ref": reference,
        **({"warnings": warned} if warned else {}),
    }


def episode_text(facts: Mapping[str, Any]) -> str:
    """An episode as indented text: every step under the call it belongs to."""
    episode = facts["episode"]
    lines = [f"{episode['objective']}", f"{episode['actor']} · {episode['status']} · {episode['end_reason'] or ''}"]
    opened: dict[int | None, list[Mapping[str, Any]]] = {frame["first_step"]: [] for frame in facts["frames"]}
    for frame in facts["frames"]:
        opened[frame["first_step"]].append(frame)
    for step in facts["steps"]:
        for frame in opened.get(step["seq"], []):
            lines.append("  " * (frame["depth"] - 1) + f"▸ {frame['objective']}")
        depth = max((f["depth"] for f in facts["frames"] if _inside(f, step["seq"])), default=1)
        lines.append("  " * depth + f"{step['seq'] + 1:>3} {step['sentence']}" + _remarks(step))
    lines += [f"{warned['position']}: {warned['message']}" for warned in facts.get("warnings", ())]
    return "\n".join(lines)


def _remarks(step: Mapping[str, Any]) -> str:
    return ("  ✗" if step["error"] else "") + ("  (a mistake)" if step["mistake"] else "")


def _inside(frame: Mapping[str, Any], seq: int) -> bool:
    return frame["first_step"] is not None and frame["first_step"] <= seq <= frame["last_step"]


def _step(step: Step) -> dict[str, Any]:
    return {**step.model_dump(mode="json"), "sentence": sentence(step)}


def _frame(frame: Frame) -> dict[str, Any]:
    names = "id parent depth policy objective args first_step last_step returned end"
    body = frame.model_dump(mode="json")
    return {name: body[name] for name in names.split()}

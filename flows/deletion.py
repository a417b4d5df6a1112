"""Deleting an episode: first what refers to it, then the file, its labels and its row. Frozen prompt sets stay."""

from __future__ import annotations

from typing import Any

from store.errors import NewerSchema, NotAnEpisode
from wiring import Parts


def plan(parts: Parts, episode_id: str) -> dict[str, Any]:
    """`{"episode", "objective", "tracks", "label_sets", "prompt_sets"}`: what refers to it. Raises NotFound."""
    workspace = parts.workspace
    return {
        "episode": episode_id,
        "objective": _objective(parts, episode_id),
        "tracks": [track for _, track in workspace.tracks(episode_id)],
        "label_sets": _naming(workspace.rows("label_set"), "trees", episode_id),
        "prompt_sets": _naming(workspace.rows("prompt_set"), "examples", episode_id),
    }


def delete(parts: Parts, episode_id: str) -> None:
    """Delete the episode; label sets and prompt sets made from it keep what they froze."""
    parts.episodes.remove(episode_id)


def said(planned: dict[str, Any]) -> str:
    """What will happen, for a person."""
    lines = [f"Episode {planned['episode']}: {planned['objective']}"]
    if planned["tracks"]:
        lines.append(f"Its labels go with it: {', '.join(planned['tracks'])}.")
    frozen = [f"{name.replace('_', ' ')} {key}" for name in ("label_set", "prompt_set") for key in planned[f"{name}s"]]
    lines += [f"The frozen {one} was made from it and stays as it is." for one in frozen]
    return "\n".join(lines)


def _objective(parts: Parts, episode_id: str) -> str:
    """As its file says; a damaged file can be deleted too."""
    try:
        with parts.episode(episode_id) as reader:
            return reader.episode.objective
    except (NotAnEpisode, NewerSchema) as error:
        return f"(its file cannot be read: {error})"


def _naming(rows: list[dict[str, Any]], field: str, episode_id: str) -> list[str]:
    return [row["id"] for row in rows if any(item["episode"] == episode_id for item in row.get(field, []))]

"""Findings of a workspace's episodes: looked for once an episode has ended, kept, and brought into the catalogue."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic import ValidationError

from analysis.frame_facts import READ_AS
from analysis.looking import look
from analysis.signals.finding import KINDS, Finding, columns
from analysis.signals.registry import VERSION
from store.errors import NotFound, StoreError
from store.frame_facts import FrameFacts
from traces.catalogue import Episodes
from traces.errors import TraceError
from traces.model import Annotation, Episode


class Findings:
    """What rules and people found of the agents' episodes that have ended; of others there is none."""

    def __init__(self, episodes: Episodes, frame_facts: FrameFacts) -> None:
        self._episodes = episodes
        self._frame_facts = frame_facts
        self._workspace = episodes.workspace

    def of(self, episode_id: str) -> Finding | None:
        """As the rules of today find it, kept or looked for now. Raises NotFound."""
        kept = self.kept(episode_id)
        return kept if kept is not None and kept.version == VERSION else self.anew(episode_id)

    def anew(self, episode_id: str) -> Finding | None:
        """The same looked for now, and kept with the facts of the calls. Raises NotFound."""
        with self._episodes.open(episode_id) as reader:
            if not _is_looked_at(reader.episode):
                return None
            found, facts = look(reader, self._episodes.annotations.of(episode_id))
        self._frame_facts.put(episode_id, READ_AS, [asdict(one) for one in facts])
        body = found.model_dump(mode="json")
        self._workspace.put("finding", episode_id, body, episode=episode_id, version=found.version)
        return found

    def kept(self, episode_id: str) -> Finding | None:
        """What was found of an episode before, by whichever rules; nothing is looked for."""
        try:
            return Finding.model_validate(self._workspace.get("finding", episode_id))
        except (NotFound, ValidationError):
            return None

    def said(self, annotation: Annotation) -> None:
        """Somebody says this of an episode now: where a finding depends on it, it is looked for again."""
        if annotation.kind in KINDS:
            self._workspace.remove("finding", annotation.episode)

    def columns(self, episode: Episode, look: bool) -> dict[str, Any]:
        """The catalogue's columns of what was found; none of an episode that cannot be read or was not looked at."""
        if not _is_looked_at(episode):
            return {}
        found = self.kept(episode.id)
        try:
            if look and (found is None or (found.version, found.ended) != (VERSION, episode.ended)):
                found = self.anew(episode.id)
        except (StoreError, TraceError):
            return {}
        return {} if found is None else columns(found, self._episodes.annotations.of(episode.id))


def _is_looked_at(episode: Episode) -> bool:
    return episode.actor == "agent" and episode.status != "running"

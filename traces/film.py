"""The film strip of an episode: how it began, where it went wrong, how it ended, side by side."""

from __future__ import annotations

from store.pictures import strip
from traces.reader import EpisodeReader


def film_strip(reader: EpisodeReader, at: int | None = None) -> bytes | None:
    """One WebP of up to three thumbnails: of the first step, of the one with the `seq` given, and of the last.

    None where the episode has no pictures. Raises StoreError.
    """
    columns = reader.skeleton()["steps"]
    before, after, seqs = columns["before"], columns["after"], columns["seq"]
    if not seqs:
        return None
    middle = seqs.index(at) if at in seqs else 0
    wanted = (before[0] or after[0], before[middle] or after[middle], after[-1] or before[-1])
    thumbs = [reader.thumb(key) for key in dict.fromkeys(wanted) if key]
    found = [data for data in thumbs if data is not None]
    return strip(found) if found else None

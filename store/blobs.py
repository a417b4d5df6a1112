"""Encoding of the texts an episode file keeps: content hashes, and zstd with deltas. Pictures are `pictures`'s.

Sizes are bounded on the way out: a file from outside cannot make a reader unpack without limit.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import zstandard

from store.errors import NotAnEpisode

MAX_TEXT = 64 * 1024 * 1024
"""Bytes a single text may unpack to."""
_LEVEL = 3


@dataclass(frozen=True)
class Packed:
    """Bytes as stored: how they were encoded, and the hash of the text they are a delta to."""

    encoding: str
    data: bytes
    size: int
    base: str | None = None


def content_hash(data: bytes) -> str:
    """32 hex digits that name these bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def pack_text(text: str, base_hash: str | None = None, base: str | None = None) -> Packed:
    """The text compressed, as a delta to `base` where that is given."""
    raw = text.encode("utf-8", "surrogatepass")
    if base is None or base_hash is None:
        return Packed("zstd", zstandard.ZstdCompressor(level=_LEVEL).compress(raw), len(raw))
    compressor = zstandard.ZstdCompressor(level=_LEVEL, dict_data=_raw_dictionary(base))
    return Packed("zstd-delta", compressor.compress(raw), len(raw), base_hash)


def unpack_text(packed: Packed, base: str | None = None) -> str:
    """The text again. Raises NotAnEpisode when the bytes are damaged or too large."""
    dictionary = _raw_dictionary(base) if packed.encoding == "zstd-delta" and base is not None else None
    try:
        claimed = zstandard.frame_content_size(packed.data)
        if claimed > MAX_TEXT:
            raise NotAnEpisode(f"a stored text claims {claimed} bytes, more than the {MAX_TEXT} allowed")
        raw = zstandard.ZstdDecompressor(dict_data=dictionary).decompress(packed.data, max_output_size=MAX_TEXT)
        return raw.decode("utf-8", "surrogatepass")
    except (zstandard.ZstdError, UnicodeDecodeError) as error:
        raise NotAnEpisode(f"a stored text is damaged ({error})") from error


def _raw_dictionary(text: str | None) -> zstandard.ZstdCompressionDict:
    raw = (text or "").encode("utf-8", "surrogatepass")
    return zstandard.ZstdCompressionDict(raw, dict_type=zstandard.DICT_TYPE_RAWCONTENT)

"""Encoding of what an episode file keeps: content hashes, zstd with deltas for text, WebP for pictures.

Sizes are bounded on the way out: a file from outside cannot make a reader unpack without limit.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import zstandard
from PIL import Image

from store.errors import NotAnEpisode

MAX_TEXT = 64 * 1024 * 1024
"""Bytes a single text may unpack to."""
MAX_PIXELS = 64_000_000
THUMB_WIDTH = 160
WORTH = 1.5
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


def encode_picture(data: bytes) -> tuple[bytes, bytes]:
    """(picture, thumbnail) as WebP: the smaller of lossless and quality 80, and a 160 px wide thumbnail."""
    with Image.open(io.BytesIO(data)) as image:
        if image.width * image.height > MAX_PIXELS:
            raise NotAnEpisode(f"a picture of {image.width}×{image.height} pixels is too large to keep")
        rgb = image.convert("RGB")
    lossless = _webp(rgb, lossless=True, quality=20, method=1)
    lossy = _webp(rgb, lossless=False, quality=80, method=2)
    if len(lossless) < WORTH * len(lossy):  # mostly text and plain colours: the effort halves it
        lossless = _webp(rgb, lossless=True, quality=75, method=4)
    height = max(1, round(rgb.height * THUMB_WIDTH / rgb.width))
    thumb = _webp(rgb.resize((THUMB_WIDTH, height)), lossless=False, quality=70, method=2)
    return min(lossless, lossy, key=len), thumb


def _webp(image: Image.Image, *, lossless: bool, quality: int, method: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", lossless=lossless, quality=quality, method=method)
    return out.getvalue()


def _raw_dictionary(text: str | None) -> zstandard.ZstdCompressionDict:
    raw = (text or "").encode("utf-8", "surrogatepass")
    return zstandard.ZstdCompressionDict(raw, dict_type=zstandard.DICT_TYPE_RAWCONTENT)

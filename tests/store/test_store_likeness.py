"""Pictures that are as good as the same."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from store.likeness import alike


def page(*boxes: tuple[int, int, int, int], quality: int = 70) -> bytes:
    """A white page with lines of text-like strokes and black boxes, as JPEG."""
    image = Image.new("RGB", (1280, 720), "white")
    brush = ImageDraw.Draw(image)
    for y in range(20, 700, 24):
        brush.line((40, y, 1000, y), fill="grey", width=3)
    for box in boxes:
        brush.rectangle(box, fill="black")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def test_a_hover_makes_no_other_picture() -> None:
    """A button that changed its colour, a caret, another quality: alike."""
    assert alike(page(), page((100, 100, 200, 136)))
    assert alike(page(), page((400, 300, 402, 320)))
    assert alike(page(), page(quality=35))


def test_what_a_person_would_notice_does() -> None:
    """A dialog, a menu, another size: not alike."""
    assert not alike(page(), page((300, 200, 900, 500)))
    assert not alike(page(), page((0, 0, 260, 200)))
    small = io.BytesIO()
    with Image.open(io.BytesIO(page())) as image:
        image.resize((320, 180)).save(small, "JPEG")
    assert not alike(page(), small.getvalue())

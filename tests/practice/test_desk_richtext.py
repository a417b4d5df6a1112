"""What the rich text editor sends is cleaned, and read whatever tags the browser used."""

import re

from hypothesis import given
from hypothesis import strategies as st

from practice.desk.richtext import read_rich

PIECES = st.sampled_from(
    [*("<b>", "</b>", "<ul>", "<li>", "</li>", "</ul>", "<p>", "</p>", "<br>", "<script>", "</script>", "<img src=x>")]
    + [*("one", " two ", "&lt;b&gt;", "&nbsp;", "<a href='javascript:x'>", "</a>", "<!-- x -->", "<style>", "</style>")]
)


def test_phrases_and_lists_are_read() -> None:
    """Blocks become words with a space between, bold and items are kept apart."""
    text = read_rich("<div>Hello <b>dear</b>&nbsp;friend</div><ul><li>one</li><li>two <strong>x</strong></li></ul>")
    assert text.plain == "Hello dear friend one two x"
    assert text.bold == ("dear", "x")
    assert text.items == ("one", "two x")
    assert text.html == (
        "<p>Hello <strong>dear</strong>\xa0friend</p><ul><li>one</li><li>two <strong>x</strong></li></ul>"
    )


def test_nothing_dangerous_passes() -> None:
    """Scripts go with what they hold; other tags and every attribute go, their words stay."""
    text = read_rich('<p onclick="x">a<script>alert(1)</script><img src=x onerror=y><a href="javascript:z">b</a></p>')
    assert text.html == "<p>ab</p>"


@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_input_becomes_balanced_known_tags(html: str) -> None:
    """Every tag that comes out is a known one without attributes, closed in order; cleaning again changes nothing."""
    clean = read_rich(html).html
    tags = re.findall(r"<(/?)([^>]*)>", clean)
    assert {name for _, name in tags} <= {"strong", "em", "ul", "ol", "li", "p", "br"}
    still_open: list[str] = []
    for closing, name in tags:
        if closing:
            assert still_open.pop() == name
        elif name != "br":
            still_open.append(name)
    assert still_open == []
    assert read_rich(clean).html == clean

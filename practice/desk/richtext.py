"""What a rich text editor sends: cleaned to a few tags, and read as plain text, bold phrases and list items.

Tags that are not on the list are dropped, and so are all attributes; what a script or style holds is dropped whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

_TAGS = {"b": "strong", "strong": "strong", "i": "em", "em": "em", "ul": "ul", "ol": "ol", "li": "li"}
_TAGS |= {"p": "p", "div": "p", "br": "br"}
_BLOCKS = frozenset(("p", "li", "ul", "ol", "br"))
_SILENT = frozenset(("script", "style", "template", "title"))
MAX_DEPTH = 30


@dataclass(frozen=True, slots=True)
class RichText:
    """`html` holds only known tags; `plain` has single spaces; `bold` and `items` are texts in their order."""

    html: str
    plain: str
    bold: tuple[str, ...]
    items: tuple[str, ...]


def read_rich(html: str) -> RichText:
    """What the editor sent, cleaned and read."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.finish()
    return RichText(
        "".join(reader.out),
        single_spaced("".join(reader.text)),
        tuple(filter(None, (single_spaced("".join(part)) for part in reader.bold))),
        tuple(filter(None, (single_spaced("".join(part)) for part in reader.items))),
    )


def single_spaced(text: str) -> str:
    """The text with every run of white space, also unbreakable, as one space."""
    return " ".join(text.replace("\xa0", " ").replace("\u200b", "").split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.text: list[str] = []
        self.bold: list[list[str]] = []
        self.items: list[list[str]] = []
        self._open: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        known = _TAGS.get(tag)
        if known is None or self._silent or len(self._open) >= MAX_DEPTH:
            return
        self._space(known)
        self.out.append(f"<{known}>")
        if known == "br":
            return
        if known == "strong" and "strong" not in self._open:
            self.bold.append([])
        if known == "li":
            self.items.append([])
        self._open.append(known)

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        known = _TAGS.get(tag)
        if known is None or known not in self._open:
            return
        while self._close() != known:
            pass

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self.out.append(escape(data, quote=False))
        self.text.append(data)
        if "strong" in self._open and self.bold:
            self.bold[-1].append(data)
        if "li" in self._open and self.items:
            self.items[-1].append(data)

    def finish(self) -> None:
        """Close what was left open."""
        while self._open:
            self._close()

    def _close(self) -> str:
        tag = self._open.pop()
        self.out.append(f"</{tag}>")
        self._space(tag)
        return tag

    def _space(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.text.append(" ")

"""Parts all our components share: DOM helpers, the base style sheet, and joining module files to one script.

Components are plain scripts without a bundler: files are read in the order given and concatenated; only the last one
has an export.
"""

from __future__ import annotations

from pathlib import Path

SHARED = Path(__file__).parent


def script(folder: Path, *names: str, shared: tuple[str, ...] = ()) -> str:
    """The component's script: what all share, the shared helpers named, then the named files of its folder."""
    return _joined([*(SHARED / name for name in ("dom.js", "entries.js", *shared)), *(folder / name for name in names)])


def style(folder: Path, *names: str) -> str:
    """The component's style sheet: shared rules, then the named files of its folder."""
    return _joined([SHARED / "base.css", *(folder / name for name in names)])


def _joined(paths: list[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)

"""Which files are our source, for the checks beside this one."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = frozenset({"artifacts", "workspace", "results", "node_modules", "__pycache__"})
BESIDE = frozenset({"tests", "bench", "tools", "docs", "examples"})


def source_files(root: Path = ROOT, suffixes: tuple[str, ...] = (".py",)) -> Iterator[Path]:
    """Every source file below `root` with one of the suffixes, sorted; hidden and produced folders are left out."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.suffix in suffixes and not any(part in OUTSIDE or part.startswith(".") for part in parts):
            yield path


def package_files(root: Path = ROOT) -> Iterator[Path]:
    """The Python files of the product itself: packages, pages and the modules at the top."""
    return (path for path in source_files(root) if path.relative_to(root).parts[0] not in BESIDE)


def module_name(path: Path, root: Path = ROOT) -> str:
    """The dotted name a file is imported by, `store/blobs.py` → `store.blobs`, `store/__init__.py` → `store`."""
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")

"""What the documentation must name, read from the code; and what the documentation says, read from its pages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.source_files import ROOT, package_files, source_files

LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?[^)]*\)|(?:src|srcset|href)=\"([^\"\s]+)")
OUTSIDE = re.compile(r"^[a-z][a-z0-9+.-]*:|^//")


def pages_of_docs(root: Path = ROOT) -> list[Path]:
    """README.md and every Markdown page below docs/, as far as they exist."""
    return [*root.glob("README.md"), *sorted((root / "docs").rglob("*.md"))]


def text_of_docs(root: Path = ROOT) -> str:
    """All pages as one text, to look for names in."""
    return "\n".join(page.read_text(encoding="utf-8") for page in pages_of_docs(root))


def settings(root: Path = ROOT) -> set[str]:
    """Environment variables of ours, and the fields of every class whose name ends in Settings."""
    files = [*source_files(root, (".py", ".sh")), *root.glob("Makefile")]
    return {
        name
        for path in files
        if "tests" not in path.relative_to(root).parts
        for name in re.findall(r"\bSTEPSCOPE_[A-Z][A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))
    } | {field for path in package_files(root) for field in _settings_fields(path)}


def _settings_fields(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef) and node.name.endswith("Settings"):
            for line in node.body:
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                    yield line.target.id


def formats(root: Path = ROOT) -> set[str]:
    """Names that our files carry inside (constants called FORMAT) and the modules that read foreign ones."""
    ours = {name for path in package_files(root) for name in _format_names(path)}
    modules = {path.stem for path in (root / "traces" / "formats").glob("[a-z]*.py")}
    return ours | (modules - {"registry", "errors"})


def _format_names(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and re.search(r"(^|_)FORMAT$", target.id) and isinstance(value, ast.Constant):
            yield str(value.value)


def mentioned_pages(root: Path = ROOT) -> dict[str, str]:
    """Markdown pages below docs/ that a source file refers its reader to → that source file."""
    return {
        page: path.relative_to(root).as_posix()
        for path in source_files(root, (".py", ".js", ".css", ".toml", ".txt", ".yaml"))
        if "tests" not in path.relative_to(root).parts
        for page in re.findall(r"\bdocs/[\w/.-]+\.md\b", path.read_text(encoding="utf-8"))
    }


def broken_links(page: Path, root: Path = ROOT) -> list[str]:
    """Links of a page to files or headings that do not exist."""
    text = _without_code(page.read_text(encoding="utf-8"))
    targets = [first or second for first, second in LINK.findall(text)]
    return [link for link in targets if not OUTSIDE.match(link) and not _resolves(link, page, root)]


def _resolves(link: str, page: Path, root: Path) -> bool:
    name, _, anchor = link.partition("#")
    target = page if not name else root / name[1:] if name.startswith("/") else page.parent / name
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors(target.read_text(encoding="utf-8"))


def anchors(text: str) -> set[str]:
    """The addresses of a page's headings, made as code hosts make them."""
    headings = re.findall(r"^#+ +(.+?)\s*$", _without_code(text, inline=False), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _without_code(text: str, inline: bool = True) -> str:
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text) if inline else text


def make_targets(root: Path = ROOT) -> set[str]:
    """The targets of the Makefile that `make help` lists."""
    return set(re.findall(r"^([a-z][a-z-]*):.*## ", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

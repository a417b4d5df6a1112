"""Compares every import of the product with the two tables of docs/architecture.md.

The tables are read from the page itself, so the page cannot say anything else than what is checked.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.source_files import ROOT, module_name, package_files

ANY = frozenset({"*"})
PACKAGES = "package"
LIBRARIES = "library"


@dataclass(frozen=True)
class Tables:
    """`packages`: who may import which of ours; `libraries`: the modules at home with each outside library."""

    packages: Mapping[str, frozenset[str]]
    libraries: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Import:
    """One import: where it stands, and the dotted name that is imported."""

    module: str
    line: int
    name: str


def read_tables(page: Path = ROOT / "docs" / "architecture.md") -> Tables:
    """Both tables of the page, found by the word their first column is headed with."""
    text = page.read_text(encoding="utf-8")
    return Tables(_table(text, PACKAGES), _table(text, LIBRARIES))


def _table(text: str, heading: str) -> dict[str, frozenset[str]]:
    """Names in backticks of the first column → names in backticks of the second, or none, or any."""
    block = re.search(rf"^\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    if block is None:
        raise ValueError(f"the page has no table headed '{heading}'")
    table: dict[str, frozenset[str]] = {}
    for row in block[1].splitlines():
        left, right = row.strip("|").split("|")
        anything = right.strip() in ("anything", "anywhere")
        table |= dict.fromkeys(_names(left), ANY if anything else frozenset(_names(right)))
    return table


def _names(cell: str) -> list[str]:
    return re.findall(r"`([\w.]+)`", cell)


def imports(root: Path = ROOT) -> Iterator[Import]:
    """Every import in the product, also those inside functions and under TYPE_CHECKING."""
    for path in package_files(root):
        module = module_name(path, root)
        package = module if path.stem == "__init__" else module.rpartition(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in _imported(node, package):
                yield Import(module, node.lineno, name)  # type: ignore[attr-defined]  # only imports get here


def _imported(node: ast.AST, package: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    if node.level == 0:
        return [node.module or ""]
    above = package.split(".")[: len(package.split(".")) - node.level + 1]
    return [".".join([*above, node.module] if node.module else above)]


def violations(root: Path, tables: Tables) -> list[str]:
    """One line for each import that the tables do not allow, and for each package that they do not list."""
    ours = {module_name(path, root).partition(".")[0] for path in package_files(root)}
    found = [f"{name}: not in the package table" for name in sorted(ours - set(tables.packages))]
    for entry in imports(root):
        if reason := _refusal(entry, ours, tables):
            found.append(f"{entry.module}:{entry.line} imports {entry.name}: {reason}")
    return found


def _refusal(entry: Import, ours: set[str], tables: Tables) -> str | None:
    home, top = entry.module.partition(".")[0], entry.name.partition(".")[0]
    if top in ours:
        allowed = tables.packages.get(home, frozenset())
        return None if top == home or allowed == ANY or top in allowed else f"{home} may not import {top}"
    if top in tables.libraries:
        homes = tables.libraries[top]
        at_home = homes == ANY or any(f"{entry.module}.".startswith(f"{place}.") for place in homes)
        return None if at_home else f"its home is {', '.join(sorted(homes))}"
    return None if top in sys.stdlib_module_names else "not in the library table"

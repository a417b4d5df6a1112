"""The code keeps to docs/architecture.md and to the sizes of tools/check_sizes.py."""

import ast
import re
import sys
import tomllib

from tools.check_sizes import measure
from tools.import_table import ANY, read_tables, violations
from tools.source_files import ROOT, source_files

NOT_IMPORTED_BY_NAME = {"python-dateutil": "dateutil", "pillow": "PIL", "pyyaml": "yaml", "scikit-learn": "sklearn"}


def test_every_import_is_allowed_by_the_tables() -> None:
    """Packages import only what the page allows, and outside libraries only in their home."""
    assert violations(ROOT, read_tables()) == []


def test_the_import_table_has_no_circle() -> None:
    """Imports only go down: nobody may import somebody who may import them, however far away."""
    table = {name: below for name, below in read_tables().packages.items() if below != ANY}
    while lowest := {name for name, below in table.items() if not below & table.keys()}:
        table = {name: below for name, below in table.items() if name not in lowest}
    assert not table


def test_ruff_bans_what_the_library_table_homes() -> None:
    """Every library that ruff bans is in the table, with a home that ruff lets through."""
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    banned = set(lint["flake8-tidy-imports"]["banned-api"])
    libraries = read_tables().libraries
    assert banned <= libraries.keys()
    exempt = {
        name
        for pattern, rules in lint["per-file-ignores"].items()
        if "TID251" in rules
        for name in re.findall(r"\w+", pattern.replace(".py", ""))
    }
    homes = {home.partition(".")[0] for library in banned for home in libraries[library]}
    assert homes == exempt - {"tools", "bench", "tests"}


def test_every_package_is_type_checked() -> None:
    """The Makefile hands every package of the table to mypy."""
    listed = re.search(r"^PACKAGES := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert listed
    assert set(listed[1].split()) == set(read_tables().packages) - {"pages", "app", "cli", "wiring"}


def test_every_pinned_library_has_a_home() -> None:
    """requirements.txt pins exactly the outside libraries of the table, each to one version."""
    lines = [line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines()]
    pins = dict(line.split("==") for line in lines if line)
    outside = {name for name in read_tables().libraries if name not in sys.stdlib_module_names}
    assert {NOT_IMPORTED_BY_NAME.get(name, name) for name in pins} == outside
    assert all(pins.values())


def test_files_and_functions_stay_small() -> None:
    """No file, function body, opening docstring or share of missing annotations passes its limit."""
    assert measure().failures() == []


def test_every_test_states_its_behaviour() -> None:
    """Each test function opens with a docstring."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in source_files(ROOT / "tests")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_test_files_have_names_of_their_own() -> None:
    """No two test files share a name, so that any runner can import them side by side."""
    names = [path.name for path in source_files(ROOT / "tests") if path.name.startswith("test_")]
    assert sorted(names) == sorted(set(names))

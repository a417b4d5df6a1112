"""The documentation names everything a person can meet, and its links lead somewhere."""

import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from tools.doc_facts import (
    broken_links,
    formats,
    make_targets,
    mentioned_pages,
    pages_of_docs,
    settings,
    text_of_docs,
)
from tools.source_files import ROOT

PAGES = pages_of_docs()


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command below a group with its whole name, `episode show`."""
    for name, command in getattr(group, "commands", {}).items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        elif not command.hidden:
            yield " ".join((*path, name)), command


@pytest.fixture(scope="module")
def command_line() -> dict[str, Any]:
    """The commands of cli.py by name; none before it exists."""
    if not (ROOT / "cli.py").exists():
        return {}
    found = dict(commands(typer.main.get_command(importlib.import_module("cli").app)))
    assert found, "cli.py defines no command"
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_begins_with_its_heading(page) -> None:
    """The first line of a page is its only heading of the first level."""
    text = page.read_text(encoding="utf-8")
    assert re.match(r"# \S", text)
    assert len(re.findall(r"^# \S", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M)) == 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_of_a_page_resolve(page) -> None:
    """Every link to a file, picture or heading of ours leads somewhere."""
    assert broken_links(page) == []


def test_every_screen_has_its_how_to() -> None:
    """Each file in pages/ has a page of its own name in docs/, or is named there with its path."""
    text, titles = text_of_docs(), {page.stem for page in PAGES}
    stems = [path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "__init__"]
    assert [stem for stem in stems if stem not in titles and f"pages/{stem}.py" not in text] == []


def test_every_command_is_in_the_docs(command_line) -> None:
    """Each command of the command line is shown as it is typed."""
    text = text_of_docs()
    assert [name for name in command_line if not re.search(rf"cli\.py {name}(?![\w-])", text)] == []


def test_every_option_is_in_the_docs(command_line) -> None:
    """Each option of each command is named."""
    text = text_of_docs()
    options = {opt for command in command_line.values() for param in command.params for opt in param.opts}
    long_ones = sorted(opt for opt in options if opt.startswith("--") and opt != "--help")
    assert [opt for opt in long_ones if not re.search(rf"{opt}(?![\w-])", text)] == []


def test_every_command_has_help_with_an_example(command_line) -> None:
    """`--help` of each command shows one line that could be typed."""
    assert [name for name, command in command_line.items() if f"cli.py {name}" not in (command.help or "")] == []


def test_every_format_is_in_the_docs() -> None:
    """Each format we write or read is named on a page of docs/formats/."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES if page.parent.name == "formats")
    assert [name for name in sorted(formats()) if name not in text] == []


def test_every_setting_is_in_the_docs() -> None:
    """Each environment variable and each field of the settings is named in backticks."""
    text = text_of_docs()
    assert [name for name in sorted(settings()) if not re.search(rf"`[^`\n]*\b{name}\b[^`\n]*`", text)] == []


def test_pages_that_the_code_points_to_exist() -> None:
    """A docstring or message that sends its reader to docs/ sends them to a page."""
    assert {page: by for page, by in mentioned_pages().items() if not (ROOT / page).is_file()} == {}


def test_make_targets_in_the_docs_exist() -> None:
    """Whoever types `make something` from the docs finds that target."""
    typed = set(re.findall(r"^(?:\$ )?make ([a-z][a-z-]*)|`make ([a-z][a-z-]*)", text_of_docs(), re.MULTILINE))
    assert {first or second for first, second in typed} <= make_targets()

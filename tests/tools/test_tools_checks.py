"""The checks of our own find what they are there to find."""

from pathlib import Path

import pytest

from tools.check_sizes import measure
from tools.doc_facts import anchors, broken_links, formats, mentioned_pages, settings
from tools.import_table import Tables, read_tables, violations

TABLES = Tables(
    packages={"store": frozenset(), "traces": frozenset({"store"}), "pages": frozenset({"*"})},
    libraries={"streamlit": frozenset({"pages"}), "plotly": frozenset({"pages.figures"}), "pydantic": frozenset({"*"})},
)


def write(root: Path, files: dict[str, str]) -> Path:
    """Lay out a small source tree."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_allowed_imports_pass(tmp_path: Path) -> None:
    """Standard library, own package, allowed packages and libraries at home are all fine, and hidden folders unread."""
    files = {
        "store/__init__.py": "import json\nimport pydantic",
        "traces/model.py": "from store import blobs\nfrom . import steps\nfrom .steps import x\nimport traces.steps",
        "pages/figures.py": "import plotly.graph_objects as go\nimport streamlit as st\nfrom traces import model",
        ".venv/x.py": "import streamlit",
        "tests/test_x.py": "import streamlit, pages, anything",
    }
    assert violations(write(tmp_path, files), TABLES) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("import traces.model", "store may not import traces"),
        ("from traces.model import Step", "store may not import traces"),
        ("from ..traces import model", "store may not import traces"),
        ("def late():\n    import traces", "store may not import traces"),
        ("if TYPE_CHECKING:\n    from traces import model", "store may not import traces"),
        ("import streamlit as st", "its home is pages"),
        ("from plotly import graph_objects", "its home is pages.figures"),
        ("import requests", "not in the library table"),
    ],
)
def test_a_forbidden_import_is_found(tmp_path: Path, line: str, reason: str) -> None:
    """Each way of importing what the tables forbid is reported with its reason."""
    found = violations(write(tmp_path, {"store/blobs.py": line, "traces/model.py": ""}), TABLES)
    assert len(found) == 1
    assert found[0].endswith(reason)


def test_a_library_lives_in_one_module(tmp_path: Path) -> None:
    """A home that is a module does not open the rest of its package."""
    assert len(violations(write(tmp_path, {"pages/figures_more.py": "import plotly"}), TABLES)) == 1


def test_a_package_that_is_not_listed_is_found(tmp_path: Path) -> None:
    """A new folder with code has to enter the table."""
    assert violations(write(tmp_path, {"helpers/x.py": ""}), TABLES) == ["helpers: not in the package table"]


def test_a_page_without_tables_is_an_error(tmp_path: Path) -> None:
    """The check cannot pass because the page lost its table."""
    with pytest.raises(ValueError, match="no table headed 'package'"):
        read_tables(write(tmp_path, {"a.md": "# A\n"}) / "a.md")


def test_sizes_are_measured_and_limits_held(tmp_path: Path) -> None:
    """Lines, bodies without docstring, openings and annotations are counted, and each limit fails on its own."""
    body = "\n".join(f"    x{i} = {i}" for i in range(61))
    files = {
        "store/long.py": "x = 1\n" * 501,
        "store/opening.py": '"""' + "a\n" * 9 + '"""\n',
        "store/body.py": f'def long() -> None:\n    """Ten\n    lines."""\n{body}\n',
        "store/bare.py": "def f(a, b: int) -> None: ...\ndef _g(a): ...\nclass C:\n    def m(self): ...\n",
        "ui/wide.js": "let a\n" * 501,
        "store/errors.py": '"""' + "a\n" * 9 + '"""\n',
    }
    sizes = measure(write(tmp_path, files))
    assert sizes.bodies["store/body.py:1 long"] == 61
    assert sizes.public == {"store/bare.py:1 f": False, "store/bare.py:4 m": False, "store/body.py:1 long": True}
    assert [failure.partition(":")[0] for failure in sizes.failures()] == [
        *("store/long.py", "ui/wide.js"),
        *("store/opening.py", "store/body.py", "store/bare.py", "store/bare.py"),
    ]


def test_what_docs_must_name_is_found(tmp_path: Path) -> None:
    """Environment variables, fields of settings, formats and pages that a message points to are read from the code."""
    code = (
        'FORMAT = "our-file"\nLABELS_FORMAT: str = "our-labels"\nHOME = environ["STEPSCOPE_HOME"]\n'
        "class AppSettings:\n    port: int = 1\n    def x(self): ...\n# see docs/formats/our.md\n"
    )
    write(tmp_path, {"store/a.py": code, "traces/formats/registry.py": "", "traces/formats/webarena.py": ""})
    assert settings(tmp_path) == {"STEPSCOPE_HOME", "port"}
    assert formats(tmp_path) == {"our-file", "our-labels", "webarena"}
    assert mentioned_pages(tmp_path) == {"docs/formats/our.md": "store/a.py"}


def test_broken_links_are_found(tmp_path: Path) -> None:
    """Files and headings that do not exist are reported; code, outside addresses and good links are not."""
    page = (
        "# A page\n[good](b.md) [there](b.md#two-words) [here](#a-page) [out](https://x.y/z) `[code](no.md)`\n"
        '```\n[fenced](no.md)\n```\n[bad](c.md) [worse](b.md#no) ![picture](p.png) <img src="q.png">\n'
    )
    write(tmp_path, {"docs/a.md": page, "docs/b.md": "# B\n## Two words\n"})
    assert broken_links(tmp_path / "docs/a.md", tmp_path) == ["c.md", "b.md#no", "p.png", "q.png"]


def test_headings_have_the_usual_addresses() -> None:
    """Punctuation goes, spaces become hyphens, code keeps its text, fenced lines are no headings."""
    assert anchors("# Who may, import whom?\n## `make run`\n```\n# no\n```\n") == {"who-may-import-whom", "make-run"}

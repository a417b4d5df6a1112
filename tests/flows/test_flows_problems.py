"""Every error of every package is told as what happened, what was kept and what to do next."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

from agent.errors import RunError
from browser.errors import ForbiddenUrl, UnknownEnvironment
from flows.problems import OURS, explained
from labeling.errors import NothingToLabel, UnknownLabel
from llm_client.errors import NoEndpoint
from store.errors import NewerSchema, NotFound
from tools.source_files import ROOT, package_files

CODES = {int(code) for code in re.findall(r"^\| (\d+) \|", (ROOT / "docs" / "commands.md").read_text(), re.MULTILINE)}
SENTENCE = re.compile(r"^[A-Z`].*[.?]$")


def error_classes() -> list[type[Exception]]:
    """Every error class a package defines, wherever it stands, that is one of ours."""
    outside = {"cli", "app", "pages", "ui", "server"}
    files = [p for p in package_files(ROOT) if p.relative_to(ROOT).parts[0].removesuffix(".py") not in outside]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files if path.stem != "__main__"]
    modules = [importlib.import_module(name.removesuffix(".__init__")) for name in names if "Error" in source(name)]
    found = {
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, OURS) and kind.__module__ == module.__name__
    }
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


def source(name: str) -> str:
    return Path(ROOT, *name.split(".")).with_suffix(".py").read_text(encoding="utf-8")


def made(kind: type[Exception], text: str) -> Exception:
    """An error of the class; its own constructor is used where it takes something else than a text."""
    if not inspect.isfunction(kind.__init__):
        return kind(text)
    parameters = [p for p in inspect.signature(kind).parameters.values() if p.default is p.empty]
    return kind(*(7 if p.annotation in (int, "int") else text for p in parameters))


@pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_error_of_ours_is_told_whole(kind):
    """What, kept and next are sentences, the code is documented, and nothing is called unexpected."""
    problem = explained(made(kind, "The thing broke."))
    assert "unexpected" not in problem.what
    assert problem.what
    assert SENTENCE.match(problem.kept)
    assert SENTENCE.match(problem.next)
    assert problem.code in CODES - {0}


def test_the_table_was_not_tested_on_nothing():
    """The packages' errors are found, the ones outside errors.py too."""
    names = {kind.__name__ for kind in error_classes()}
    assert {"BadScript", "UnknownRecording", "NoEndpoint", "Conflict", "NothingToLabel", "PriceTableError"} <= names
    assert len(names) > 40


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            NothingToLabel("There is nothing to label. Nothing was changed. Record one."),
            ("There is nothing to label.", "Nothing was changed.", "Record one.", 5),
        ),
        (
            NotFound("There is no episode 'x' in /w. `episodes list` shows which are."),
            ("There is no episode 'x' in /w.", "Nothing was changed.", "`episodes list` shows which are.", 4),
        ),
        (
            UnknownLabel("There is no prompt set yet. Build one."),
            ("There is no prompt set yet.", "Nothing was changed.", "Build one.", 4),
        ),
        (
            NoEndpoint("No model endpoint is set.", "Set one."),
            ("No model endpoint is set.", "Everything up to this call is kept.", "Set one.", 8),
        ),
        (
            UnknownEnvironment("There is no task 'x'. There are: a, b."),
            ("There is no task 'x'. There are: a, b.", "Nothing was changed.", None, 4),
        ),
        (RunError("No seeds. Nothing was run."), ("No seeds.", "Nothing was run.", None, 1)),
        (ForbiddenUrl("file:///x was not opened: only http and https addresses are."), (None, None, None, 7)),
        (
            NewerSchema("It is of a newer Stepscope. It was left as it is; open it there."),
            ("It is of a newer Stepscope.", "It was left as it is; open it there.", None, 6),
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_message_that_says_its_parts_is_not_said_twice(error, told):
    """Where the message itself says what was kept or what to do, that is taken and the table is silent."""
    problem = explained(error)
    for got, wanted in zip((problem.what, problem.kept, problem.next, problem.code), told, strict=True):
        assert wanted is None or got == wanted
    assert problem.said == f"{problem.what} {problem.kept} {problem.next}"


def test_what_is_not_ours_is_called_unexpected_and_kept_for_the_log():
    """A bug is not dressed up as the person's mistake."""
    problem = explained(KeyError("seq"))
    assert problem.what == "Something unexpected happened: KeyError: 'seq'"
    assert "STEPSCOPE_DEBUG" in problem.next
    assert problem.code == 1


def test_a_file_that_cannot_be_used_is_named(tmp_path):
    """Missing permissions and full disks name the file, under the code of files."""
    with pytest.raises(OSError) as caught:  # noqa: PT011 -- any of them is explained the same way
        (tmp_path / "none" / "file").write_text("x")
    problem = explained(caught.value)
    assert str(tmp_path / "none" / "file") in problem.what
    assert problem.code == 6

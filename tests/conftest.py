"""What every test shares: markers, hypothesis profiles, repetition counts, and a workspace that is nobody's.

Tests that need a workspace of their own use `tmp_path`; fixtures for servers live beside their tests. There is one
Chromium for all, since Playwright's synchronous side can run only once in a thread.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests.counts import SOAKING, soak, tenth

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest.register_assert_rewrite("tests.browser_recorder.cases", "tests.browser_recorder.leaks")

KINDS = ("browser", "app", "e2e")
OUTSIDE = ("OPENAI_API_KEY", "OPENAI_BASE_URL")

settings.register_profile("ci", derandomize=True, database=None, deadline=None, max_examples=30)
settings.register_profile("soak", database=None, deadline=None, max_examples=1000, print_blob=True)
settings.load_profile("soak" if SOAKING else "ci")

_workspace = pytest.StashKey[str]()
_limit = pytest.StashKey[Any]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep tests, and the processes they start, away from a person's workspace and model endpoint."""
    config.stash[_workspace] = tempfile.mkdtemp(prefix="stepscope-tests-")
    os.environ["STEPSCOPE_HOME"] = config.stash[_workspace]
    for name in OUTSIDE:
        os.environ.pop(name, None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the workspace again."""
    shutil.rmtree(config.stash[_workspace], ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test without a kind is a unit test; of a `sampled` test a tenth of the rows runs, unless asked for by name."""
    for item in items:
        if not any(item.get_closest_marker(kind) for kind in KINDS):
            item.add_marker(pytest.mark.unit)
    if SOAKING or config.option.keyword or any("::" in asked for asked in config.args):
        return
    left = _left_for_soak(items)
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = [item for item in items if item not in left]


def _left_for_soak(items: list[pytest.Item]) -> set[pytest.Item]:
    tests: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("sampled"):
            tests.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left: set[pytest.Item] = set()
    for rows in tests.values():
        kind = rows[0].get_closest_marker("sampled").kwargs.get("kind", lambda **values: None)
        left |= {*rows} - {*tenth(rows, lambda row, kind=kind: kind(**row.callspec.params))}
    return left


def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> None:
    """Remember a test's limit; who sets it comes after."""
    item.stash[_limit] = settings


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that is tried once more has its limit again: its first failure took it away."""
    if getattr(item, "execution_count", 1) > 1 and _limit in item.stash:
        item.ihook.pytest_timeout_set_timer(item=item, settings=item.stash[_limit])


@pytest.fixture(name="soak", scope="session")
def soak_fixture() -> Callable[[int], int]:
    """`soak(n)`: n in a soak run, else a tenth. Parametrised tests write `from tests.counts import soak`."""
    return soak


@pytest.fixture(name="chromium", scope="session")
def chromium_fixture() -> "Iterator[Browser]":
    """A Chromium that plays the person; tests open contexts of their own in it."""
    from playwright.sync_api import sync_playwright

    from browser.chromium import find_chromium, launch_args

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=launch_args())
        yield browser
        browser.close()

"""Files of episodes that a screen wrote: their names, the list of them, and taking one away."""

from __future__ import annotations

import pytest

from flows.transfer import episode_shelf
from store.errors import NotFound


def test_names_say_what_is_inside_and_are_never_taken_twice(parts):
    """One file for one episode where the format has one, else an archive; the second gets a number."""
    first = episode_shelf.target(parts, ["a"], "html", redact=True)
    first.write_text("x")
    assert first.name == "a-redacted.html"
    assert episode_shelf.target(parts, ["a"], "html", redact=True).name == "a-redacted-2.html"
    assert episode_shelf.target(parts, ["a"], "parquet", redact=False).name == "a-parquet.zip"
    assert episode_shelf.target(parts, ["a", "b"], "html", redact=False).name == "2-episodes-html.zip"


def test_what_is_kept_is_listed_and_removed_by_name(parts):
    """A name with a way out of the folder is nobody's."""
    path = episode_shelf.target(parts, ["a"], "json", redact=False)
    path.write_text("{}")
    assert [(one.path, one.bytes) for one in episode_shelf.kept(parts)] == [(path, 2)]
    with pytest.raises(NotFound):
        episode_shelf.remove(parts, f"../episodes/{path.name}")
    episode_shelf.remove(parts, path.name)
    assert episode_shelf.kept(parts) == ()

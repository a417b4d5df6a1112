"""Fetching what environments need: the very file or none, nothing outside its folder, nothing left of a failure."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from browser import fetching
from browser.errors import EnvironmentFailed
from browser.fetching import KITS, Kit, fetch, unpack


def packed(path: Path, name: str = "package/examples/a.html") -> str:
    """An npm package with one file; its hash."""
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 2
        archive.addfile(entry, io.BytesIO(b"ok"))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_package_is_unpacked_if_it_is_the_one(tmp_path: Path):
    """Another file of that name is refused, and nothing is kept of it."""
    archive, folder = tmp_path / "a.tgz", tmp_path / "kit"
    sha = packed(archive)
    with pytest.raises(EnvironmentFailed, match=f"not the file that was expected .*{sha}"):
        unpack(archive, folder, "0" * 64)
    assert not folder.exists()
    unpack(archive, folder, sha)
    assert (folder / "examples" / "a.html").read_bytes() == b"ok"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tgz", "kit"]


def test_a_package_cannot_write_elsewhere(tmp_path: Path):
    """A path that climbs out of the folder is refused."""
    archive = tmp_path / "a.tgz"
    sha = packed(archive, "package/../../escaped")
    with pytest.raises(tarfile.FilterError):
        unpack(archive, tmp_path / "kit", sha)
    assert not (tmp_path.parent / "escaped").exists()


def test_a_kit_is_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The second time it is there."""
    monkeypatch.setenv("STEPSCOPE_CACHE", str(tmp_path))
    made: list[Path] = []

    def add(folder: Path) -> None:
        folder.mkdir()
        made.append(folder)

    monkeypatch.setattr(fetching, "KITS", (Kit("toy", "a toy", "1 kB", add),))
    assert fetch("toy") == fetch("toy") == tmp_path / "toy"
    assert made == [tmp_path / "toy"]


def test_a_failure_leaves_nothing_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What was half fetched is removed, so that the next attempt begins anew; an unknown name lists what there is."""
    monkeypatch.setenv("STEPSCOPE_CACHE", str(tmp_path))

    def add(folder: Path) -> None:
        folder.mkdir()
        raise OSError("no space left")

    monkeypatch.setattr(fetching, "KITS", (Kit("toy", "a toy", "1 kB", add),))
    with pytest.raises(EnvironmentFailed, match="toy could not be fetched: no space left. Nothing was kept"):
        fetch("toy")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(EnvironmentFailed, match="'doll' to add. There are toy"):
        fetch("doll")


def test_without_npm_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Which program is missing, and for what."""
    monkeypatch.setenv("STEPSCOPE_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [kit.name for kit in KITS] == ["todomvc", "browsergym"]
    with pytest.raises(EnvironmentFailed, match="from npm, which is not installed"):
        fetch("todomvc")

"""Which addresses a recording may open, by how the app is reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser.errors import ForbiddenUrl
from flows.record.recording import Request, options_of
from flows.record.tasks import open_task
from wiring import Parts

INSIDE = ("http://127.0.0.1:9/", "http://192.168.0.7/", "http://localhost/")


@pytest.mark.parametrize("url", INSIDE)
def test_an_app_reached_from_elsewhere_opens_no_private_address(tmp_path: Path, url: str) -> None:
    """Unless the setting says so; one on loopback may."""
    with_network = Parts(tmp_path / "a", loopback=False)
    alone = Parts(tmp_path / "b")
    try:
        with pytest.raises(ForbiddenUrl, match="not allowed here"):
            open_task(url, 0, options_of(with_network, Request(url)))
        assert open_task(url, 0, options_of(alone, Request(url))).options.url == url
    finally:
        with_network.close()
        alone.close()


def test_the_setting_allows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """STEPSCOPE_ALLOW_PRIVATE=1."""
    monkeypatch.setenv("STEPSCOPE_ALLOW_PRIVATE", "1")
    parts = Parts(tmp_path / "a", loopback=False)
    try:
        assert open_task(INSIDE[0], 0, options_of(parts, Request(INSIDE[0]))).options.allow_private
    finally:
        parts.close()

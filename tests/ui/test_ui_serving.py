"""What the server opened is let go of when it stops."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from flows.record.checks import Checks
from flows.record.recording import LiveTasks
from server.guard import HEADER
from tests.workspaces import add_demonstration
from ui import serving
from wiring import Parts


def opened(path: Path) -> int:
    """How often this process has the file open."""
    links = [entry.resolve() for entry in Path("/proc/self/fd").iterdir()]
    return links.count(path.resolve())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the system does not tell which files are open")
def test_episodes_that_were_looked_at_are_closed_with_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An episode stays open between two requests, and no longer than the server runs."""
    parts = Parts(tmp_path / "home")
    checks = Checks(parts)
    tasks = LiveTasks(parts, checks.start)
    for name, part in (("resources", parts), ("checks", checks), ("live_tasks", tasks)):
        monkeypatch.setattr(serving, name, lambda part=part: part)
    path = parts.episodes.path(add_demonstration(parts))
    app = Starlette(routes=serving.our_routes(), lifespan=serving.lifespan)
    with TestClient(app, base_url="http://127.0.0.1:8501") as client:
        answer = client.get("/stepscope/episodes/demo1/skeleton", headers={HEADER: parts.guard.token})
        assert answer.status_code == 200
        assert opened(path) == 1
    assert opened(path) == 0

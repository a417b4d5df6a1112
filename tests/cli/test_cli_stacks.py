"""`scorecard` on the command line."""

from __future__ import annotations

from tests.workspaces import add_failed_run
from wiring import Parts


def test_the_scorecard_is_json_and_text(run, home) -> None:
    """The same facts in both; a filter that fits nothing leaves an empty scorecard."""
    parts = Parts(home)
    add_failed_run(parts)
    parts.close()
    told = run("scorecard", "--json").json
    assert [row["policy"] for row in told["policies"]] == ["fill_text", "planner"]
    assert told["base"]["n"] == 1
    assert "fill_text" in run("scorecard").out
    assert run("scorecard", "--task", "elsewhere", "--json").json["policies"] == []

"""What is found of an episode when it ends, what people say of that, and what the catalogue knows of both."""

from __future__ import annotations

import pytest

from analysis.signals.finding import Finding
from tests.builders import Recording
from tests.workspaces import add_demonstration, write
from traces.model import Annotation
from wiring import Parts

PAGE = "[1] heading 'Shop'\n[2] link 'Orders'\n"


@pytest.fixture
def parts(tmp_path):
    """An empty workspace."""
    made = Parts(tmp_path)
    yield made
    made.close()


def stuck(parts: Parts, **fields: object) -> str:
    """A run that pressed a link five times to no effect."""
    header = {"actor": "agent", "status": "failed", "policy_set": "web", "started": 1_700_000_000.0, **fields}
    recording = Recording("Open the orders of the shop", "run-stuck", fields=header).page(PAGE, "http://shop.test/")
    for _ in range(5):
        recording.do("click [2]").page(PAGE, "http://shop.test/")
    return parts.episodes.register_file(write(parts.workspace.episodes_dir, recording)).id


def found(parts: Parts, episode: str) -> Finding:
    """What was found of an episode that has a finding."""
    finding = parts.findings.of(episode)
    assert finding is not None
    return finding


def say(parts: Parts, kind: str, text: str, value: float | None = None, step: str | None = None) -> None:
    """Somebody's word on the stuck run."""
    number = len(parts.episodes.annotations.of("run-stuck"))
    parts.annotate(
        Annotation(
            id=f"a{number}", episode="run-stuck", kind=kind, author="ana", at=1.0, text=text, value=value, step=step
        )
    )


def test_a_failed_run_has_its_signals_in_the_catalogue(parts):
    """Registered at its end, its row says what was found, where failure began and whose fault it is."""
    row = parts.episodes.catalogue.get(stuck(parts))
    finding = found(parts, "run-stuck")
    assert {"D1", "D4"} <= {one.detector for one in finding.signals}
    assert row["signals"].startswith(",D1,")
    assert row["n_signals"] == len(finding.signals)
    assert (row["began_step"], row["began_seq"]) == (finding.beginning.step, finding.beginning.seq)
    assert row["blame"] == finding.blame.blamed
    assert row["failed_page"].startswith("shop.test/")
    assert row["policy_set"] == "web"


def test_a_success_has_signals_and_no_beginning(parts):
    """Only failures begin somewhere."""
    row = parts.episodes.catalogue.get(stuck(parts, status="success"))
    assert row["signals"]
    assert row["began_step"] is None
    assert row["blame"] is None


def test_a_demonstration_has_no_finding(parts):
    """What people show is not suspected."""
    assert parts.findings.of(add_demonstration(parts)) is None
    assert parts.episodes.catalogue.get("demo1")["signals"] is None


def test_a_denied_signal_counts_no_more(parts):
    """It stays in the finding, leaves the catalogue and begins no failure; taken back, it counts again."""
    before = parts.episodes.catalogue.get(stuck(parts))
    for one in found(parts, "run-stuck").signals:
        say(parts, "signal", one.key, 0.0, one.steps[0])
    row = parts.episodes.catalogue.get("run-stuck")
    assert (row["signals"], row["n_signals"]) == ("", 0)
    assert found(parts, "run-stuck").signals
    assert found(parts, "run-stuck").blame.signals == ()
    for one in found(parts, "run-stuck").signals:
        say(parts, "signal", one.key, None, one.steps[0])
    after = parts.episodes.catalogue.get("run-stuck")
    assert {name: after[name] for name in before if name != "heartbeat"} == {
        name: before[name] for name in before if name != "heartbeat"
    }


def test_a_persons_blame_stands_before_the_rules(parts):
    """They say whose fault it was and where it began."""
    stuck(parts)
    say(parts, "blame", "environment", step="run-stuck-3")
    finding, row = found(parts, "run-stuck"), parts.episodes.catalogue.get("run-stuck")
    assert (finding.blame.blamed, finding.blame.by) == ("environment", "person")
    assert finding.beginning.said == "ana said so."
    assert (row["blame"], row["began_step"]) == ("environment", "run-stuck-3")


def test_findings_of_other_rules_are_made_again(parts):
    """A finding of older rules is not shown; the episode is looked at again."""
    stuck(parts)
    now = found(parts, "run-stuck")
    old = now.model_copy(update={"version": "D1.0", "signals": ()})
    parts.workspace.put("finding", now.episode, old.model_dump(mode="json"))
    assert found(parts, "run-stuck") == now


def test_rebuilding_keeps_what_was_found(parts):
    """The catalogue is derived: made again, it says the same."""
    before = parts.episodes.catalogue.get(stuck(parts))
    parts.catch_up(again=True)
    after = parts.episodes.catalogue.get("run-stuck")
    assert {**after, "heartbeat": 0} == {**before, "heartbeat": 0}


def test_rebuilding_does_not_look(parts):
    """What was never looked at has no columns after a rebuild: of thousands of episodes that would take minutes."""
    stuck(parts)
    parts.workspace.remove("finding", "run-stuck")
    parts.catch_up(again=True)
    assert parts.episodes.catalogue.get("run-stuck")["n_signals"] is None


def test_a_deleted_episode_takes_its_finding_along(parts):
    """Nothing is left of what only concerned it."""
    parts.episodes.remove(stuck(parts))
    assert parts.workspace.keys("finding") == []

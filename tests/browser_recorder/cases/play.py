"""Playing a case: a recording of its page, the person at the live view's socket, and the story that came of it."""

from __future__ import annotations

import time
from pathlib import Path

from browser.live.registry import LiveRegistry
from browser.player import LostSocket, Player
from browser.recorder.options import RecordingOptions
from browser.script import parse_gesture
from browser.session import BrowserSession
from server.scripted import served
from tests.browser_recorder.cases.judge import judge
from tests.browser_recorder.cases.model import Case
from tests.browser_recorder.cases.person import Person
from tests.browser_recorder.cases.site import CaseSite
from tests.browser_recorder.cases.story import Story

DEFAULTS = {"objective": "try the page", "still_ms": 120, "gate_ms": 2000, "allow_paths": True}
LOG_S = 5.0


def play(case: Case, session: BrowserSession, site: CaseSite, folder: Path) -> Story:
    """Record the case and judge what was recorded by the invariants and by what the case expects."""
    options = RecordingOptions(url=site.url(case.page), **{**DEFAULTS, **case.options})
    registry = LiveRegistry(session, folder)
    with served(registry) as address:
        recording = registry.open(options)
        held = registry.recording(recording)
        try:
            with Player(address(recording)) as player:
                _act(case, Person(player, registry, recording, session, site))
        except LostSocket:
            if registry.known(recording):
                registry.discard(recording)
            raise
        ended = registry.stop(recording, "done")
    _wait_for_log(case, site)
    assert ended.path is not None
    heard = tuple(sorted(site.log, key=lambda entry: entry.at))
    story = Story(ended, held.raw_log, heard, held.began * 1000, site, ended.path)
    judge(story)
    expect(case, story)
    return story


def expect(case: Case, story: Story) -> None:
    """Assert what the case itself says."""
    assert [story.told(step) for step in story.steps] == list(case.steps)
    assert list(story.lost) == list(case.lost)
    if case.heard is not None:
        assert [entry.text for entry in story.effects] == list(case.heard)
    if case.after is not None:
        assert case.after in story.after(story.steps[-1])
    if case.then is not None:
        case.then(story)


def _act(case: Case, person: Person) -> None:
    for does in case.does:
        if callable(does):
            does(person)
        else:
            person.player.do(parse_gesture(dict(does)))


def _wait_for_log(case: Case, site: CaseSite) -> None:
    """What the page told its server may still be on the way."""
    until = time.monotonic() + LOG_S
    while time.monotonic() < until:
        if len([entry for entry in site.log if entry.kind != "event"]) >= len(case.heard or ()):
            return
        site.closing.wait(0.02)

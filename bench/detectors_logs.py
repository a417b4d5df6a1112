"""D18 on logs of the released SteP agent: its own loop in small writes them, and they come in as any import does.

That agent takes an action for a return wherever its text holds "stop". With trouble, one text does; without, texts say
stop just as often, and an agent that reads its actions carries them out.
"""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.common import quick
from bench.detectors_kit import shares
from flows.transfer.import_paths import import_paths
from tests.traces.formats.released_step import done, of, row
from wiring import Parts

EACH = 60
DETECTOR = "D18"
TURNS = 14
GOALS = (
    "Find the nearest bus stop to the museum",
    "How many stopwatches were sold in May?",
    "Reply to the thread about non-stop flights",
    "Open the order of the red lamp",
    "Which commits stopped the build?",
)
CALLS = (
    "find_orders [red lamp]",
    "search_nearest_place [the museum]",
    "open_thread [flights]",
    "list_products [lamps]",
)
ACTS = ("click [12]", "scroll [down]", "go_back", "type [14] [red lamp] [1]", "goto [http://shop.test/orders]")
SAYING = (
    "type [14] [bus stop {}] [1]",
    "type [14] [Please stop writing to order {}] [0]",
    "goto [http://shop.test/stops/{}]",
    "type [14] [non-stop flight {}] [1]",
    "type [14] [stopwatch {}] [1]",
)
CALLING = ("find_bus_stop [number {}]", "search_nearest_place [bus stop {}]", "find_stopwatches [of {}]")
ANSWERS = ("3", "The bus stop at Oak Street", "", "N/A", "order 17, stopped in May")


def logs() -> dict[str, Any]:
    """The row of D18, as bench/detectors.py has one of every detector; its successes are the ordinary logs."""
    each = quick(EACH)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        parts = Parts(home / "workspace")
        try:
            told = [_looked(parts, home, number, wrong) for wrong in (True, False) for number in range(each)]
        finally:
            parts.close()
    wrong, right = told[:each], told[each:]
    found = sum(one.token != "" and any(one.token in text for text in one.alarms) for one in wrong)
    elsewhere = sum(any(one.token not in text for text in one.alarms) for one in wrong)
    alarms = sum(bool(one.alarms) for one in right)
    return {
        "faults": ["TextStop"],
        **shares(len(wrong), found, elsewhere + alarms, alarms, len(right)),
        "look_alikes": len(right),
    }


@dataclass(frozen=True)
class _Looked:
    """A log's text that was taken for a return ("" where none was), and the actions that alarms are about."""

    token: str
    alarms: tuple[str, ...]


@dataclass
class _Agent:
    """The loop: what it does next is chance; `reads` says whether it reads actions or looks for "stop" in them."""

    chance: random.Random
    reads: bool
    rows: list[dict[str, Any]] = field(default_factory=list)
    token: str = ""

    def run(self) -> dict[str, Any]:
        """A whole log."""
        goal = self.chance.choice(GOALS)
        self.open = [goal]
        wrong_at = self.chance.randrange(1, TURNS - 2)
        for turn in range(TURNS):
            if turn >= wrong_at and not self.token:
                self._says_stop(str(self.chance.randrange(1000, 9999)))
            else:
                self._ordinary()
        while len(self.open) > 1:
            self._return()
        answer = f"stop [{self.chance.choice(ANSWERS)}]"
        self.rows += [row(goal, answer), done(goal, answer, ended=True, reward=1.0)]
        return of(*self.rows)

    def _ordinary(self) -> None:
        drawn = self.chance.random()
        if drawn < 0.25 and len(self.open) < 4:
            self._call(self.chance.choice(CALLS))
        elif drawn < 0.4 and len(self.open) > 1:
            self._return()
        else:
            self.rows.append(done(self.open[0], self.chance.choice(ACTS)))

    def _says_stop(self, token: str) -> None:
        """A text that holds "stop": carried out by an agent that reads, a return to the released one."""
        calls = len(self.open) > 1 and self.chance.random() < 0.3
        text = self.chance.choice(CALLING if calls else SAYING).format(token)
        self.token = token
        if self.reads:
            if calls:
                self._call(text)
            else:
                self.rows.append(done(self.open[0], text))
            return
        self.rows.append(row(self.open[-1], text))
        if len(self.open) > 1:
            self.open.pop()
        else:
            self.rows.append(done(self.open[0], text))

    def _call(self, text: str) -> None:
        """A call, and something decided in it, by which a reader of the log knows it."""
        self.rows.append(row(self.open[-1], text))
        self.open.append(text)
        if self.chance.random() < 0.5:
            self._return()

    def _return(self) -> None:
        self.rows.append(row(self.open.pop(), f"stop [{self.chance.choice(ANSWERS)}]"))


def _looked(parts: Parts, home: Path, number: int, wrong: bool) -> _Looked:
    """One log written, imported and looked at."""
    agent = _Agent(random.Random(f"{DETECTOR} {wrong} {number}"), reads=not wrong)
    path = home / f"{'wrong' if wrong else 'right'}-{number}.json"
    path.write_text(json.dumps({**agent.run(), "id": number, "model": f"log {wrong}"}), encoding="utf-8")
    (episode,) = import_paths(parts, [path]).episodes
    finding = parts.findings.of(episode["id"])
    assert finding is not None
    with parts.episode(episode["id"]) as reader:
        actions = {step.uid: step.action for step in reader.steps()}
    alarms = [actions[one.steps[0]] for one in finding.signals if one.detector == DETECTOR]
    return _Looked(agent.token if wrong else "", tuple(alarms))

"""MiniWoB++ steps per second of one worker, with and without a picture per step: look, act, wait until quiet, look."""

from __future__ import annotations

import re
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.common import Progress, Result, main, percentile, summary
from browser.miniwob import MiniwobEnvironment
from browser.session import BrowserSession
from traces.actions import Action
from traces.model import Observation
from traces.observation_text import parse_observation

EPISODES = 20
TASK = "miniwob:login-user"


def run(progress: Progress) -> Result:
    """Solves login-user on 20 seeds from the observation alone; a reset is counted apart from the steps."""
    with BrowserSession() as session:
        bare = progress.part("without pictures", partial(_episodes, session, False))
        pictured = progress.part("with pictures", partial(_episodes, session, True))
        trips = progress.part("round trips", partial(_round_trips, session))
    figures = {
        "miniwob_steps_per_s": _rate(bare["steps"]),
        "miniwob_steps_per_s_pictures": _rate(pictured["steps"]),
        "miniwob_reset_ms_p50": round(percentile(bare["resets"], 0.5), 1),
        "evaluate_ms_p50": round(percentile(trips, 0.5), 2),
    }
    detail = {
        "task": TASK,
        "solved": {"without": bare["solved"], "with": pictured["solved"], "of": EPISODES},
        "step_ms": {"without": summary(bare["steps"]), "with": summary(pictured["steps"])},
        "reset_ms": {"without": summary(bare["resets"]), "with": summary(pictured["resets"])},
    }
    return Result(figures, detail)


def _rate(milliseconds: list[float]) -> float:
    return round(1000 * len(milliseconds) / sum(milliseconds), 2)


def _episodes(session: BrowserSession, pictures: bool) -> dict[str, Any]:
    environment = MiniwobEnvironment(TASK, session, pictures=pictures)
    steps: list[float] = []
    resets: list[float] = []
    solved = 0
    try:
        for seed in range(EPISODES):
            solved += _episode(environment, seed, steps, resets)
    finally:
        environment.close()
    return {"steps": steps, "resets": resets, "solved": solved}


def _episode(environment: MiniwobEnvironment, seed: int, steps: list[float], resets: list[float]) -> bool:
    began = time.perf_counter()
    start = environment.reset(seed)
    resets.append((time.perf_counter() - began) * 1000)
    for action in _plan(start.objective, start.view.observation):
        began = time.perf_counter()
        environment.act(action)
        steps.append((time.perf_counter() - began) * 1000)
    return environment.outcome().success


def _plan(objective: str, seen: Observation) -> list[Action]:
    user, password = re.findall(r'"(.*?)"', objective)
    ids = {(line.role, line.name): line.id for line in parse_observation(seen.text)}
    return [
        Action("type", (ids["textbox", "Username"], user)),
        Action("type", (ids["textbox", "Password"], password)),
        Action("click", (ids["button", "Login"],)),
    ]


def _round_trips(session: BrowserSession) -> list[float]:
    return session.run(_evaluations(session))


async def _evaluations(session: BrowserSession) -> list[float]:
    page = await (await session.new_context()).new_page()
    took = []
    for _ in range(60):
        began = time.perf_counter()
        await page.evaluate("1")
        took.append((time.perf_counter() - began) * 1000)
    await page.context.close()
    return took


if __name__ == "__main__":
    sys.exit(main(run))

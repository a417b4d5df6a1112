"""MiniWoB++ as it ships beside BrowserGym in the same Chromium, turn about; several at once; what storing costs.

An episode is `login-user` solved from the observation alone, three steps; both sides take a picture with every look.
"""

from __future__ import annotations

import re
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from operator import truediv
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agent.fakes import MemoryLog
from agent.loop import run_episode
from agent.model import Decision
from agent.models.scripted import ScriptedModel
from bench.common import Progress, Result, main, percentile, quick, summary
from bench.peer_home import peer_python
from browser.gym import GymPeer, gym_code
from browser.miniwob import MiniwobEnvironment
from browser.session import BrowserSession
from policies.library import load_set
from traces.actions import Action
from traces.model import Episode
from traces.observation_text import parse_observation
from traces.writer import EpisodeWriter

TASK = "miniwob:login-user"
TURNS = 20
"""Episodes of each side beside BrowserGym."""
LOADS = (1, 2, 3, 4)
EPISODES = 40
"""Episodes at each load."""
PAIRS = 60
"""Episodes of each kind for what storing costs."""
SEED = 5000
TUNED = {"slow_mo": 0, "pre_observation_delay": 0}
"""BrowserGym without its pauses."""

Times = dict[str, list[float]]


def run(progress: Progress) -> Result:
    """Resets and steps against BrowserGym's; steps a second with one to four at a time; storing against not storing."""
    with BrowserSession() as session:
        beside = progress.part("beside BrowserGym", partial(_beside, session))
        alone = {
            name: progress.part(f"one worker, {name}", partial(_alone, session, pictures))
            for name, pictures in (("bare", False), ("pictures", True))
        }
        rates = {
            name: progress.part(f"at once, {name}", partial(_at_once, session, pictures))
            for name, pictures in (("bare", False), ("pictures", True))
        }
        stored = progress.part("stored", partial(_stored, session))
        trips = progress.part("round trips", partial(_round_trips, session))
    p50 = {name: percentile(values, 0.5) for name, values in beside.items()}
    figures = {
        "reset_ratio_default": round(p50["default reset"] / p50["ours reset"], 1),
        "step_ratio_default": round(p50["default step"] / p50["ours step"], 2),
        "step_ratio_tuned": round(p50["tuned step"] / p50["ours step"], 2),
        "miniwob_steps_per_s": _steps_a_second(alone["bare"]),
        "miniwob_steps_per_s_pictures": _steps_a_second(alone["pictures"]),
        "miniwob_reset_ms_p50": round(percentile(alone["bare"]["ours reset"], 0.5), 1),
        **{f"steps_per_s_{load}": rates["bare"][str(load)] for load in LOADS},
        **{f"steps_per_s_{load}_pictures": rates["pictures"][str(load)] for load in LOADS},
        "record_overhead": round(median(map(truediv, stored["stored"], stored["not stored"])) - 1, 3),
        "evaluate_ms_p50": round(percentile(trips, 0.5), 2),
    }
    kinds = {**beside, **stored}
    return Result(figures, {"task": TASK, "ms": {name: summary(values) for name, values in kinds.items()}})


# -- beside BrowserGym ------------------------------------------------------------------------------------------------


def _beside(session: BrowserSession) -> Times:
    times: Times = defaultdict(list)
    python = peer_python()
    task = TASK.removeprefix("miniwob:")
    ours = MiniwobEnvironment(TASK, session)
    with (
        GymPeer(f"miniwob.{task}", python=python) as default,
        GymPeer(f"miniwob.{task}", TUNED, python) as tuned,
    ):
        for turn in range(-1, quick(TURNS)):
            kept = times if turn >= 0 else defaultdict(list)  # the first of each is a warm-up
            _ours(ours, SEED + turn, kept)
            _theirs(default, "default", SEED + turn, kept)
            _ours(ours, SEED + turn, kept)
            _theirs(tuned, "tuned", SEED + turn, kept)
    ours.close()
    return dict(times)


def _ours(environment: MiniwobEnvironment, seed: int, times: Times) -> None:
    began = time.perf_counter()
    start = environment.reset(seed)
    times["ours reset"].append((time.perf_counter() - began) * 1000)
    for action in _solution(start.objective, start.view.observation.text, "Username", "Password"):
        began = time.perf_counter()
        environment.act(action)
        times["ours step"].append((time.perf_counter() - began) * 1000)
    assert environment.outcome().success


def _theirs(peer: GymPeer, name: str, seed: int, times: Times) -> None:
    """Their times are taken in their own process: what the pipe costs is not theirs."""
    told = peer.ask(do="reset", seed=seed)
    times[f"{name} reset"].append(told["ms"])
    for action in _solution(told["goal"], told["text"], "", ""):
        told = peer.ask(do="step", code=gym_code(action))
        times[f"{name} step"].append(told["ms"])
    assert told["done"]
    assert told["reward"] == 1


def _solution(objective: str, text: str, *names: str) -> list[Action]:
    """Three actions; BrowserGym's two text fields have no names, so they go by their order."""
    words = re.findall(r'"(.*?)"', objective)
    lines = parse_observation(text)
    fields = [line for line in lines if line.role == "textbox" and line.name in names]
    button = next(line for line in lines if line.role == "button")
    typed = [Action("type", (field.id, word)) for field, word in zip(fields, words, strict=True)]
    return [*typed, Action("click", (button.id,))]


# -- one worker ------------------------------------------------------------------------------------------------------


def _alone(session: BrowserSession, pictures: bool) -> Times:
    environment = MiniwobEnvironment(TASK, session, pictures)
    times: Times = defaultdict(list)
    for turn in range(quick(TURNS)):
        _ours(environment, SEED + turn, times)
    environment.close()
    return dict(times)


def _steps_a_second(times: Times) -> float:
    """While it steps: resets are not counted."""
    return round(1000 * len(times["ours step"]) / sum(times["ours step"]), 2)


# -- several at once --------------------------------------------------------------------------------------------------


def _at_once(session: BrowserSession, pictures: bool) -> dict[str, float]:
    return {str(load): _rate(session, pictures, load) for load in LOADS}


def _rate(session: BrowserSession, pictures: bool, load: int) -> float:
    """Steps a second of `load` contexts of one browser together, resets included in the time."""
    environments = [MiniwobEnvironment(TASK, session, pictures) for _ in range(load)]
    for environment in environments:
        environment.reset(SEED)
    left = iter(range(quick(EPISODES)))
    taking = threading.Lock()
    steps: list[float] = []

    def work(environment: MiniwobEnvironment) -> None:
        while True:
            with taking:
                turn = next(left, None)
            if turn is None:
                return
            times: Times = defaultdict(list)
            _ours(environment, SEED + turn, times)
            steps.extend(times["ours step"])

    threads = [threading.Thread(target=work, args=(environment,)) for environment in environments]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    for environment in environments:
        environment.close()
    return round(len(steps) / took, 2)


# -- storing ----------------------------------------------------------------------------------------------------------


def _stored(session: BrowserSession) -> Times:
    """Milliseconds of whole episodes of the agent's loop, to a sealed file as a worker does and into memory.

    Each seed is played both ways, one right after the other, now this first and now that; with all pictures taken.
    """
    environment = MiniwobEnvironment(TASK, session)
    policies = load_set("flat")
    times: Times = {"stored": [], "not stored": [], "stored cpu": [], "not stored cpu": []}

    def played(log: Any, seed: int) -> None:
        ended = run_episode(environment, ScriptedModel(_next), policies, log, seed=seed)
        assert ended.status == "success", ended

    def kept(seed: int) -> None:
        with EpisodeWriter.create(
            folder, Episode(id=f"e{seed}", actor="agent", objective=""), pictures_later=True
        ) as writer:
            played(writer, seed)
            writer.seal()

    kinds: list[tuple[str, Callable[[int], None]]] = [
        ("stored", kept),
        ("not stored", lambda seed: played(MemoryLog(), seed)),
    ]
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        for _, play in kinds:
            play(SEED - 1)  # a warm-up
        for seed in range(SEED, SEED + quick(PAIRS)):
            kinds.reverse()
            for name, play in kinds:
                began, spent = time.perf_counter(), time.process_time()
                play(seed)
                times[name].append((time.perf_counter() - began) * 1000)
                times[f"{name} cpu"].append((time.process_time() - spent) * 1000)
    environment.close()
    return times


def _next(asked: Decision) -> str:
    """The action of the solution whose turn it is."""
    return str(_solution(asked.objective, asked.observation, "Username", "Password")[len(asked.previous)])


# -- the machine ------------------------------------------------------------------------------------------------------


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

"""Replay beside AgentLab's loader on the same 200 steps, and the exported page beside Playwright's trace viewer.

AgentLab's figures are its saved folder and `ExpResult.steps_info`; ours the sealed file and what Replay asks for first.
Playwright's viewer and our page show the same 300 actions; `not measured, because ...` stands where a peer is missing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import replay_trace
from bench.capture_gate import page_html
from bench.common import Progress, Result, main, percentile, quick, summary
from bench.peer_home import environment
from bench.site import Site
from browser.chromium import find_chromium, launch_args
from server import payload
from traces.model import Episode, LlmCall, Observation, PromptPart, Step
from traces.reader import EpisodeReader
from traces.writer import EpisodeWriter

PEERS = Path(__file__).parent / "peers"
STEPS = 200
ELEMENTS = (300, 600, 900)
"""Elements of the pages that are gone through."""
STAY = 12
"""Steps on a page."""
OPENINGS = 9
GOAL = "Mark the orders that were paid and note the step in each."
RECORD_S, OPEN_S = 1_800, 600
FAILURES = (OSError, subprocess.SubprocessError, RuntimeError)


def run(progress: Progress) -> Result:
    """Ratios beside AgentLab and beside Playwright's trace viewer; those of a peer that is missing are left out."""
    return Result(*peers(progress))


def peers(progress: Progress) -> tuple[dict[str, float], dict[str, Any]]:
    """Figures and details of all peers; `notes` says which could not be measured, and why."""
    figures: dict[str, float] = {}
    detail: dict[str, Any] = {"notes": []}
    for name, measure in (("agentlab", agentlab), ("playwright", replay_trace.measured)):
        found = _peer(progress, name, measure)
        if found is None:
            continue
        figures |= found.get("figures", {})
        detail[name] = found.get("detail", {})
        if "why" in found:
            detail["notes"].append(f"{name}: not measured, because {found['why']}")
    return figures, detail


def _peer(progress: Progress, name: str, measure: Callable[[Progress], dict[str, Any]]) -> dict[str, Any] | None:
    """The figures of a peer, or why there are none."""

    def tried() -> dict[str, Any]:
        try:
            return measure(progress)
        except FAILURES as error:
            return {"why": _reason(error)}

    found: dict[str, Any] | None = progress.part(name, tried)
    return found


def agentlab(progress: Progress) -> dict[str, Any]:
    """`agentlab_open_ratio` is theirs / ours, `agentlab_disk_ratio` ours / theirs."""
    python = environment("agentlab", PEERS / "agentlab.txt")
    with tempfile.TemporaryDirectory() as folder, Site() as site:
        urls = [site.add(f"/orders-{number}", page_html(number)) for number in ELEMENTS]
        asked = {"folder": folder, "urls": urls, "steps": quick(STEPS), "stay": STAY, "goal": GOAL}
        asked |= {"executable": find_chromium(), "args": launch_args()}
        progress.say("AgentLab records")
        saved = _told(python, "record", asked, RECORD_S)
        ours = _written(Path(folder))
        progress.say("AgentLab opens")
        theirs = [_told(python, "open", asked, OPEN_S) for _ in range(3)]
        mine = [_opened(ours) for _ in range(OPENINGS)]
        size = ours.stat().st_size
    open_ms = percentile([one["open_ms"] for one in theirs], 0.5)
    return {
        "figures": {
            "agentlab_open_ratio": round(open_ms / percentile(mine, 0.5), 1),
            "agentlab_disk_ratio": round(size / saved["bytes"], 3),
        },
        "detail": {
            "steps": theirs[0]["steps"],
            "theirs": {**saved, "open_ms": open_ms, "memory_mb": theirs[0]["memory_mb"]},
            "ours": {"bytes": size, "open_ms": summary(mine)},
        },
    }


def _told(python: Path, mode: str, asked: dict[str, Any], seconds: float) -> dict[str, Any]:
    command = [str(python), str(PEERS / "agentlab_peer.py"), mode, json.dumps(asked)]
    done = subprocess.run(command, check=True, timeout=seconds, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _written(folder: Path) -> Path:
    """The same steps as an episode: page, picture, prompt and action."""
    header = Episode(id="orders", actor="agent", objective=GOAL, status="running", model="peer")
    lines = (folder / "shown" / "steps.jsonl").read_text().splitlines()
    with EpisodeWriter.create(folder / "ours", header) as writer:
        for seq, told in enumerate(map(json.loads, lines)):
            page = Observation(url=told["url"], title=told["title"], text=told["text"])
            key = writer.put_observation(page)
            parts = [("system", "system", GOAL), ("observation", "user", told["text"])]
            prompt = tuple(
                PromptPart(kind=kind, role=role, hash=writer.put_text(text, kind), tokens=1)
                for kind, role, text in parts
            )
            call = {"number": seq, "frame": None, "purpose": "decide", "model": "peer", "tokens_in": 1, "tokens_out": 1}
            writer.put_call(LlmCall(**call, parts=prompt, reply=f"step {seq}"))
            picture = writer.put_picture((folder / "shown" / f"{seq}.png").read_bytes())
            named = {"observation_before": key, "picture_before": picture, "call": seq, "reason": f"step {seq}"}
            writer.append(Step(uid=f"s{seq}", seq=seq, kind="note", action=f"note [{told['action']}]", **named))
        return writer.seal(status="unsure", n_steps=len(lines))


def _opened(path: Path) -> float:
    """Milliseconds until Replay can draw: the file, its skeleton, the first step with page and prompt, its picture."""
    began = time.perf_counter()
    with EpisodeReader(path) as reader:
        body = json.dumps(payload.skeleton(reader, None, None))
        step = payload.step(reader, "s0")
        reader.picture(step["step"]["picture_before"])
        json.dumps(step)
    if not body:
        raise RuntimeError("the skeleton is empty")
    return (time.perf_counter() - began) * 1000


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return f"it took longer than {error.timeout:.0f} s"
    said = getattr(error, "stderr", None) or str(error)
    lines = [line for line in str(said).splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else type(error).__name__


if __name__ == "__main__":
    sys.exit(main(run))

"""The recorder by its figures: the gate, the page from before, lost gestures, click to pixel, memory, storage, kills.

Everything is measured on real recordings over the live socket, from another process than the one that records; peers
run side by side in environments of their own. `--quick` does a tenth, to see that it works.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.async_api import Page

from bench import capture_before, capture_feel, capture_gate, capture_kills, capture_size
from bench.calibration import round_trips
from bench.capture_gate import page_html
from bench.common import Progress, Result, main, percentile, quick, summary
from bench.live_view import LiveView
from bench.site import Site
from bench.studio import Studio
from browser.observe import Observer
from browser.session import BrowserSession

ROUNDS = 60
SIZES = {"3k": 3_000, "10k": 10_000}
SEED = 20260803
Bench = tuple[Studio, Site]


def run(progress: Progress) -> Result:
    """Figures of the recorder on loopback, targets in docs/benchmarks.md, `evaluate('1')` beside them."""
    found: dict[str, Any] = {}
    with BrowserSession() as session:
        found["evaluate"] = progress.part("evaluate 1", partial(round_trips, session))
        for label, elements in SIZES.items():
            found[f"observer {label}"] = progress.part(f"observer {label}", partial(_observer, session, elements))
    for name, measure in _parts().items():
        found[name] = progress.part(name, partial(_on_bench, measure))
    found["kills"] = progress.part("kills", partial(_kills, progress))
    return Result(_figures(found), _detail(found))


def _parts() -> dict[str, Callable[[Bench], Any]]:
    """What is measured with a process that records and a site, each with fresh ones."""
    n = quick
    return {
        "gate 3k": lambda on: capture_gate.gates(*on, SIZES["3k"], n(300)),
        "browsergym 3k": lambda on: capture_gate.browsergym(on[1], SIZES["3k"], n(20)),
        "gate 10k": lambda on: capture_gate.gates(*on, SIZES["10k"], n(100)),
        "before": lambda on: _before(*on, n(34)),
        "hasty": lambda on: capture_feel.hasty(*on, n(500)),
        "letters": lambda on: capture_feel.letters(*on, n(5000)),
        "click to pixel": lambda on: capture_feel.click_to_pixel(on[0], n(200)),
        "still": lambda on: capture_feel.still(*on, n(30)),
        "memory": lambda on: capture_size.memory(*on, n(100), n(500)),
        "storage": lambda on: capture_size.storage(*on, n(60)),
    }


def _on_bench(measure: Callable[[Bench], Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder, Site() as site, Studio(Path(folder)) as studio:
        return measure((studio, site))


def _before(studio: Studio, site: Site, rounds: int) -> dict[str, Any]:
    """Every kind of page that rewrites itself, in a recording of its own."""
    verdicts, pace = [], random.Random(SEED)
    for kind in capture_before.KINDS:
        recording, address = studio.open(f"{site.url}/before/{kind}.html")
        with LiveView(address) as view:
            capture_before.play(site, view, kind, rounds, pace)
        verdicts.append(capture_before.judge(site, kind, studio.stop(recording)))
    return capture_before.told(verdicts)


def _kills(progress: Progress) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        blows = capture_kills.campaign(Path(folder) / "home", quick(100), SEED, progress.say)
    return {"blows": [asdict(blow) for blow in blows], "by victim": capture_kills.told(blows)}


def _figures(found: dict[str, Any]) -> dict[str, float]:
    gate, before, hasty = found["gate 3k"], found["before"].values(), found["hasty"]
    pixel, still, kept = found["click to pixel"], found["still"], found["memory"]
    blows = found["kills"]["blows"]
    figures: dict[str, float] = {
        "gate_p90_ms_3k": percentile(gate["waited"], 0.9),
        "gate_p90_ms_10k": percentile(found["gate 10k"]["waited"], 0.9),
        "late_share_3k": sum(gate["late"]) / len(gate["late"]),
        "exact_share_3k": sum(gate["exact"]) / len(gate["exact"]),
        "browsergym_ratio_3k": capture_gate.ratio(found["browsergym 3k"], gate),
        "before_correct": sum(kind["correct"] for kind in before),
        "before_tried": sum(kind["steps"] for kind in before),
        "gestures_lost": max(0, hasty["tried"] - hasty["steps"] - hasty["entries"]) + sum(k["lost"] for k in before),
        "gestures_tried": hasty["tried"] + sum(kind["gestures"] for kind in before),
        "doubled_letters": found["letters"]["doubled"],
        "click_to_pixel_ms_median": percentile(pixel, 0.5),
        "click_to_pixel_ms_p95": percentile(pixel, 0.95),
        "still_frames": still["frames"],
        "still_cpu_pct": still["cpu_pct"],
        "rss_ratio": kept["late"]["all"] / kept["early"]["all"],
        "kb_per_step": found["storage"]["ours"],
        "playwright_kb_per_action": found["storage"]["theirs"],
        "kills": len(blows),
        "kills_lost": sum(bool(blow["lost"]) for blow in blows),
    }
    return {name: round(value, 3) for name, value in {**figures, **_older(found)}.items()}


def _older(found: dict[str, Any]) -> dict[str, float]:
    """Observation text, boxes and hit test alone, as these names have always meant."""
    told = {"evaluate_ms_p50": percentile(found["evaluate"], 0.5)}
    for label in SIZES:
        for share in (50, 90):
            told[f"gate_ms_p{share}_{label}"] = percentile(found[f"observer {label}"]["gate"], share / 100)
    return told


def _detail(found: dict[str, Any]) -> dict[str, Any]:
    timed = ("gate 3k", "gate 10k", "browsergym 3k", *(f"observer {label}" for label in SIZES))
    return {
        **{name: {part: summary(values) for part, values in found[name].items()} for name in timed},
        "gate_over_evaluate_3k": round(
            percentile(found["gate 3k"]["waited"], 0.5) / percentile(found["evaluate"], 0.5), 1
        ),
        "click to pixel": summary(found["click to pixel"]),
        **{name: found[name] for name in ("before", "hasty", "letters", "still", "memory", "storage")},
        "kills": found["kills"]["by victim"],
    }


def _observer(session: BrowserSession, elements: int) -> dict[str, list[float]]:
    return session.run(_measure(session, elements))


async def _measure(session: BrowserSession, elements: int) -> dict[str, list[float]]:
    context = await session.new_context()
    page = await context.new_page()
    await page.set_content(page_html(elements))
    observer = Observer(page)
    out: dict[str, list[float]] = {"gate": [], "observe": [], "picture": [], "evaluate": []}
    for n in range(quick(ROUNDS) + 5):
        point = (60.0 + 12 * (n % 60), 40.0 + 9 * (n % 60))
        took = {
            "evaluate": await _timed(page.evaluate("1")),
            "gate": await _timed(observer.observe(point)),
            "observe": await _timed(observer.observe()),
            "picture": await _timed(observer.picture()),
        }
        if n >= 5:
            for name, value in took.items():
                out[name].append(value)
    out["elements"] = [float(await _count(page))]
    await context.close()
    return out


async def _timed(awaitable: object) -> float:
    began = time.perf_counter()
    await awaitable  # type: ignore[misc]  # any of the page's calls
    return (time.perf_counter() - began) * 1000


async def _count(page: Page) -> int:
    count: int = await page.evaluate("document.querySelectorAll('*').length")
    return count


if __name__ == "__main__":
    sys.exit(main(run))

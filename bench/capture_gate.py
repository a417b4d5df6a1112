"""The gate as a person meets it: clicks over the live socket on pages of 3,000 and 10,000 elements, by their proofs.

Beside it BrowserGym's extraction of an observation on the same pages, in a virtual environment of its own
(bench/results/browsergym), driven by bench/browsergym_peer.py.
"""

from __future__ import annotations

import json
import random
import subprocess
import time
from pathlib import Path
from typing import Any

from bench.common import ROOT
from bench.live_view import LiveView
from bench.peer_home import peer_python
from bench.site import Site
from bench.studio import Studio
from browser.chromium import find_chromium, launch_args
from traces.reader import EpisodeReader

PER_ROW = 10
PEER_S = 900


def page_html(elements: int) -> str:
    """A table-like page of about that many elements: headings, links, fields, plain text and icons."""
    rows = "".join(_row(number) for number in range(elements // PER_ROW))
    style = "body{font:14px sans-serif} .row{display:flex;gap:8px} .act{cursor:pointer}"
    return f"<!doctype html><title>{elements}</title><style>{style}</style><main>{rows}</main>"


def _row(n: int) -> str:
    return (
        f'<div class="row"><h3>Order {n}</h3><span>Customer {n % 97}</span><span><b>{n * 7}.00</b> EUR</span>'
        f'<a href="#{n}">Open order {n}</a><input aria-label="Note {n}" value="n{n}"><label><input type="checkbox"> '
        f'Paid {n}</label><div class="act">More</div></div>'
    )


def gates(studio: Studio, site: Site, elements: int, clicks: int) -> dict[str, list[float]]:
    """Of each click: `waited`, the milliseconds the gate kept it from the page, and whether it was late and exact."""
    url = site.add(f"/elements-{elements}", page_html(elements))
    recording, address = studio.open(url)
    pace = random.Random(elements)
    with LiveView(address) as view:
        for _ in range(clicks):
            x, y = pace.uniform(20, 700), pace.uniform(20, 700)
            view.send(type="mouse", kind="move", x=x, y=y)
            time.sleep(pace.uniform(0.0, 0.25))
            view.click(x, y)
    return _proofs(studio.stop(recording))


def _proofs(path: Path) -> dict[str, list[float]]:
    with EpisodeReader(path) as reader:
        found = [body["gate"] for _, _, kind, body in reader.raw() if kind == "press" and body.get("gate")]
    return {
        "waited": [float(gate["waited"]) for gate in found],
        "late": [float(gate.get("late", False)) for gate in found],
        "exact": [float(gate.get("exact", False)) for gate in found],
        "stale": [float(gate.get("stale", False)) for gate in found],
    }


def browsergym(site: Site, elements: int, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of BrowserGym's observation on the same page: `observation` with picture, and its parts."""
    url = site.add(f"/elements-{elements}", page_html(elements))
    asked = {"url": url, "rounds": rounds, "executable": find_chromium(), "args": launch_args()}
    command = [str(peer_python()), str(ROOT / "bench" / "browsergym_peer.py"), json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PEER_S)
    if done.returncode:
        raise RuntimeError(f"BrowserGym could not be measured: {done.stderr.strip()[-600:]}")
    told: dict[str, list[float]] = json.loads(done.stdout)
    return told


def ratio(theirs: dict[str, Any], ours: dict[str, Any]) -> float:
    """How many times longer their observation takes than our gate, medians, both with picture."""
    from statistics import median

    return median(theirs["observation"]) / median(ours["waited"])

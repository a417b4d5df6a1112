"""How long the gate keeps a person's click waiting: observation and hit test, on pages of 3,000 and 10,000 elements."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.async_api import Page

from bench.common import Progress, Result, main, percentile, summary
from browser.observe import Observer
from browser.session import BrowserSession

ROUNDS = 60
SIZES = {"3k": 3_000, "10k": 10_000}
PER_ROW = 10


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


def _measured(session: BrowserSession, elements: int) -> dict[str, list[float]]:
    return session.run(_measure(session, elements))


async def _measure(session: BrowserSession, elements: int) -> dict[str, list[float]]:
    context = await session.new_context()
    page = await context.new_page()
    await page.set_content(page_html(elements))
    observer = Observer(page)
    out: dict[str, list[float]] = {"gate": [], "observe": [], "picture": [], "evaluate": []}
    for n in range(ROUNDS + 5):
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


def run(progress: Progress) -> Result:
    """The gate (observation, boxes and hit test; no picture) in ms, and a plain round trip to the page beside it."""
    figures: dict[str, float] = {}
    detail: dict[str, object] = {}
    with BrowserSession() as session:
        for label, elements in SIZES.items():
            measured = progress.part(f"{label} elements", partial(_measured, session, elements))
            figures[f"gate_ms_p50_{label}"] = round(percentile(measured["gate"], 0.5), 2)
            figures[f"gate_ms_p90_{label}"] = round(percentile(measured["gate"], 0.9), 2)
            detail[label] = {name: summary(values) for name, values in measured.items()}
            if label == "3k":
                figures["evaluate_ms_p50"] = round(percentile(measured["evaluate"], 0.5), 2)
    return Result(figures, detail)


if __name__ == "__main__":
    sys.exit(main(run))

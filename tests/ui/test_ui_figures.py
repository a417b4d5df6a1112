"""Names from outside in figures: Plotly draws some HTML in every text, links among it."""

from __future__ import annotations

import pytest

from ui.figures.agreement import confusion
from ui.figures.shares import curve, matrix, piece_tokens, shares
from ui.figures.stacks import calls_between, depth_lines, depth_points, icicle

NAME = '<a href="http://canary.invalid/k">k</a> & <b>all</b>'
SHOWN = "k</a> & <b>all</b>"
SHARE = {"ok": 1, "n": 2, "value": 0.5, "low": 0.1, "high": 0.9}
ROW = {**SHARE, "of": NAME, "arm": NAME, "where": NAME, "task": NAME, "acts": 3, "depth": 2.0, "success": SHARE}
CALL = {"caller": NAME, "callee": NAME, "calls": 2, "success": SHARE}
PATH = {"path": (NAME,), "left": 0, "width": 2, "calls": 2, "success": SHARE}
PROFILE = {"group": NAME, "n": 2, "share": [0.0, 1.0], "mean": [1, 2], "low": [1, 1], "high": [2, 2]}
LINE = {"episode": "e1", "group": NAME, "points": [(0, 1), (3, 2)]}
TOKENS = {"policy": NAME, "tokens": 9, "shown": 1, "by_why": {"pinned": 9}}
FIGURES = {
    "shares": lambda: shares([ROW, {**ROW, "arm": "other"}], x_title="share", dark=False),
    "matrix": lambda: matrix([ROW], dark=True),
    "curve": lambda: curve({NAME: [(1, 0.5)], "other": [(1, 0.4)]}, x_title="n", y_title="share", dark=False),
    "calls_between": lambda: calls_between([CALL], dark=False),
    "icicle": lambda: icicle([PATH], measure="steps", dark=False),
    "depth_lines": lambda: depth_lines([LINE], [PROFILE], by_share=True, dark=False),
    "depth_points": lambda: depth_points([ROW], dark=False),
    "piece_tokens": lambda: piece_tokens([TOKENS], 100, {"pinned": "pinned"}, dark=False),
    "confusion": lambda: confusion([NAME], [[3]], sides=(NAME, "other"), dark=False),
}


@pytest.mark.browser
def test_a_name_stands_in_a_figure_as_it_is(chromium):
    """No link comes of it, and where it is drawn its marks are to be read."""
    page = chromium.new_page()
    try:
        drawn = [
            make().to_html(full_html=False, include_plotlyjs=not place, div_id=name)
            for place, (name, make) in enumerate(FIGURES.items())
        ]
        page.set_content("\n".join(drawn))
        for name in FIGURES:
            page.wait_for_selector(f"#{name} .main-svg")
            texts = page.locator(f"#{name} svg text").all_text_contents()
            assert page.locator(f"#{name} svg a").count() == 0, name
            assert name == "depth_points" or any(SHOWN in text for text in texts), (name, texts)
    finally:
        page.close()

"""An experiment's figure: one trace for an arm, or a matrix, and a page that needs nothing from outside."""

from __future__ import annotations

import re

import pytest

from flows.experiment.result import share
from ui.experiment_figure import figure_of, page_of

SHARES = [share("the stack", of, 3, 4) for of in ("all", "a:b")] + [share("<b>flat", "all", 1, 4)]
MATRIX = [share(arm, "fill_text", ok, 3, where=where) for arm, ok in (("here", 3), ("elsewhere", 1)) for where in "ab"]


def told(rows, **changes):
    asked = {"model": "demos", "shown": 5, "seeds": "5000:5005", "policy_set": "web"}
    said = {"name": "structure", "question": "Does it?", "answer": "It does.", "counts": "episodes"}
    return {**said, "rows": rows, "n": 4, "terms": ["timed"], "left_out": ["reasons: none"], "asked": asked, **changes}


@pytest.mark.parametrize("dark", [False, True])
def test_shares_have_a_trace_for_each_arm(dark):
    """With the counts behind them."""
    figure = figure_of(told(SHARES), dark=dark)
    assert [(trace.name, list(trace.x)) for trace in figure.data] == [
        ("the stack", [0.75, 0.75]),
        ("&lt;b&gt;flat", [0.25]),
    ]


def test_a_matrix_has_a_square_for_each_cell():
    """A line for each policy and arm, a column for each place."""
    rows = [share("here", "fill_text", 6, 6), *MATRIX]
    (trace,) = figure_of(told(rows), dark=False).data
    assert list(trace.text) == ["3/3", "3/3", "1/3", "1/3"]
    assert (len(set(trace.y)), len(set(trace.x))) == (2, 2)


def test_the_page_holds_all_it_needs_and_no_word_is_markup():
    """Plotly is inside it, nothing is loaded, and texts of a workspace stay texts."""
    hostile = "</script><script>alert(1)</script>"
    page = page_of(told([share(hostile, "all", 1, 2)], answer=hostile))
    assert "Plotly.newPlot" in page
    assert "alert(1)</script>" not in page
    assert "&lt;/script&gt;" in page
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=", page)
    assert "timed" in page
    assert "Left out: reasons: none." in page

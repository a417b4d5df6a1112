"""Cases 1 to 14: the pointer."""

from __future__ import annotations

from tests.browser_recorder.cases.model import Case, Row

CLICK = {"gesture": "click", "at": "#b"}


def _rewrites(on: str) -> Case:
    return Case(
        id=f"1.{on}",
        says=f"a button rewrites itself on {on}",
        page=f"rewrites.html?on={on}",
        does=(CLICK, CLICK),
        steps=("click [button 'Count 0']", "click [button 'Count 1']"),
        heard=(f"{on} 1", f"{on} 2"),
        after="Count 2",
    )


ROWS: tuple[Row, ...] = (_rewrites("pointerdown"), _rewrites("mousedown"), _rewrites("click"))

"""Plays scripts of gestures with plain Playwright: real mouse and keys, wheel for what is off screen.

A helper of the tests; the recorder has a player of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from playwright.sync_api import Locator, Page

UNCOVERED = """(element, [x, y]) => {
  const hit = element.getRootNode().elementFromPoint(x, y);
  return hit !== null && (element.contains(hit) || hit.closest("label")?.control === element);
}"""


def play(page: Page, script: Sequence[Mapping[str, str]]) -> int:
    """Perform the gestures in order; returns how many turns of the wheel were needed."""
    return sum(_perform(page, gesture) for gesture in script)


def _perform(page: Page, gesture: Mapping[str, str]) -> int:
    if gesture["gesture"] == "press":
        page.keyboard.press(gesture["keys"])
        return 0
    target = page.locator(gesture["at"])
    target.wait_for(state="visible")
    turns = _reach(page, target)
    match gesture["gesture"]:
        case "click":
            _click(page, target)
        case "type":
            if not target.evaluate("element => element === document.activeElement"):
                _click(page, target)
            page.keyboard.type(gesture["text"])
        case "select":
            target.select_option(label=gesture["text"])
        case "drag":
            _drag(page, target, page.locator(gesture["to"]))
        case other:
            raise ValueError(f"no such gesture: {other}")
    return turns


def _click(page: Page, target: Locator) -> None:
    """Click the middle; where that leaves the page, wait for the next one."""
    x, y = _middle(target)
    if target.evaluate(
        "element => element.closest('a[href]') !== null || (element.type === 'submit' && !!element.form)"
    ):
        with page.expect_navigation():
            page.mouse.click(x, y)
    else:
        page.mouse.click(x, y)


def _drag(page: Page, target: Locator, to: Locator) -> None:
    """From middle to middle with the button held, in a few steps."""
    start, end = _middle(target), _middle(to)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def _middle(target: Locator) -> tuple[float, float]:
    box = target.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _reach(page: Page, target: Locator) -> int:
    """Turn the wheel until the target's middle is in view and nothing covers it."""
    for turn in range(20):
        x, y = _middle(target)
        if 10 <= y <= 710 and target.evaluate(UNCOVERED, [x, y]):
            return turn
        page.mouse.move(700, 400)
        page.mouse.wheel(0, 200 if y > 360 else -200)
        target.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    raise AssertionError(f"{target} cannot be scrolled into view")

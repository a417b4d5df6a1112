"""BrowserGym behind a pipe: run by the Python of an environment of its own, which Stepscope's never sees.

Reads one JSON object a line ({"do": make | reset | step}) and answers each with one. Uses the standard library and what
BrowserGym brings; an observation comes out in our text form (docs/formats/observation.md). `browser.gym` asks.
"""

from __future__ import annotations

import base64
import importlib
import io
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

UNSAID = frozenset({"none", "generic", "rootwebarea", "inlinetextbox", "linebreak", "presentation", "paragraph"})
FLAGS = ("focused", "disabled", "selected", "required", "readonly", "invalid")
SEEN = 0.5
"""The share of an element that must be in view, as BrowserGym counts it."""


class Gym:
    """One environment of BrowserGym, with the Chromium it is to use."""

    def __init__(self, name: str, options: dict[str, Any], executable: str, args: list[str]) -> None:
        _with_browser(executable, args)
        importlib.import_module(f"browsergym.{name.partition('.')[0]}")
        self._env = importlib.import_module("gymnasium").make(f"browsergym/{name}", **options)

    def reset(self, seed: int) -> dict[str, Any]:
        """The first observation, and what is asked."""
        began = time.perf_counter()
        seen, _ = self._env.reset(seed=seed)
        return {"ms": _since(began), "goal": seen["goal"], **told(seen)}

    def step(self, code: str) -> dict[str, Any]:
        """An action in BrowserGym's words, and what came of it."""
        began = time.perf_counter()
        seen, reward, ended, cut, _ = self._env.step(code)
        return {
            "ms": _since(began),
            "reward": float(reward),
            "done": bool(ended or cut),
            "error": seen["last_action_error"] or None,
            **told(seen),
        }

    def close(self) -> None:
        """End its browsers."""
        self._env.close()


def told(seen: dict[str, Any]) -> dict[str, Any]:
    """An observation of BrowserGym's as address, title, text, boxes and a PNG."""
    lines, boxes = described(seen["axtree_object"]["nodes"], seen["extra_element_properties"])
    number = int(seen["active_page_index"][0])
    return {
        "url": seen["url"],
        "title": seen["open_pages_titles"][number],
        "tabs": len(seen["open_pages_urls"]),
        "text": "\n".join(lines),
        "boxes": boxes,
        "picture": _png(seen["screenshot"]),
    }


def described(nodes: list[dict[str, Any]], more: dict[str, Any]) -> tuple[list[str], dict[str, list[float]]]:
    """The lines of an accessibility tree and a box (x, y, width, height) per id.

    Words that are no element of their own carry the id of the element around them with a number: [12-t1].
    """
    lines: list[str] = []
    boxes: dict[str, list[float]] = {}
    by_id = {node["nodeId"]: node for node in nodes}
    for depth, node, around in _visited(nodes[0], by_id, more, 0, {}):
        own = node.get("browsergym_id")
        name = str(node["name"].get("value", "")) if "name" in node else ""
        words = node["role"]["value"] == "StaticText"
        if words and (not around or name.strip() == str(around.get("name", {}).get("value", "")).strip()):
            continue
        mark = own if own and not words else f"{around.get('browsergym_id') or 'page'}-t{len(lines)}"
        role = "text" if words else str(node["role"]["value"]).lower()
        lines.append("  " * depth + f"[{mark}] {role}" + (f" {_quoted(name)}" if name.strip() else "") + _state(node))
        box = more.get(mark.partition("-")[0], {}).get("bbox")
        if box:
            boxes[mark] = [float(part) for part in box]
    return lines, boxes


def _visited(
    node: dict[str, Any], by_id: dict[str, dict[str, Any]], more: dict[str, Any], depth: int, around: dict[str, Any]
) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
    role = str(node["role"]["value"]).lower()
    own = node.get("browsergym_id")
    hidden = own is not None and more.get(own, {}).get("visibility", 1) < SEEN
    shown = role not in UNSAID and not hidden and ("name" in node or "value" in node)
    if shown:
        yield depth, node, around
    inner = node if own else around
    for child in node.get("childIds", []):
        if child in by_id:
            yield from _visited(by_id[child], by_id, more, depth + shown, inner)


def _state(node: dict[str, Any]) -> str:
    value = node.get("value", {}).get("value")
    out = f" value={_quoted(str(value))}" if value not in (None, "") else ""
    facts = {fact["name"]: fact.get("value", {}).get("value") for fact in node.get("properties", [])}
    for name, words in (("checked", ("checked", "unchecked")), ("expanded", ("expanded", "collapsed"))):
        if name in facts:
            out += f" {words[0] if facts[name] in (True, 'true') else words[1]}"
    return out + "".join(f" {flag}" for flag in FLAGS if facts.get(flag) in (True, "true"))


def _quoted(text: str) -> str:
    flat = " ".join(text.split()).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{flat}'"


def _png(pixels: Any) -> str:
    out = io.BytesIO()
    importlib.import_module("PIL.Image").fromarray(pixels).save(out, "PNG", compress_level=1)
    return base64.b64encode(out.getvalue()).decode()


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def _with_browser(executable: str, args: list[str]) -> None:
    """BrowserGym starts two browsers a reset and takes a path for one of them only; both are to be ours."""
    kind = importlib.import_module("playwright.sync_api").BrowserType
    launch = kind.launch

    def ours(self: Any, **options: Any) -> Any:
        options["args"] = [*(options.get("args") or []), *args]
        return launch(self, **{**options, "executable_path": executable})

    kind.launch = ours


def serve() -> None:
    """Answer until the other end closes; what libraries print goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    gym: Gym | None = None
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if asked["do"] == "make":
                gym = Gym(asked["name"], asked["options"], asked["executable"], asked["args"])
                answer: dict[str, Any] = {}
            else:
                assert gym is not None, "make comes first"
                answer = gym.reset(asked["seed"]) if asked["do"] == "reset" else gym.step(asked["code"])
        except Exception as error:  # whatever it is, the other end must hear of it
            answer = {"failed": f"{type(error).__name__}: {error}"[:2000]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    if gym is not None:
        gym.close()


if __name__ == "__main__":
    serve()

"""Online-Mind2Web results (`result.json`): what was done, in words, and what was thought; there are no pages.

What can be said as our action is (`goto`, `scroll`, `press`, `go_back`); a press on a point is `click_at [x] [y]`, a
text typed where the cursor was `type_text [text]`, all else a note. Entries are the positions of warnings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from traces.actions import Action
from traces.draft import MOST_STEPS, Draft
from traces.formats.foreign import BadRecording, text_of

NAME = "online-mind2web"
_POINT = re.compile(
    r"^(?:double[- ])?(?:click|tap|press)\w* (?:at|on) \((-?\d+(?:\.\d+)?), *(-?\d+(?:\.\d+)?)\)$", re.I
)
_SCROLL = re.compile(r"delta_x=(-?\d+).*?delta_y=(-?\d+)", re.I)
_STATUS = {"success": "success", "failure": "failed", "failed": "failed", "fail": "failed"}


def recognise(data: Any) -> bool:
    """Whether a file's JSON is such a result."""
    return isinstance(data, dict) and isinstance(data.get("action_history"), list) and "task" in data


def read(data: Mapping[str, Any]) -> Draft:
    """The episode of a result. Raises BadRecording where nothing was done."""
    told, thoughts = data["action_history"], data.get("thoughts")
    thoughts = thoughts if isinstance(thoughts, list) else []
    if not told:
        raise BadRecording("Its action_history is empty.")
    draft = Draft(NAME, objective=text_of(data.get("task")), header=_header(data))
    draft.raw = [{key: value for key, value in data.items() if key not in ("action_history", "thoughts")}]
    if len(thoughts) != len(told):
        draft.warn("thoughts", f"There are {len(thoughts)} thoughts for {len(told)} actions; they are paired in order.")
    before = None
    for number, one in enumerate(told[:MOST_STEPS]):
        thought = text_of(thoughts[number]) if number < len(thoughts) else ""
        draft.raw.append({"action": one, "thought": thought})
        action = _action(one if isinstance(one, str) else str(one))
        if not isinstance(one, str):
            draft.warn(number, "The action is no text; it is kept as it was written.")
        draft.step("act", action, reason=thought if thought != before else None)
        before = thought
    draft.warn("pages", "This format holds no pages: what was seen and which elements were meant is not known.")
    return draft


def _header(data: Mapping[str, Any]) -> dict[str, Any]:
    status = text_of(data.get("result_status")).lower()
    answer = text_of(data.get("final_result_response"))
    return {
        "task": f"{NAME}:{data['task_id']}" if data.get("task_id") else None,
        "status": _STATUS.get(status, "unsure"),
        "end_reason": "stop" if answer else None,
        "answer": answer or None,
    }


def _action(told: str) -> str:
    """Our action."""
    point, text = _POINT.match(told), told.strip()
    if point is not None:
        return f"click_at [{point[1]}] [{point[2]}]"
    if text.lower().startswith(("navigate to ", "go to ", "goto ")):
        return str(Action("goto", (text.split(" ")[-1],)))
    if text.lower() in ("navigate back", "go back"):
        return "go_back"
    if text.lower() in ("navigate forward", "go forward"):
        return "go_forward"
    if text.lower().startswith("press "):
        return str(Action("press", (_key(text[6:].strip()),)))
    scrolled = _SCROLL.search(text) if text.lower().startswith("scroll") else None
    if scrolled is not None:
        return f"scroll [{_way(int(scrolled[1]), int(scrolled[2]))}]"
    if text.lower().startswith("type ") and len(text) > 6 and text[5] in "\"'":
        return str(Action("type_text", (text[6:].rstrip("\"'"),)))
    return str(Action("note", (text,)))


def _key(name: str) -> str:
    return "+".join(part.capitalize() if len(part) > 1 else part for part in name.split("+"))


def _way(x: int, y: int) -> str:
    if abs(x) > abs(y):
        return "right" if x > 0 else "left"
    return "down" if y >= 0 else "up"

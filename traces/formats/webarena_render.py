"""`render_<id>.html` of WebArena and VisualWebArena: a page, a picture and a prediction after the other.

Their writer escapes no text (ours does) and never closes one of its elements, so no parser of HTML reads it: it is cut
at the marks it always writes. Steps are the positions of warnings.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator
from typing import Any, get_args

from traces.actions import FOREIGN, VERBS, parse_action
from traces.axtree import read_tree
from traces.draft import MOST_STEPS, Draft
from traces.errors import ActionError
from traces.foreign_actions import argument, plain_action, stop_text
from traces.formats.foreign import BadRecording
from traces.formats.playwright_code import code_action
from traces.formats.webarena_html import ESCAPED
from traces.model import Status, StepKind

NAME = "webarena-html"
MAX_PICTURE = 20 * 1024 * 1024
_PAGE = "<h2>New Page</h2>"
_SEEN = "<div class='state_obv'><pre>"
_PREDICTED = "class='predict_action'"
_ANY_PAGE = re.compile(r"<h2\b[^<>]{0,200}>\s*New Page\s*</h2>")
_ANY_MARK = re.compile(
    r"<(h3|div)\b[^<>]{0,200}?\bclass=[\"']?"
    r"(url|state_obv|prev_action|predict_action|raw_parsed_prediction|parsed_action)\b[^<>]{0,300}>\s*"
)
_ANY_PICTURE = re.compile(r"<img\b[^<>\"']{0,200}\bsrc=[\"'](data:image/\w{1,10};base64,[A-Za-z0-9+/=\s]+)[\"']")
_ANY_END = re.compile(r"</(pre|a)>\s+<(/?(?:div|h3))>")
_CONFIG = re.compile(r"([a-z_]{1,40}): (.*)$")
_PICTURE = re.compile(r"<img src='data:image/(?:png|jpeg|webp);base64,([A-Za-z0-9+/=\s]+)'")
_DRAWN = "<img src='data:image/"
_CODE = "<div class='predict_action'>"
_FENCED = re.compile(r"```\s*([a-z_]+.*?)```", re.DOTALL)
_WHERE = re.compile(r"\swhere \[([^\]\s]{0,40})\](?: is\b.*)?\Z", re.DOTALL)
_CLEARED = re.compile(r"^clear \[([^\]\s]{1,40})\]$")
_NOT_DONE = frozenset({"", "none", "None"})


def recognise(text: str) -> bool:
    """Whether a file is such a rendering: the parts of a step, or (cut early) its task alone."""
    is_begun = _is_begun(text)
    return is_begun if _PAGE not in text else _PREDICTED in text or (is_begun and "state_obv" in text)


def read(text: str) -> Draft:
    """The episode of a rendering. Raises BadRecording where it has no step."""
    is_ours, is_changed = ESCAPED in text[:20_000], _is_changed(text)
    head, *parts = (_as_written(text) if is_changed else text).split(_PAGE)
    meant = html.unescape if is_ours or is_changed else str
    config = {name: meant(value) for name, value in _config(head)}
    if not parts:
        raise BadRecording("It is a rendering of WebArena that has no step yet.")
    draft = Draft(NAME, objective=config.get("intent", ""), header=_header(config))
    draft.raw = [config]
    if not draft.objective:
        draft.warn("config", "It does not say what the task was.")
    for number, part in enumerate(parts[:MOST_STEPS]):
        _step(draft, number, part, meant, is_ours=is_ours)
    _ended(draft)
    return draft


def _is_begun(text: str) -> bool:
    head = text[:20_000]
    return "<pre>" in head and "task_id:" in head and "intent:" in head


def _is_changed(text: str) -> bool:
    """Whether it is no longer as its writer made it: a browser saved it, or a tool laid it out anew."""
    return (_PAGE not in text or _SEEN not in text) and _is_begun(text) and "state_obv" in text


def _as_written(text: str) -> str:
    """The marks as the writer makes them, whatever quotes, attributes and blanks they have now."""
    text = _ANY_PAGE.sub(_PAGE, text)
    text = _ANY_MARK.sub(r"<\1 class='\2'>", text)
    text = _ANY_PICTURE.sub(r"<img src='\1'", text)
    return _ANY_END.sub(r"</\1><\2>", text)


def _config(head: str) -> Iterator[tuple[str, str]]:
    """The task's settings; a value may have several lines."""
    found: list[tuple[str, list[str]]] = []
    for line in _between(head, "<pre>", "</pre>").split("\n"):
        begin = _CONFIG.match(line)
        if begin is not None:
            found.append((begin[1], [begin[2]]))
        elif found:
            found[-1][1].append(line)
    yield from ((name, "\n".join(lines).strip()) for name, lines in found)


def _header(config: dict[str, str]) -> dict[str, Any]:
    task = config.get("task_id", "")
    return {
        "task": f"webarena:{task}" if task.isdecimal() else task or None,
        "site": config.get("sites", "").strip("[]'\""),
        "start_url": config.get("start_url", ""),
        "status": next((one for one in get_args(Status) if one == config.get("status")), "unsure"),
    }


def _step(draft: Draft, number: int, part: str, meant: Callable[[str], str], *, is_ours: bool) -> None:
    """One page and what was done on it; `meant` undoes escapes, of our writer or of a browser that saved the page."""
    seen = _between(part, _SEEN, "</pre><div>")
    url = _between(part, "<h3 class='url'>", "</a></h3>").partition("URL: ")[2]
    said = _between(part, "<div class='raw_parsed_prediction'", "</pre></div>").partition("<pre>")[2]
    begin = part.rfind("<div class='parsed_action'")  # earlier ones may stand in a page's text
    done = _between(part[max(0, begin) :], "<div class='parsed_action'", "</pre></div>").partition("<pre>")[2]
    told = _between(part, "<div class='prev_action'", "<div class='predict_action'>").partition(">")[2]
    text, title = read_tree(meant(seen))
    if not seen:
        draft.warn(number, "It has no observation that can be read.")
    if not said and not done and _CODE not in part:
        draft.warn(number, "It breaks off before what was predicted there.")
    page = draft.page(meant(url), text, title)
    reply, action = meant(said), meant(done).strip()
    draft.raw.append({"prediction": reply, "parsed_action": action, "told": told.strip().removesuffix("</div>")})
    fields: dict[str, Any] = {
        "observation_before": page,
        "picture_before": _picture(draft, number, part),
        "reason": _reason(reply),
        "call": draft.call(reply) if reply else None,
    }
    code = _between(part, _CODE, "</div>") if not begin >= 0 else ""
    coded = code_action(meant(code)) if code else None
    if coded is not None:
        kind: StepKind = "pop" if coded[0].name == "stop" else "act"
        draft.step(kind, str(coded[0]), target=coded[1], **fields)
        return
    if action in _NOT_DONE:
        reply = reply or meant(code)
        draft.step("invalid", _first_line(reply) or "(no action)", error="it could not be read as an action", **fields)
        return
    if action.split("[")[0].strip() == "stop":
        draft.step("pop", action if is_ours else stop_text(action), **fields)
        return
    action = action if is_ours else _ours(action)
    if not _is_known(action):
        draft.warn(number, f"{action[:80]!r} is no action of ours; it is kept as it is.")
    draft.step("act", action, **fields)


def _ours(action: str) -> str:
    """The action without the words that say which element was meant. Enter is a blank or a line's end after a text.

    >>> _ours("type [21] [bus stop ] where [21] is [] textbox 'Search'")
    'type [21] [bus stop] [1]'
    """
    meant = _WHERE.search(action)
    action = action[: meant.start()].strip() if meant else action
    action = _CLEARED.sub(r"type [\1] []", action)
    if action.startswith("type [") and action.endswith((" ]", "\n]")):
        action = f"{action[:-2].rstrip()}] [1]"
    return plain_action(action.replace("page_focus", "tab_focus", 1) if action.startswith("page_focus") else action)


def _ended(draft: Draft) -> None:
    """A stop ends the episode; what comes after one is left out."""
    stops = [step.seq for step in draft.steps if step.kind == "pop"]
    if stops and stops[0] < len(draft.steps) - 1:
        draft.warn(stops[0], "Steps after the first stop were left out.")
        del draft.steps[stops[0] + 1 :]
    answer = argument(draft.steps[-1].action) if stops else None
    early = answer is not None and answer.startswith("Early stop: ")
    draft.end = "limit" if early else "abandoned"
    reason = f"{'invalid' if 'parse' in (answer or '') else 'steps'}: {answer}" if early else "stop" if stops else None
    draft.header |= {"answer": None if early else answer, "end_reason": reason}


def _picture(draft: Draft, number: int, part: str) -> str | None:
    found = _PICTURE.search(part)
    if found is None:
        if _DRAWN in part:
            draft.warn(number, "Its picture cannot be read.")
        return None
    try:
        data = base64.b64decode(found[1], validate=False)
    except (binascii.Error, ValueError):
        data = b""
    if not data or len(data) > MAX_PICTURE:
        draft.warn(number, "Its picture cannot be read or is too large.")
        return None
    return draft.picture(data, number)


def _between(text: str, begin: str, end: str) -> str:
    """What stands between two marks, the first time they do; '' where they do not."""
    first = text.find(begin)
    last = text.find(end, first + len(begin)) if first >= 0 else -1
    return text[first + len(begin) : last] if last >= 0 else ""


def _reason(reply: str) -> str | None:
    """The reply without the action it ends in."""
    return _FENCED.sub("", reply).strip() or None


def _first_line(reply: str) -> str:
    fenced = _FENCED.search(reply)
    return " ".join((fenced[1] if fenced else reply).split())[:200]


def _is_known(action: str) -> bool:
    try:
        name = parse_action(action).name
    except ActionError:
        return False
    return name in VERBS or name in FOREIGN

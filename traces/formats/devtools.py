"""Reading recordings of Chrome DevTools' Recorder: the JSON it exports (docs/formats/devtools.md).

It gives gestures of a script (docs/formats/script.md) as plain values; playing them is the browser's matter. What is
read is hostile: unknown steps are listed, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from traces.formats.foreign import MAX_STEPS, BadRecording, Foreign, Gesture, checked_url, number, parsed, text_of

Json = dict[str, Any]
MODIFIERS = ("Alt", "Control", "Meta", "Shift")
_ARIA = re.compile(r'^(.*?)(?:\[role="([a-z]+)"\])?$', re.S)
_BUTTONS = {"primary": "left", "auxiliary": "middle", "secondary": "right"}
_ROLES = ("button", "link", "textbox", "checkbox", "radio", "combobox", "menuitem", "tab", "option", "heading")


def recognise(name: str, text: str) -> bool:
    """Whether a file's text is of the format."""
    return not name.endswith(".jsonl") and text.lstrip()[:1] == "{" and '"steps"' in text


def read(text: str) -> Foreign:
    """The recording as gestures. Raises BadRecording for what is no recording at all."""
    body = parsed(text)
    if not isinstance(body, dict) or not isinstance(body.get("steps"), list):
        raise BadRecording("This is no recording of DevTools: it has no list of steps.")
    if len(body["steps"]) > MAX_STEPS:
        raise BadRecording(f"It has more than {MAX_STEPS} steps.")
    reader = _Reader()
    for index, step in enumerate(body["steps"], 1):
        reader.take(index, step)
    return Foreign(
        "devtools", text_of(body.get("title"))[:1000], reader.url, reader.viewport, reader.gestures, reader.left_out
    )


class _Reader:
    def __init__(self) -> None:
        self.url: str | None = None
        self.viewport: tuple[int, int] | None = None
        self.gestures: list[Gesture] = []
        self.left_out: list[str] = []
        self._held: list[str] = []
        self._tabs: list[str] = ["main"]
        self._now = "main"
        self._scrolled: dict[str, tuple[float, float]] = {}

    def take(self, index: int, step: Any) -> None:
        """One step; what cannot be replayed is listed by its number."""
        kind = text_of(step.get("type")) if isinstance(step, dict) else ""
        try:
            handler = _READ.get(kind)
            if handler is None:
                raise BadRecording(f"there is no replay of {kind[:40] or 'a step without a type'!r}")
            made = handler(self, step)
        except BadRecording as error:
            self.left_out.append(f"step {index} ({kind[:40]}): {error}")
            return
        if made:
            self._target(step)
            self.gestures.append(made)

    def _target(self, step: Json) -> None:
        """Go to the step's tab; the one a click has just opened is in front already."""
        target = text_of(step.get("target")) or "main"
        if target == self._now or step.get("type") in ("navigate", "close"):
            return
        if target in self._tabs:
            self.gestures.append({"gesture": "tab", "text": self._tabs.index(target)})
        else:
            self._tabs.append(target)
        self._now = target

    def _place(self, step: Json) -> Json:
        found = [one for each in _listed(step.get("selectors")) for one in playwright_selectors(each)]
        if not found:
            raise BadRecording("it names no element by a selector that is known here")
        frames = step.get("frame") or []
        if not isinstance(frames, list) or not all(isinstance(one, int) and 0 <= one < 1000 for one in frames):
            raise BadRecording("its frame is no list of numbers")
        path = "".join(f"css=iframe, frame >> nth={one} >>> " for one in frames[:10])
        return {"any": [path + one for one in found[:40]]}

    def _viewport(self, step: Json) -> None:
        width, height = number(step.get("width")), number(step.get("height"))
        self.viewport = (min(max(int(width), 100), 4000), min(max(int(height), 100), 4000))

    def _navigate(self, step: Json) -> Gesture | None:
        url = checked_url(step.get("url"))
        self._scrolled = {}
        if self.url is None and not self.gestures:
            self.url = url
            return None
        return {"gesture": "goto", "text": url}

    def _click(self, step: Json) -> Gesture:
        button = _BUTTONS.get(text_of(step.get("button")) or "primary")
        if button is None:
            raise BadRecording(f"there is no button {text_of(step['button'])[:40]!r}")
        name = "dblclick" if step["type"] == "doubleClick" else "rightclick" if button == "right" else "click"
        more: Json = {"button": "middle"} if button == "middle" else {}
        if self._held:
            more["modifiers"] = [key for key in self._held if key in MODIFIERS]
        return {"gesture": name, "at": self._place(step), **more}

    def _change(self, step: Json) -> Gesture:
        if not isinstance(step.get("value"), str):
            raise BadRecording("its value is no text")
        return {"gesture": "fill", "at": self._place(step), "text": step["value"]}

    def _hover(self, step: Json) -> Gesture:
        return {"gesture": "hover", "at": self._place(step)}

    def _down(self, step: Json) -> Gesture | None:
        key = _key(step)
        if key in MODIFIERS:
            self._held = [*self._held, key] if key not in self._held else self._held
            return None
        return {"gesture": "press", "keys": "+".join([*self._held, key])}

    def _up(self, step: Json) -> None:
        self._held = [key for key in self._held if key != _key(step)]

    def _scroll(self, step: Json) -> Gesture | None:
        at = {"at": self._place(step)} if step.get("selectors") else {}
        before = self._scrolled.get(str(at), (0.0, 0.0))
        self._scrolled[str(at)] = to = (number(step.get("x", 0)), number(step.get("y", 0)))
        by = [now - was for now, was in zip(to, before, strict=True)]
        return {"gesture": "wheel", **at, "delta": by} if any(by) else None

    def _close(self, step: Json) -> Gesture:
        target = text_of(step.get("target")) or "main"
        index = self._tabs.index(target) if target in self._tabs else len(self._tabs) - 1
        if len(self._tabs) < 2:
            raise BadRecording("it closes the only tab")
        self._tabs.pop(index)
        self._now = self._tabs[-1]
        return {"gesture": "close_tab", "text": index}


_READ = {
    "setViewport": _Reader._viewport,
    "navigate": _Reader._navigate,
    "click": _Reader._click,
    "doubleClick": _Reader._click,
    "change": _Reader._change,
    "hover": _Reader._hover,
    "keyDown": _Reader._down,
    "keyUp": _Reader._up,
    "scroll": _Reader._scroll,
    "close": _Reader._close,
}


def playwright_selectors(given: Any) -> Iterator[str]:
    """A selector of the format (a text, or a chain of texts through shadow roots) in Playwright's words."""
    chain = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    parts = [list(_one(part)) if isinstance(part, str) and 0 < len(part) <= 2000 else [] for part in chain[:20]]
    if not parts or not all(parts):
        return
    head = " >> ".join(part[0] for part in parts[:-1])
    for last in parts[-1]:
        yield f"{head} >> {last}" if head else last


def _one(selector: str) -> Iterator[str]:
    kind, slash, rest = selector.partition("/")
    if not slash or kind not in ("aria", "text", "xpath", "pierce", "css"):
        yield f"css={selector}"
    elif kind == "aria":
        yield from _by_name(rest)
    elif kind == "text":
        yield from (f'text="{_quoted(rest)}"', f"text={rest}") if "\n" not in rest else ()
    else:
        yield f"{'css' if kind == 'pierce' else kind}={rest}"


def _by_name(text: str) -> Iterator[str]:
    match = _ARIA.match(text)
    name, role = (match[1], match[2]) if match else (text, None)
    quoted = _quoted(name)
    if role:
        yield f'role={role}[name="{quoted}"]'
        return
    yield f'internal:label="{quoted}"s'
    yield from (f'role={one}[name="{quoted}"]' for one in _ROLES)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _listed(value: Any) -> list[Any]:
    return value[:20] if isinstance(value, list) else []


def _key(step: Json) -> str:
    key = text_of(step.get("key"))
    if not 0 < len(key) <= 20:
        raise BadRecording("it names no key")
    return {" ": "Space", "\r": "Enter", "\n": "Enter"}.get(
        key, re.sub(r"^(Shift|Control|Alt|Meta)(Left|Right)$", r"\1", key)
    )

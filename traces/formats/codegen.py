"""What `playwright codegen --target jsonl` writes, read as gestures of a script (docs/formats/codegen.md). Read only.

One action per line after a line of options. Selectors are Playwright's own. What is read is hostile: unknown actions
are listed by their line, never guessed.
"""

from __future__ import annotations

import json
import re
from typing import Any

from traces.formats.foreign import MAX_STEPS, BadRecording, Foreign, Gesture, checked_url, number, parsed, text_of

Json = dict[str, Any]
MODIFIERS = {1: "Alt", 2: "Control", 4: "Meta", 8: "Shift"}
_FRAME = re.compile(r"\s*>>\s*internal:control=enter-frame\s*>>\s*")
_ATTRIBUTES = {"placeholder": "placeholder", "alt": "alt", "title": "title"}


def recognise(name: str, text: str) -> bool:
    """Whether a file's text is of the format."""
    return name.endswith(".jsonl") or ('"browserName"' in text.split("\n", 1)[0] and '"name"' in text)


def read(text: str) -> Foreign:
    """The recording as gestures. Raises BadRecording for what is no recording at all."""
    lines = [(index, line) for index, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(lines) > MAX_STEPS:
        raise BadRecording(f"It has more than {MAX_STEPS} lines.")
    reader = _Reader()
    for index, line in lines:
        reader.take(index, line)
    if not reader.actions:
        raise BadRecording("None of its lines is an action of codegen.")
    return Foreign("codegen", "", reader.url, None, reader.gestures, reader.left_out)


class _Reader:
    def __init__(self) -> None:
        self.url: str | None = None
        self.gestures: list[Gesture] = []
        self.left_out: list[str] = []
        self.actions = 0
        self._pages: list[str] = []
        self._now = ""

    def take(self, index: int, line: str) -> None:
        """One line; what cannot be replayed is listed by its number."""
        try:
            action = parsed(line)
            name = text_of(action.get("name")) if isinstance(action, dict) else ""
            if not name and index == 1:
                return
            self.actions += bool(name)
            self._take(action, name)
        except BadRecording as error:
            self.left_out.append(f"line {index}: {error}")
            return
        for one in _signals(action):
            if one == "dialog":
                self.gestures.append({"gesture": "dialog", "answer": False})
                self.left_out.append(f"line {index}: how its dialog was answered is not in the file; it was dismissed")

    def _take(self, action: Json, name: str) -> None:
        handler = _READ.get(name)
        if handler is None:
            raise BadRecording(f"there is no replay of {name[:40] or 'a line without an action'!r}")
        made = handler(self, action)
        if made is not None:
            self._turn_to(action)
            self.gestures.append(made)

    def _page(self, action: Json) -> str:
        return text_of(action.get("pageAlias")) or text_of(action.get("pageGuid")) or "page"

    def _turn_to(self, action: Json) -> None:
        """Go to the action's tab; one that was not met before has just been opened and is in front."""
        page = self._page(action)
        if page not in self._pages:
            self._pages.append(page)
        elif page != self._now and action["name"] != "closePage":
            self.gestures.append({"gesture": "tab", "text": self._pages.index(page)})
        self._now = page

    def _open(self, action: Json) -> Gesture | None:
        url = text_of(action.get("url"))
        blank = url in ("", "about:blank") or url.startswith("chrome://newtab")
        if self._pages or self.gestures:
            self._pages.append(self._page(action))
            self._now = self._pages[-1]
            self.gestures.append({"gesture": "new_tab", **({} if blank else {"text": checked_url(url)})})
            return None
        self._pages.append(self._page(action))
        self._now = self._pages[-1]
        self.url = None if blank else checked_url(url)
        return None

    def _navigate(self, action: Json) -> Gesture | None:
        url = checked_url(action.get("url"))
        if self.url is None and not self.gestures:
            self.url = url
            return None
        return {"gesture": "goto", "text": url}

    def _close(self, action: Json) -> Gesture | None:
        page = self._page(action)
        if page not in self._pages or len(self._pages) < 2:
            return None
        index = self._pages.index(page)
        self._pages.remove(page)
        self.gestures.append({"gesture": "close_tab", "text": index})
        self._now = self._pages[-1]
        return None

    def _click(self, action: Json) -> Gesture:
        button = text_of(action.get("button")) or "left"
        if button not in ("left", "middle", "right"):
            raise BadRecording(f"there is no button {button[:40]!r}")
        name = "rightclick" if button == "right" else "dblclick" if action.get("clickCount") == 2 else "click"
        more: Json = {"button": "middle"} if button == "middle" else {}
        held = _modifiers(action)
        return {"gesture": name, "at": _place(action), **more, **({"modifiers": held} if held else {})}

    def _hover(self, action: Json) -> Gesture:
        return {"gesture": "hover", "at": _place(action)}

    def _check(self, action: Json) -> Gesture:
        return {"gesture": "check", "at": _place(action), "checked": action["name"] == "check"}

    def _fill(self, action: Json) -> Gesture:
        if not isinstance(action.get("text"), str):
            raise BadRecording("its text is no text")
        return {"gesture": "fill", "at": _place(action), "text": action["text"]}

    def _press(self, action: Json) -> Gesture:
        key = text_of(action.get("key"))
        if not 0 < len(key) <= 20:
            raise BadRecording("it names no key")
        return {"gesture": "press", "keys": "+".join([*_modifiers(action), "Space" if key == " " else key])}

    def _select(self, action: Json) -> Gesture:
        options = _texts(action.get("options"), "options")
        return {"gesture": "select", "at": _place(action), "text": options}

    def _files(self, action: Json) -> Gesture:
        files = _texts(action.get("files"), "files")
        if len(files) != 1:
            raise BadRecording("only one file can be given at a time")
        return {"gesture": "upload", "at": _place(action), "text": files[0]}


_READ = {
    "openPage": _Reader._open,
    "navigate": _Reader._navigate,
    "closePage": _Reader._close,
    "click": _Reader._click,
    "hover": _Reader._hover,
    "check": _Reader._check,
    "uncheck": _Reader._check,
    "fill": _Reader._fill,
    "press": _Reader._press,
    "select": _Reader._select,
    "setInputFiles": _Reader._files,
}


def _signals(action: Any) -> list[str]:
    signals = action.get("signals") if isinstance(action, dict) else None
    if not isinstance(signals, list):
        return []
    return [text_of(one.get("name")) for one in signals[:20] if isinstance(one, dict)]


def _modifiers(action: Json) -> list[str]:
    mask = int(number(action.get("modifiers") or 0))
    return [name for bit, name in MODIFIERS.items() if mask & bit]


def _texts(value: Any, what: str) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value[:100]):
        raise BadRecording(f"its {what} are no texts")
    return list(value[:100])


def _place(action: Json) -> str:
    """The element in Playwright's words, frames joined by ` >>> `."""
    selector = text_of(action.get("selector")) or selector_of(action.get("locator"))
    if not 0 < len(selector) <= 4000:
        raise BadRecording("it names no element")
    path = action.get("framePath") or []
    frames = [one for one in path[:10] if isinstance(one, str)] if isinstance(path, list) else []
    return " >>> ".join([*frames, *_FRAME.split(selector)])


def selector_of(locator: Any, depth: int = 0) -> str:
    """The selector that a locator in the file's own form stands for; '' for one that is not known here."""
    if not isinstance(locator, dict) or depth > 30:
        return ""
    made = _one(text_of(locator.get("kind")), locator.get("body"), locator.get("options") or {})
    following = locator.get("next")
    if not made or following is None:
        return made
    rest = selector_of(following, depth + 1)
    return f"{made} >> {rest}" if rest else ""


def _one(kind: str, body: Any, options: Any) -> str:
    said = json.dumps(body if isinstance(body, str) else str(body), ensure_ascii=False)
    how = "s" if isinstance(options, dict) and options.get("exact") else "i"
    if kind == "role":
        name = options.get("name") if isinstance(options, dict) else None
        named = f"[name={json.dumps(name, ensure_ascii=False)}{how}]" if isinstance(name, str) else ""
        return f"internal:role={body}{named}"
    if kind in ("text", "label"):
        return f"internal:{kind}={said}{how}"
    if kind in _ATTRIBUTES:
        return f"internal:attr=[{_ATTRIBUTES[kind]}={said}{how}]"
    plain = {
        "test-id": f"internal:testid=[data-testid={said}s]",
        "default": str(body),
        "frame-locator": f"{body} >> internal:control=enter-frame",
        "frame": "internal:control=enter-frame",
        "nth": f"nth={body}",
        "first": "nth=0",
        "last": "nth=-1",
    }
    return plain.get(kind, "")

"""Recordings of Chrome DevTools' Recorder, both ways: the JSON it exports and imports (docs/formats/devtools.md).

Reading gives gestures of a script (docs/formats/script.md) as plain values; playing them is the browser's matter. What
is read is hostile: unknown steps are listed, never guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any

from traces.errors import ObservationError
from traces.formats.foreign import MAX_STEPS, BadRecording, Foreign, Gesture, checked_url, number, parsed, text_of
from traces.formats.recorded import SECRET, Recorded, Turn
from traces.model import Selector, Target
from traces.observation_text import Node, parse_observation

Json = dict[str, Any]
MODIFIERS = ("Alt", "Control", "Meta", "Shift")
_ROLE = re.compile(r'^role=([a-z]+)\[name="([^"\\\n]*)"\]$')
_NAMED = re.compile(r'^(?:internal:label|text)="([^"\\\n]*)"s?$')
_ARIA = re.compile(r'^(.*?)(?:\[role="([a-z]+)"\])?$', re.S)
_BUTTONS = {"primary": "left", "auxiliary": "middle", "secondary": "right"}
_ROLES = ("button", "link", "textbox", "checkbox", "radio", "combobox", "menuitem", "tab", "option", "heading")


# -- writing ----------------------------------------------------------------------------------------------------------


def write(recorded: Recorded) -> tuple[str, tuple[str, ...]]:
    """(the JSON text, what could not be expressed)."""
    writer = _Writer(recorded)
    body = {"title": recorded.episode.objective[:200] or recorded.episode.id, "steps": list(writer.steps())}
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n", tuple(writer.left_out)


class _Writer:
    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded
        self._tabs = ["main"]
        self._now = "main"
        self._scrolled: dict[str, tuple[float, float]] = {}
        self._gone_to: Turn | None = None
        self.left_out: list[str] = []

    def steps(self) -> Iterator[Json]:
        episode = self._recorded.episode
        width, height = episode.viewport
        size = {"width": int(width), "height": int(height), "deviceScaleFactor": 1}
        yield {"type": "setViewport", **size, "isMobile": False, "hasTouch": False, "isLandscape": False}
        yield {"type": "navigate", "url": episode.start_url, **self._loaded(episode.start_url, None)}
        for action in self._recorded.first:
            self.left_out.append(f"the first page's dialog ({action}): the format has no dialogs")
        for turn in self._recorded.turns:
            yield from self._turn(turn)
        self._focused()

    def _turn(self, turn: Turn) -> Iterator[Json]:
        made = list(self._made(turn))
        if made and "url" in turn.step.changed:
            after = self._recorded.after(turn)
            made[-1].update(self._loaded(after.url, after.title) if after else {})
            self._scrolled = {}
        yield from made
        for action in turn.dialogs:
            self.left_out.append(f"{turn.said}: its dialog ({action}) is not written; the format has no dialogs")
        self._follow(turn)

    def _follow(self, turn: Turn) -> None:
        """Which tab is in front afterwards, by the name the format knows it by: main, or its address."""
        if (turn.closed or turn.action.name == "close_tab") and len(self._tabs) > 1:
            self._tabs.remove(self._now) if self._now in self._tabs else self._tabs.pop()
            self._now = self._tabs[-1]
        elif turn.opened:
            after = self._recorded.after(turn)
            self._now = after.url if after else "main"
            self._tabs.append(self._now)
        elif self._now != "main" and "url" in turn.step.changed:
            after = self._recorded.after(turn)
            self._tabs = [after.url if after and tab == self._now else tab for tab in self._tabs]
            self._now = after.url if after else self._now

    def _made(self, turn: Turn) -> Iterator[Json]:
        name, args = turn.action.name, turn.action.args
        if name in ("click", "dblclick", "rightclick", "hover", "type", "select"):
            yield from self._on_element(turn)
        elif name == "press":
            yield from self._keys(args[0])
        elif name == "scroll":
            yield from self._turned(turn)
        elif name == "goto":
            yield self._step("navigate", url=args[0])
        elif name in ("go_back", "go_forward", "reload"):
            yield from self._moved(turn)
        elif name == "close_tab":
            yield self._step("close")
        elif name == "tab_focus" and args[0].isdigit() and int(args[0]) < len(self._tabs):
            self._focused()
            self._now, self._gone_to = self._tabs[int(args[0])], turn
        else:
            self.left_out.append(f"{turn.said}: the format has no such step")

    def _moved(self, turn: Turn) -> Iterator[Json]:
        after = self._recorded.after(turn) or self._recorded.before(turn)
        if after is None:
            self.left_out.append(f"{turn.said}: where it led is not known")
            return
        self.left_out.append(f"{turn.said}: written as opening {after.url}")
        yield self._step("navigate", url=after.url)

    def _turned(self, turn: Turn) -> Iterator[Json]:
        """Where the page, or the box inside it that the step names, was scrolled to."""
        where = self._where(turn) if len(turn.action.args) > 1 else {}
        if where is None:
            return
        x, y = self._scrolled.get(str(where), (0.0, 0.0))
        dx, dy = self._wheel(turn)
        self._scrolled[str(where)] = x, y = max(0.0, x + dx), max(0.0, y + dy)
        yield self._step("scroll", **where, x=round(x), y=round(y))

    def _wheel(self, turn: Turn) -> tuple[float, float]:
        if any(turn.wheel):
            return turn.wheel
        page = float(self._recorded.episode.viewport[1])
        return {"up": (0.0, -page), "left": (-page, 0.0), "right": (page, 0.0)}.get(turn.action.args[0], (0.0, page))

    def _on_element(self, turn: Turn) -> Iterator[Json]:
        where = self._where(turn)
        if where is None:
            return
        match turn.action.name, turn.action.args:
            case "type", (_, text, *rest):
                if SECRET.search(text):
                    self.left_out.append(f"{turn.said}: its value was never recorded; the step holds {text}")
                yield self._step("change", **where, value=text)
                yield from self._keys("Enter") if rest == ["1"] else ()
            case "select", (_, option):
                yield from self._selected(turn, where, option)
            case "hover", _:
                yield self._step("hover", **where)
            case name, (_, *held):
                yield from self._pressed(turn, where, name, held[0].split("+") if held else [])

    def _pressed(self, turn: Turn, where: Json, name: str, held: list[str]) -> Iterator[Json]:
        keys = [key for key in held if key in MODIFIERS]
        button = "secondary" if name == "rightclick" else "auxiliary" if "middle" in held else None
        for key in keys:
            yield self._step("keyDown", key=key)
        said = {"button": button} if button else {}
        kind = "doubleClick" if name == "dblclick" else "click"
        yield self._step(kind, **where, **said, **_offset(turn.step.target))
        for key in reversed(keys):
            yield self._step("keyUp", key=key)

    def _selected(self, turn: Turn, where: Json, option: str) -> Iterator[Json]:
        key = turn.step.observation_before or ""
        value = None if "\n" in option else option_value(self._recorded.html(key) if key else None, option)
        if value is None:
            self.left_out.append(f"{turn.said}: the format chooses by an option's value, which is not known")
            return
        yield self._step("change", **where, value=value)

    def _keys(self, keys: str) -> Iterator[Json]:
        *held, key = keys.split("+") if keys.strip("+") else [keys]
        for one in held:
            yield self._step("keyDown", key=one)
        yield self._step("keyDown", key=key)
        yield self._step("keyUp", key=key)
        for one in reversed(held):
            yield self._step("keyUp", key=one)

    def _where(self, turn: Turn) -> Json | None:
        target = turn.target
        if target is None:
            self.left_out.append(f"{turn.said}: no selector of its element is known")
            return None
        if any(not host.open for host in target.shadow):
            self.left_out.append(f"{turn.said}: its element is in a closed shadow root, which no selector enters")
            return None
        out: Json = {"selectors": [[one] for one in _alternatives(target.selectors)]}
        if not target.frames:
            return out
        path = self._frame(turn, target)
        if path is None:
            self.left_out.append(f"{turn.said}: which frame it is in is not known by number")
            return None
        return {**out, "frame": path}

    def _frame(self, turn: Turn, target: Target) -> list[int] | None:
        """The numbers of the frames around the element, among their siblings as the page shows them."""
        before = self._recorded.before(turn)
        try:
            nodes = parse_observation(before.text) if before else ()
        except ObservationError:
            return None
        return frame_path(nodes, target.id)

    def _focused(self) -> None:
        """Going to a tab is said by the next step in it; where none came, it is not said at all."""
        if self._gone_to is not None:
            self.left_out.append(f"{self._gone_to.said}: nothing was done in that tab afterwards")
        self._gone_to = None

    def _step(self, kind: str, **fields: Any) -> Json:
        self._gone_to = None
        return {"type": kind, "target": self._now, **fields}

    @staticmethod
    def _loaded(url: str, title: str | None) -> Json:
        return {"assertedEvents": [{"type": "navigation", "url": url, "title": title or ""}]}


def frame_path(nodes: Sequence[Node], element: str | None) -> list[int] | None:
    """Index path of the frames an element of an observation lies in; None where it is not there."""
    found = next((node for node in nodes if node.id == element), None)
    path: list[int] = []
    while found is not None and found.parent is not None:
        found = nodes[found.parent]
        if found.role == "iframe":
            prefix = found.id.rpartition("-")[0]
            beside = [n.id for n in nodes if n.role == "iframe" and n.id.rpartition("-")[0] == prefix]
            path.insert(0, beside.index(found.id))
    return path or None


def option_value(html: str | None, text: str) -> str | None:
    """The value of the page's options of that text; None unless it is one and the same."""
    options = _Options()
    options.feed(html or "")
    options.close()
    values = {value for value, said in options.found if " ".join(said.split()) == " ".join(text.split())}
    return values.pop() if len(values) == 1 else None


class _Options(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open: tuple[str | None, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "option":
            self._end()
            self._open = (dict(attrs).get("value"), [])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("option", "select", "optgroup"):
            self._end()

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[1].append(data)

    def _end(self) -> None:
        if self._open:
            said = "".join(self._open[1]).strip()
            self.found.append((self._open[0] if self._open[0] is not None else said, said))
        self._open = None


def _alternatives(selectors: Sequence[Selector]) -> Iterator[str]:
    """The target's selectors in the format's own words; within shadow roots a path of the page's own does not lead."""
    shadow = not any(one.kind == "xpath" for one in selectors)
    for one in (each for each in selectors if " >> " not in each.value):
        if match := _ROLE.match(one.value):
            yield f'aria/{match[2]}[role="{match[1]}"]'
        elif match := _NAMED.match(one.value):
            yield f"{'aria' if one.kind == 'label' else 'text'}/{match[1]}"
        elif one.kind == "xpath":
            yield f"xpath/{one.value.removeprefix('xpath=')}"
        else:
            css = one.value.removeprefix("css=")
            yield from () if shadow else (css,)
            yield f"pierce/{css}"


def _offset(target: Target | None) -> Json:
    box, point = (target.box, target.point) if target else (None, None)
    if box is None:
        return {"offsetX": 1, "offsetY": 1}
    x, y = point or box.centre
    inside = box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height
    x, y = (x, y) if inside else box.centre
    return {"offsetX": round(x - box.x, 1), "offsetY": round(y - box.y, 1)}


# -- reading ----------------------------------------------------------------------------------------------------------


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

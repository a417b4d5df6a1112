"""Writing recordings of Chrome DevTools' Recorder: the JSON it imports (docs/formats/devtools.md).

What the format has no words for is listed with the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any

from traces.errors import ObservationError
from traces.formats.devtools import MODIFIERS, Json
from traces.formats.recorded import SECRET, Recorded, Turn
from traces.model import Selector, Target
from traces.observation_text import Node, parse_observation

_ROLE = re.compile(r'^role=([a-z]+)\[name="([^"\\\n]*)"\]$')
_NAMED = re.compile(r'^(?:internal:label|text)="([^"\\\n]*)"s?$')


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

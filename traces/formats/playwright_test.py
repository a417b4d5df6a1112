"""A demonstration as a Playwright test in Python (docs/formats/playwright_test.md): one function over the sync API.

Write only. Every text of the recording goes through `repr`, so nothing recorded can become code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from traces.actions import Action
from traces.formats.recorded import SECRET, Recorded, Turn, secret_variable
from traces.model import Selector, Target

_ROLE = re.compile(r'^role=([a-z]+)\[name="([^"\\\n]*)"\]$')
_QUOTED = re.compile(r'^(internal:label|text)="([^"\\\n]*)"s?$')
_ORDER = ("role", "label", "testid", "text", "near", "shadow", "css", "xpath")
_DIALOGS = '''
def answer_dialogs(page: Page, *answers: bool | str) -> None:
    """Answer the page's next dialogs in this order: True, False, or the text for a prompt."""
    left = list(answers)

    def answer(dialog: Dialog) -> None:
        said = left.pop(0)
        if not left:
            page.remove_listener("dialog", answer)
        if said is False:
            dialog.dismiss()
        elif said is True:
            dialog.accept()
        else:
            dialog.accept(said)

    page.on("dialog", answer)

'''


def write(recorded: Recorded) -> tuple[str, tuple[str, ...]]:
    """(the Python file, what could not be expressed)."""
    return _Writer(recorded).written()


class _Writer:
    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded
        self._lines: list[str] = []
        self._left_out: list[str] = []
        self._pages = ["page"]
        self._page = "page"
        self._count = 1

    def written(self) -> tuple[str, tuple[str, ...]]:
        episode = self._recorded.episode
        width, height = episode.viewport
        self._add(f'page.set_viewport_size({{"width": {int(width)}, "height": {int(height)}}})')
        self._dialogs(self._recorded.first)
        self._add(f"page.goto({episode.start_url!r})")
        for turn in self._recorded.turns:
            self._turn(turn)
        return self._file(), tuple(self._left_out)

    def _file(self) -> str:
        body = "\n".join(f"    {line}" for line in self._lines)
        uses = [name for name in ("os", "Path") if re.search(rf"\b{name}[.(]", body)]
        imports = "".join({"os": "import os\n", "Path": "from pathlib import Path\n"}[name] for name in uses)
        asks = "answer_dialogs(" in body
        names = "Dialog, Page" if asks else "Page"
        episode = self._recorded.episode
        about = f"{episode.objective}\n\nWritten by Stepscope from demonstration {episode.id}."
        head = f"def test_{_slug(episode.task or episode.objective)}(page: Page) -> None:"
        return (
            f"{about!r}\n\n{imports}{chr(10) if imports else ''}from playwright.sync_api import {names}\n\n"
            f"{_DIALOGS if asks else ''}\n{head}\n{body}\n"
        )

    def _turn(self, turn: Turn) -> None:
        made = self._code(turn)
        if made is None:
            return
        self._dialogs(turn.dialogs)
        if turn.opened and turn.action.name not in ("new_tab", "close_tab"):
            self._opening(made)
        else:
            for line in made:
                self._add(line)
        if turn.closed and turn.action.name != "close_tab":
            self._closed(self._page)

    def _opening(self, made: Sequence[str]) -> None:
        """The step opens a tab, which is in front from then on."""
        self._add(f"with {self._page}.context.expect_page() as opened:")
        for line in made:
            self._add(f"    {line}")
        self._named()
        self._add(f"{self._page} = opened.value")

    def _named(self) -> None:
        self._count += 1
        self._page = f"page{self._count}"
        self._pages.append(self._page)

    def _closed(self, page: str) -> None:
        if page in self._pages and len(self._pages) > 1:
            self._pages.remove(page)
        self._page = self._pages[-1]

    def _dialogs(self, answers: Sequence[Action]) -> None:
        if answers:
            said = [repr(a.args[1]) if len(a.args) > 1 else str(a.args[0] == "accept") for a in answers]
            self._add(f"answer_dialogs({self._page}, {', '.join(said)})")

    def _code(self, turn: Turn) -> list[str] | None:
        """The lines of a step; None where there are none, and then it is said."""
        name, args = turn.action.name, turn.action.args
        if name in _ON_ELEMENT:
            locator = self._locator(turn, turn.target)
            return None if locator is None else _ON_ELEMENT[name](self, turn, locator)
        match name:
            case "goto":
                return [f"{self._page}.goto({args[0]!r})"]
            case "go_back" | "go_forward" | "reload":
                return [f"{self._page}.{name}()"]
            case "press":
                return [f"{self._page}.keyboard.press({args[0]!r})"]
            case "scroll":
                return self._scroll(turn)
            case "note":
                return [f"# note: {args[0]!r}"]
            case "new_tab" | "tab_focus" | "close_tab":
                return self._tab(turn)
            case _:
                return self._skip(turn, "a test has no such step")

    def _tab(self, turn: Turn) -> list[str] | None:
        name, args = turn.action.name, turn.action.args
        if name == "new_tab":
            context = f"{self._page}.context"
            self._named()
            lines = [f"{self._page} = {context}.new_page()"]
            return [*lines, f"{self._page}.goto({args[0]!r})"] if args and args[0] else lines
        index = int(args[0]) if args and args[0].isdigit() else len(self._pages) if args else None
        if index is not None and index >= len(self._pages):
            return self._skip(turn, "it is not known which tab that is")
        page = self._page if index is None else self._pages[index]
        if name == "tab_focus":
            self._page = page
            return [f"{page}.bring_to_front()"]
        self._closed(page)
        return [f"{page}.close()"]

    def _scroll(self, turn: Turn) -> list[str]:
        dx, dy = turn.wheel
        if not (dx or dy):
            height = self._recorded.episode.viewport[1]
            dx, dy = {"up": (0, -height), "left": (-height, 0), "right": (height, 0)}.get(
                turn.action.args[0], (0, height)
            )
        width, height = self._recorded.episode.viewport
        x, y = turn.wheel_at or (width / 2, height / 2)
        return [f"{self._page}.mouse.move({x:g}, {y:g})", f"{self._page}.mouse.wheel({dx:g}, {dy:g})"]

    def _click(self, turn: Turn, locator: str) -> list[str]:
        held = turn.action.args[1].split("+") if len(turn.action.args) > 1 else []
        options = ['button="middle"'] if "middle" in held else []
        keys = [key for key in held if key != "middle"]
        options += [f"modifiers={keys!r}"] if keys else []
        return [f"{locator}.click({', '.join(options)})"]

    def _type(self, turn: Turn, locator: str) -> list[str]:
        text = turn.action.args[1]
        value = repr(text)
        if match := SECRET.fullmatch(text):
            value = f"os.environ[{secret_variable(match[1])!r}]"
            self._left_out.append(f"{turn.said}: its value was never recorded; the test reads it from {value}")
        lines = [f"{locator}.fill({value})"]
        return [*lines, f'{locator}.press("Enter")'] if turn.action.args[2:] == ("1",) else lines

    def _select(self, turn: Turn, locator: str) -> list[str]:
        options = turn.action.args[1].split("\n")
        return [
            f"{locator}.focus()",
            f"{locator}.select_option(label={(options[0] if len(options) == 1 else options)!r})",
        ]

    def _upload(self, turn: Turn, locator: str) -> list[str]:
        names = [re.split(r"[/\\]", path)[-1] for path in turn.action.args[1].split("\n")]
        self._left_out.append(f"{turn.said}: files are not kept in a recording; put {', '.join(names)} beside the test")
        files = ", ".join(f"Path(__file__).with_name({name!r})" for name in names)
        opening = f"with {self._page}.expect_file_chooser() as chooser:"
        return [opening, f"    {locator}.click()", f"chooser.value.set_files([{files}])"]

    def _drag(self, turn: Turn, locator: str) -> list[str] | None:
        onto = self._locator(turn, turn.drop)
        return None if onto is None else [f"{locator}.drag_to({onto})"]

    def _locator(self, turn: Turn, target: Target | None) -> str | None:
        if target is None or not target.selectors:
            self._skip(turn, "no selector of its element is known")
            return None
        if any(not host.open for host in target.shadow):
            self._skip(turn, "its element is in a closed shadow root, which no selector of Playwright's enters")
            return None
        chosen = _chosen(target.selectors)
        base = self._page
        for frame in target.frames:
            base = f"{base}.frame_locator({frame!r})"
        found = f"{base}.{_call(chosen)}"
        if chosen.unique:
            return found
        self._left_out.append(f"{turn.said}: no selector of its element was unique; the first match is taken")
        return f"{found}.first"

    def _skip(self, turn: Turn, why: str) -> list[str] | None:
        self._left_out.append(f"{turn.said}: {why}")
        return None

    def _add(self, line: str) -> None:
        self._lines.append(line)


_ON_ELEMENT: dict[str, Callable[[_Writer, Turn, str], list[str] | None]] = {
    "click": _Writer._click,
    "dblclick": lambda writer, turn, locator: [f"{locator}.dblclick()"],
    "rightclick": lambda writer, turn, locator: [f'{locator}.click(button="right")'],
    "hover": lambda writer, turn, locator: [f"{locator}.hover()"],
    "type": _Writer._type,
    "select": _Writer._select,
    "upload": _Writer._upload,
    "drag": _Writer._drag,
}


def _chosen(selectors: Sequence[Selector]) -> Selector:
    """The first unique one, by role and name if it can be; else the first of all."""
    ordered = sorted(selectors, key=lambda one: _ORDER.index(one.kind))
    return next((one for one in ordered if one.unique), ordered[0])


def _call(selector: Selector) -> str:
    if match := _ROLE.match(selector.value):
        return f"get_by_role({match[1]!r}, name={match[2]!r}, exact=True)"
    if match := _QUOTED.match(selector.value):
        return f"get_by_{match[1].removeprefix('internal:')}({match[2]!r}, exact=True)"
    return f"locator({selector.value!r})"


def _slug(text: str) -> str:
    words = re.findall(r"[a-z0-9]+", text.lower())[:8]
    return "_".join(words)[:60] or "demonstration"

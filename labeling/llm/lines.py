"""A demonstration as a model reads it: one line a step, and of each page what the step was about and what it changed.

The target always stands in a step's observation, whatever the cap; tokens are estimates. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from labeling.llm.model import LabelSettings
from labeling.rules.page import FORMS, GROUPS, Page, appeared
from labeling.rules.scene import Moment, Scene
from llm_client.tokens import CHARACTERS_PER_TOKEN, estimate_tokens
from traces.observation_text import Node

HEADINGS = frozenset({"heading", "legend", "label", "columnheader", "caption"})
_BOXES = FORMS | GROUPS
_LINE = 160


@dataclass(frozen=True)
class Told:
    """A demonstration as text, by position: its step lines, pruned observations, and whole pages where one is new."""

    objective: str
    lines: tuple[str, ...]
    seen: tuple[str, ...]
    pages: tuple[str, ...]
    strong: frozenset[int]

    @cached_property
    def tokens(self) -> tuple[int, ...]:
        """What each step costs in a prompt: its line, its observation, and its page where it begins one."""
        return tuple(
            estimate_tokens(line) + estimate_tokens(seen) + (estimate_tokens(page) if n in self.strong or n == 0 else 0)
            for n, (line, seen, page) in enumerate(zip(self.lines, self.seen, self.pages, strict=True))
        )


def told(scene: Scene, settings: LabelSettings) -> Told:
    """The demonstration as text. Positions are shown from 1 on, as `s1`."""
    moments = scene.moments
    return Told(
        objective=scene.objective,
        lines=tuple(step_line(n, moment) for n, moment in enumerate(moments)),
        seen=tuple(step_view(moment, settings.step_tokens) for moment in moments),
        pages=tuple(page_view(moment, settings.page_tokens) for moment in moments),
        strong=frozenset(strong_boundaries(moments)),
    )


def step_line(position: int, moment: Moment) -> str:
    """One step in one line: what was done to what, where it is, whether the address changed, and the effect.

    E.g. `s17 | CLICK | option 'Oslo, Norway' in listbox 'City' | effect: City = 'Oslo'`.
    """
    verb, *values = moment.action.name, *_values(moment)
    parts = [f"s{position + 1}", " ".join([verb.upper(), *map(_quoted, values)])]
    if moment.target is not None:
        parts.append(_target(moment))
    if moment.moved:
        parts.append(f"address → {_short(moment.after.url, 100)}")
    if effects := list(_effects(moment))[:3]:
        parts.append("effect: " + "; ".join(effects))
    if moment.step.error:
        parts.append(f"error: {_short(moment.step.error, 60)}")
    return " | ".join(parts)


def step_view(moment: Moment, cap: int) -> str:
    """The page around a step's target and what the step changed, up to `cap` tokens; the target's line is always in."""
    target, page = moment.target, moment.before
    head = [] if target is None else [f"> {node_line(target)}"]
    around = _around(page, target) if target is not None and target.id in page.by_id else ()
    new = [f"+ {node_line(node)}" for node in _changed(moment)]
    return "\n".join(_capped(head, [*_mixed([node_line(node) for node in around], new)], cap))


def page_view(moment: Moment, cap: int) -> str:
    """The whole page before a step, up to `cap` tokens, the target's line always in."""
    page, target = moment.before, moment.target
    head = [f"page {_short(page.url, 160)} ‘{_short(page.title, 80)}’"]
    if target is not None:
        head.append(f"> {node_line(target)}")
    return "\n".join(_capped(head, [node_line(node) for node in page.nodes], cap))


def node_line(node: Node) -> str:
    """An element without its id: ids differ from page to page and are no evidence."""
    shown = [node.role, *([_quoted(node.name)] if node.name else [])]
    shown += [f"{key}={_quoted(value)}" for key, value in node.attrs.items() if value]
    return _short(" ".join([*shown, *sorted(node.flags)]), _LINE)


def strong_boundaries(moments: Sequence[Moment]) -> Iterator[int]:
    """Positions before which something ended: the address changed, or a form or dialog opened or went."""
    for position, moment in enumerate(moments[:-1], 1):
        if moment.moved or _boxes(moment.before) != _boxes(moment.after):
            yield position


def _boxes(page: Page) -> frozenset[str]:
    return frozenset(node.id for node in page.nodes if node.role in FORMS)


def _values(moment: Moment) -> tuple[str, ...]:
    """An action's arguments without the element's id."""
    args = moment.action.args
    if moment.action.element is not None or (moment.action.name == "press" and moment.target is not None):
        rest = args[1:] if moment.action.element is not None else args[:1]
        return tuple(value for value in rest if value not in ("", "0", "1") or moment.action.name != "type")
    return args


def _target(moment: Moment) -> str:
    node, page = moment.target, moment.before
    assert node is not None
    label = moment.label
    said = f"{node.role} {_quoted(node.name)}" if node.name else f"{node.role} by {_quoted(label)}"
    box = page.nearest(node, _BOXES) if node.id in page.by_id else None
    return (
        said if box is None else f"{said} in {box.role} {_quoted(page.group_label(node) if not box.name else box.name)}"
    )


def _effects(moment: Moment) -> Iterator[str]:
    """Fields whose value changed, and how many elements came and went."""
    before, after = moment.before, moment.after
    for node in after.nodes:
        known = before.by_id.get(node.id)
        if known is not None and known.value != node.value:
            yield f"{_short(after.label(node), 40)} = {_quoted(node.value)}"
        elif known is not None and known.flags != node.flags and node.flags - known.flags:
            yield f"{_short(after.label(node), 40)} {' '.join(sorted(node.flags - known.flags))}"
    if not moment.moved:
        came, went = len(appeared(before, after)), len(appeared(after, before))
        if came or went:
            yield f"{came} elements came, {went} went"


def _changed(moment: Moment) -> Iterator[Node]:
    """Elements as they are afterwards where they are new or look different."""
    if moment.moved:
        return
    for node in moment.after.nodes:
        known = moment.before.by_id.get(node.id)
        if known is None or (known.name, known.attrs, known.flags) != (node.name, node.attrs, node.flags):
            yield node


def _around(page: Page, target: Node) -> Iterator[Node]:
    """The target's container: its own line, headings, then its elements nearest to the target first."""
    box = page.nearest(target, _BOXES)
    inside = page.inside(box) if box is not None else page.nodes
    if box is not None:
        yield box
    yield from (node for node in inside if node.role in HEADINGS and node.name)
    others = [node for node in inside if node.role not in HEADINGS and node.id != target.id]
    yield from sorted(others, key=lambda node: abs(node.index - target.index))


def _mixed(one: Sequence[str], other: Sequence[str]) -> Iterator[str]:
    """Both in turn, so that a cap leaves some of each."""
    for number in range(max(len(one), len(other))):
        yield from one[number : number + 1]
        yield from other[number : number + 1]


def _capped(head: Sequence[str], lines: Iterable[str], cap: int) -> list[str]:
    out, left = list(head), cap * CHARACTERS_PER_TOKEN - sum(len(line) + 1 for line in head)
    for line in lines:
        left -= len(line) + 1
        if left < 0:
            break
        out.append(line)
    return out


def _quoted(text: str) -> str:
    return "'" + _short(text, 80).replace("'", "’") + "'"


def _short(text: str, longest: int) -> str:
    plain = " ".join(text[: longest * 4].split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"

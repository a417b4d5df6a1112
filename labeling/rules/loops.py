"""R10: the same two or more steps for each of several things, proposed as one new policy whose calls are the turns.

What varies between the turns is the thing each is for: the row it happens in, or the value that is given. It must be
another one each time, and be said by the objective, or the objective must ask for all there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from labeling.model import PROPOSED
from labeling.rules.naming import has_letters
from labeling.rules.page import appeared, tidy
from labeling.rules.scene import Moment, Proposal, Scene, is_scroll

RULE = "R10"
REPEATED = 0.7
"""Prior confidence: whether a person would give the turns a name of their own is a matter of taste."""

LONGEST, GAP = 5, 4
ROWS = frozenset({"row", "listitem", "article", "treeitem"})
LIKE_ROWS = frozenset({"group", "text"})
SETTING = frozenset({"fill_text", "select_option", "choose_date", "search"})
_SENDS = re.compile(r"\b(save|ok|done|submit|apply|confirm|update|send)\b", re.IGNORECASE)
_ALL = re.compile(r"\b(all|every|everything|everyone|everybody|each|both)\b", re.IGNORECASE)
_TEXTS = frozenset({"cell", "gridcell", "rowheader", "columnheader", "text", "link", "heading"})


@dataclass(frozen=True)
class Unit:
    """A call or an own step; `send` also stands for an Enter that the call before it ended with."""

    first: int
    last: int
    kind: str
    name: str
    call: Proposal | None = None


@dataclass(frozen=True)
class Turn:
    """Units `begin`..`end` (the last excluded) done for one thing."""

    begin: int
    end: int
    thing: str


def with_loops(scene: Scene, flat: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """The calls with those of each turn under a proposed one."""
    units = tuple(_units(scene, flat))
    begin = 0
    out: list[Proposal] = []
    while begin < len(units):
        turns = _best(scene, units, begin)
        if turns:
            out += _proposals(scene, units, turns)
            begin = turns[-1].end
        else:
            call = units[begin].call
            out += [call] if call is not None else []
            begin += 1
    return tuple(out)


def _units(scene: Scene, flat: Sequence[Proposal]) -> Iterator[Unit]:
    calls = {call.first: call for call in flat}
    index = 0
    while index < len(scene):
        moment, call = scene.moments[index], calls.get(index)
        if call is not None:
            place = call.args[0].value if call.args else ""
            yield Unit(call.first, call.last, call.policy, place, call)
            if _entered(scene.moments[call.last]) and call.policy in SETTING:
                yield Unit(call.last, call.last, "send", "")
        elif not is_scroll(moment):
            sends = moment.is_click and _SENDS.search(moment.name) is not None
            kind = f"{moment.action.name} {moment.role}"
            yield Unit(index, index, "send" if sends else kind, "" if sends else moment.name)
        index = call.last + 1 if call is not None else index + 1


def _entered(moment: Moment) -> bool:
    return moment.action.args[2:] == ("1",) or moment.keys.lower() == "enter"


def _best(scene: Scene, units: Sequence[Unit], begin: int) -> list[Turn]:
    """The turns that begin here and explain the most; none if no steps repeat."""
    found = [_turns(scene, units, begin, length) for length in range(2, LONGEST + 1)]
    return max(found, key=lambda turns: sum(turn.end - turn.begin for turn in turns), default=[])


def _turns(scene: Scene, units: Sequence[Unit], begin: int, length: int) -> list[Turn]:
    pattern = units[begin : begin + length]
    if len(pattern) < length or not _is_pattern(pattern):
        return []
    starts, at = [begin], begin + length
    while at + length <= len(units) and at - starts[-1] - length <= GAP:
        if all(_match(scene, one, other) for one, other in zip(pattern, units[at : at + length], strict=True)):
            starts.append(at)
            at += length
        elif units[at].kind in SETTING:
            break  # another field in between: what is sent each time is a form
        else:
            at += 1
    things = _things(scene, [units[start : start + length] for start in starts]) if len(starts) > 1 else []
    if len(set(things)) < 2:
        return []
    turns = [Turn(start, start + length, thing) for start, thing in zip(starts, things, strict=True)]
    return list(_widened(scene, units, _prepared(units, turns)))


def _is_pattern(pattern: Sequence[Unit]) -> bool:
    """Something that is done each time alike, with at most one field in it; several fields are a form."""
    settings = sum(unit.kind in SETTING for unit in pattern)
    alike = any(unit.kind == "send" or (unit.call is None and unit.name) for unit in pattern)
    other = any(unit.kind != "send" for unit in pattern)
    return settings < 2 and alike and other and pattern[0].kind != "send"


def _match(scene: Scene, one: Unit, other: Unit) -> bool:
    if one.kind != other.kind:
        return False
    if one.name == other.name:
        return True
    if one.call is None:
        return False
    if one.kind in SETTING and one.kind != "search":
        return all(_row(scene.moments[unit.first]) for unit in (one, other))
    roles = {scene.moments[unit.last].role for unit in (one, other)}
    return one.kind in ("navigate", "search") and len(roles) == 1 and not roles & {"tab", "menuitem", ""}


def _row(moment: Moment) -> str:
    """The first words of the row, item or article that the step happens in, or of one of several groups."""
    page, target = moment.before, moment.target
    if target is None or target.id not in page.by_id:
        return ""
    for box in page.ancestors(target):
        alike = box.role in ROWS or sum((one.role, one.depth) == (box.role, box.depth) for one in page.nodes) > 1
        if alike and box.role in ROWS | LIKE_ROWS:
            words = (tidy(one.name) for one in (box, *page.inside(box)) if one.role in _TEXTS and has_letters(one.name))
            return next(words, "")
    return ""


def _things(scene: Scene, turns: Sequence[Sequence[Unit]]) -> list[str]:
    """What each turn is for; empty if that is not told or not asked for."""
    rows = [_row(scene.moments[turn[0].first]) for turn in turns]
    values = [_value(turn) for turn in turns]
    for found in (rows, values):
        said = [scene.as_said(text) for text in found]
        if all(found) and len(set(found)) > 1 and (all(said) or _ALL.search(scene.objective)):
            return [one or text for one, text in zip(said, found, strict=True)]
    return []


def _value(turn: Sequence[Unit]) -> str:
    return next((unit.call.args[-1].value for unit in turn if unit.call is not None and unit.call.args), "")


def _prepared(units: Sequence[Unit], turns: list[Turn]) -> list[Turn]:
    """Turns with the one step that comes before each of them but the first, where it had no need of it."""
    before = [units[turn.begin - 1] for one, turn in zip(turns, turns[1:], strict=False) if turn.begin == one.end + 1]
    if len(turns) < 3 or len(before) < len(turns) - 1 or len({unit.kind for unit in before}) > 1:
        return turns
    return [turns[0], *(replace(turn, begin=turn.begin - 1) for turn in turns[1:])]


def _widened(scene: Scene, units: Sequence[Unit], turns: Sequence[Turn]) -> Iterator[Turn]:
    """Turns with tries for the same thing before and after them: a turn done twice is one, as is one begun twice."""
    waiting: Turn | None = None
    for turn in turns:
        if waiting is not None and waiting.thing == turn.thing and waiting.end == turn.begin:
            taken = units[turn.end : turn.end + 1]
            undone = any(_takes_back(scene, units[turn.begin : turn.end], unit) for unit in taken)
            waiting = replace(waiting, end=turn.end + undone)
            continue
        if waiting is not None:
            yield waiting
        free = waiting.end if waiting is not None else turn.begin
        begun = (n for n in range(free, turn.begin) if _begins(scene, units[n], units[turn.begin]))
        waiting = replace(turn, begin=next(begun, turn.begin))
    if waiting is not None:
        yield waiting


def _begins(scene: Scene, earlier: Unit, unit: Unit) -> bool:
    """Whether the same was begun for the same row before."""
    rows = [_row(scene.moments[one.first]) for one in (earlier, unit)]
    return bool(rows[0]) and rows[0] == rows[1] and (earlier.kind, earlier.name) == (unit.kind, unit.name)


def _takes_back(scene: Scene, turn: Sequence[Unit], unit: Unit) -> bool:
    moment = scene.moments[unit.first]
    new = {key for one in turn for key in appeared(scene.moments[one.first].before, scene.moments[one.last].after)}
    return unit.call is None and moment.is_click and moment.target is not None and moment.target.id in new


def _proposals(scene: Scene, units: Sequence[Unit], turns: Sequence[Turn]) -> Iterator[Proposal]:
    """One proposed call for each turn, and between them the calls that are in none."""
    name = PROPOSED + _named(units[turns[0].begin : turns[0].end])
    said = ", ".join(turn.thing for turn in turns)
    count = sum(unit.kind != "send" or unit.call is None for unit in units[turns[0].begin : turns[0].end])
    evidence = f"the same {count} things done {len(turns)} times, each time for another: {said}; no policy is that yet"
    at = turns[0].begin
    for turn in turns:
        yield from (unit.call for unit in units[at : turn.begin] if unit.call is not None)
        inside = units[turn.begin : turn.end]
        children = tuple(unit.call for unit in inside if unit.call is not None)
        first = scene.moments[inside[0].first]
        anchored = next((call for call in children if call.anchor is not None), None)
        yield Proposal(
            first=inside[0].first,
            last=inside[-1].last,
            policy=name,
            args=(first.argument("1", turn.thing, "objective" if scene.says(turn.thing) else "observation"),),
            rule=RULE,
            evidence=evidence,
            confidence=REPEATED,
            anchor=anchored.anchor if anchored else first.target,
            page=anchored.page if anchored else first.before,
            children=children,
        )
        at = turn.end


def _named(turn: Sequence[Unit]) -> str:
    """`for_each_` and what is clicked each time, or else what is called."""
    clicked = [unit.name for unit in turn if unit.call is None and has_letters(unit.name)]
    called = [unit.kind for unit in turn if unit.call is not None]
    words = re.findall(r"[a-z0-9]+", (clicked or called or ["thing"])[-1].lower())[:3]
    return "_".join(("for_each", *words))

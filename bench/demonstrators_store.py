"""Recordings of scripted people in a workspace of their own, so that nothing is recorded twice.

A recording is kept by what decides it: task, seed, the code of whoever does it, and the code that writes pages down.
They are labelled by the rules, and what the rules propose is accepted as it stands.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import textwrap
from collections.abc import Iterator, Sequence
from functools import cache
from types import CodeType, FunctionType
from typing import Any

from bench import demonstrators, demonstrators_sites
from bench.common import ROOT
from bench.demonstrators_kit import Person
from browser.script import parse_script
from flows.label import labels
from flows.record.recording import Request, record_gestures, record_person
from labeling.model import LabelTree
from traces.model import Episode
from wiring import POLICY_SET, Parts

AUTHOR = "bench"
SEEING = ("browser/injected/[1-7]*.js", "browser/composing.py")
"""What decides how a page is written down."""
FOLDER = "demonstrated"


def demonstrations(parts: Parts, task: str, seeds: Sequence[int], count: int) -> tuple[LabelTree, ...]:
    """The labels of the first `count` demonstrations of a task that its page called a success, recorded if missing.

    A seed that cannot be done with a mouse (see `demonstrators_clicks.pie`) is passed over.
    """
    found: list[LabelTree] = []
    for seed in seeds:
        if len(found) == count:
            break
        kept = recorded(parts, task, seed)
        if kept["status"] == "success":
            found.append(labelled(parts, kept["episode"]))
    return tuple(found)


def recorded(parts: Parts, task: str, seed: int) -> dict[str, Any]:
    """`{"task", "seed", "episode", "status"}` of the recording, made now unless it is kept."""
    path = parts.workspace.root / FOLDER / f"{task.replace(':', '.')}-{seed}-{_hash(_code(task) + _seeing())}.json"
    if path.exists():
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return kept
    ended = _record(parts, task, seed)
    made = {"task": task, "seed": seed, "episode": ended.id, "status": ended.status}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made), encoding="utf-8")
    return made


def environment(task: str) -> str:
    """The full name of a task: a page of MiniWoB++ where no site is named."""
    return task if ":" in task else f"miniwob:{task}"


def _record(parts: Parts, task: str, seed: int) -> Episode:
    scripted = demonstrators_sites.scripted(task)
    if scripted is None:
        person = demonstrators.Demonstrator(task)
        return record_person(parts, environment(task), seed, person).ended.episode
    script, scenario = scripted
    request = Request(task, answer=script.answer_for(seed, scenario), seed=seed)
    return record_gestures(parts, request, parse_script(script.script_for(seed, scenario))).ended.episode


def _code(task: str) -> str:
    scripted = demonstrators_sites.scripted(task)
    return code_of(demonstrators.PEOPLE[task]) if scripted is None else demonstrators_sites.source_of(scripted[0])


def labelled(parts: Parts, episode: str, policy_set: str = POLICY_SET) -> LabelTree:
    """What the rules of now propose of it, accepted as it stands; done once for each state of the rules."""
    for track in parts.tracks.all(episode):
        if track.name == _track():
            return track.tree
    desk = parts.desk(policy_set)
    state = desk.begin(labels.propose(parts, episode, policy_set), _track(), AUTHOR)
    return desk.accept_all(state, AUTHOR).tree


@cache
def _track() -> str:
    """A track of its own for each state of the rules."""
    return f"{AUTHOR} {_hash(_text('labeling/rules/*.py'))}"


def code_of(person: Person) -> str:
    """A hash of what a person does: their function and every one of bench/ it calls, comments and layout apart."""
    return _hash("".join(sorted(set(_sources(person, set())))))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=5).hexdigest()


@cache
def _seeing() -> str:
    return _text(*SEEING)


def _text(*patterns: str) -> str:
    files = sorted(file for pattern in patterns for file in ROOT.glob(pattern))
    return "".join(file.read_text(encoding="utf-8") for file in files)


def _sources(thing: object, seen: set[str]) -> Iterator[str]:
    """The source of a function of bench/ and of every one it calls."""
    if not isinstance(thing, FunctionType) or not thing.__module__.startswith("bench.") or thing.__qualname__ in seen:
        return
    seen.add(thing.__qualname__)
    yield _meaning(inspect.getsource(thing))
    for name in _names(thing.__code__):
        value = thing.__globals__.get(name)
        if isinstance(value, FunctionType):
            yield from _sources(value, seen)
        elif isinstance(value, str | dict | tuple | int):
            yield f"{name}={value!r}"


def _meaning(source: str) -> str:
    """A function without its comments, docstring and layout."""
    tree = ast.parse(textwrap.dedent(source)).body[0]
    if isinstance(tree, ast.FunctionDef) and ast.get_docstring(tree) is not None:
        tree.body = tree.body[1:]
    return ast.unparse(tree)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)

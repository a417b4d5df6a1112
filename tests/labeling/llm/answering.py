"""Demonstrations of any length with their true calls, models that answer truly or badly, and rubbish of every kind."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass

from labeling.llm.asking import Asker
from labeling.llm.labeller import LlmLabeller
from labeling.llm.model import LabelSettings
from labeling.model import LabelTree
from labeling.repository import MemoryRows
from labeling.tree import items
from llm_client.chat import ChatRequest
from llm_client.scripted import ScriptedChat
from policies.library import load_set
from tests.builders import Recording

WEB = load_set("web")
FORM = """
[1] heading 'Page {page}'
[2] form 'Form {page}'
  [3] textbox 'Name'{a}
  [4] textbox 'Town'{b}
  [5] button 'Send'
"""


@dataclass(frozen=True)
class True_:
    """A demonstration and what its calls truly are: level 1 as (first step from 1 on, policy, arguments)."""

    recording: Recording
    calls: tuple[tuple[int, str, tuple[tuple[str, str], ...]], ...]


def forms(pages: int, episode: str = "long") -> True_:
    """`pages` forms one after another, each of two texts (the first typed in two goes) and a click that sends it."""
    recording = Recording("Enter them all", episode)
    calls, at = [], 1
    for page in range(1, pages + 1):
        name, town = f"Mia {page}", f"Town {page}"

        def shown(a="", b="", page=page):
            text = FORM.format(page=page, a=f" value='{a}'" if a else "", b=f" value='{b}'" if b else "")
            return text, f"http://forms.test/{page}"

        recording.page(*shown()).do("click [3]").page(*shown()).do(f"type [3] [{name}] [0]")
        recording.page(*shown(name)).do(f"type [4] [{town}] [0]").page(*shown(name, town)).do("click [5]")
        calls += [
            (at, "fill_text", (("field", "Name"), ("text", name))),
            (at + 2, "fill_text", (("field", "Town"), ("text", town))),
            (at + 3, "OWN", ()),
        ]
        at += 4
    recording.page("[9] heading 'Done'", "http://forms.test/done")
    return True_(recording, tuple(calls))


def asked_range(request: ChatRequest) -> tuple[str, int, int]:
    """(`steps`, `items` or `reasons`, first, last) of what a request asks about."""
    user = request.messages[1].content
    found = re.search(r"Say the calls of the (steps|items) [si](\d+) to [si](\d+)\.", user)
    return (found[1], int(found[2]), int(found[3])) if found else ("reasons", 1, user.count("\nc"))


def reasons_for(request: ChatRequest) -> str:
    """A reason for each call and each step that a request shows: `Because of c1.`, `Because of s1.`"""
    shown = re.findall(r"^([cs])(\d+) \|", request.messages[1].content, re.MULTILINE)
    said = [(mark, {"number": int(n), "reason": f"Because of {mark}{n}."}) for mark, n in shown]
    return json.dumps({name: [one for mark, one in said if mark == name[0]] for name in ("calls", "steps")})


def entry(first: int, policy: str, args=(), key: str = "first_step", **fields) -> dict:
    """One entry of a reply."""
    return {
        key: first, "evidence": "as the steps show", "policy": policy, "proposed": None,
        "args": [{"name": name, "value": value} for name, value in args], "returns": None, "certainty": "high",
        **fields,
    }  # fmt: skip


def truthful(demo: True_):
    """A model's answers that say level 1 as it is, and each page's two texts and click as one form."""

    def answer(request: ChatRequest) -> str:
        kind, first, last = asked_range(request)
        if kind == "steps":
            return json.dumps({"calls": steps_between(demo, first, last), "notes": []})
        if kind == "items":
            return json.dumps({"groups": groups_between(request, first, last)})
        return reasons_for(request)

    return answer


def steps_between(demo: True_, first: int, last: int) -> list[dict]:
    """The true calls that touch the steps `first`..`last`, the first of them from `first` on."""
    ends = [begin for begin, _, _ in demo.calls[1:]] + [10**9]
    touching = [call for call, end in zip(demo.calls, ends, strict=True) if call[0] <= last and end > first]
    return [entry(max(begin, first), policy, args) for begin, policy, args in touching]


def groups_between(request: ChatRequest, first: int, last: int) -> list[dict]:
    """A form for every run of calls up to the click that sends it; calls that are forms already stay as they are."""
    lines = re.findall(r"^i(\d+) \| (call fill_text|call|step)", request.messages[1].content, re.MULTILINE)
    out, begin = [], None
    for number, kind in ((int(n), kind) for n, kind in lines):
        if kind == "call fill_text" and begin is None:
            begin = number
            out.append(entry(number, "fill_form", (("fields", f"the fields from {number} on"),), "first_item"))
        elif kind == "step":
            begin = None
        elif kind == "call":
            out.append(entry(number, "OWN", (), "first_item"))
    return [one for one in out if first <= one["first_item"] <= last]


def labeller(answer, settings: LabelSettings | None = None, rows: MemoryRows | None = None, **fields) -> LlmLabeller:
    """A labeller whose model answers by a function of the request (or from a list)."""
    chat = ScriptedChat(answer, name="tiny")
    made = LlmLabeller(Asker(chat, rows or MemoryRows()), settings or LabelSettings(), **fields)
    made.chat = chat
    return made


def propose(made: LlmLabeller, demo: True_) -> LabelTree:
    """The tree the labeller proposes for a demonstration."""
    recording = demo.recording
    return made.label(recording.episode, recording.steps, recording.observation, WEB)


def covered_once(tree: LabelTree) -> bool:
    """Whether walking the tree meets every step exactly once, in order."""

    def walk(parent):
        for item in items(tree, parent):
            if isinstance(item, str):
                yield item
            else:
                yield from walk(item.id)

    return tuple(walk(None)) == tree.uids


def rubbish(rng: random.Random, good: str) -> str:
    """A reply no model should give, made of a good one or of nothing at all."""
    return rng.choice(_KINDS)(rng, good)


def _random_json(rng: random.Random, _good: str) -> str:
    return json.dumps(_value(rng, 4))


def _value(rng: random.Random, depth: int):
    keys = ["calls", "groups", "first_step", "first_item", "policy", "args", "name", "value", "certainty", "notes", "x"]
    leaf = [
        None,
        True,
        -1,
        0,
        3,
        7,
        10**30,
        1.5,
        "",
        "fill_text",
        "s3",
        "OWN",
        "PROPOSE_NEW",
        "fil_text",
        "\ud800",
        "é\x00",
    ]
    if depth == 0 or rng.random() < 0.3:
        return rng.choice(leaf)
    if rng.random() < 0.5:
        return [_value(rng, depth - 1) for _ in range(rng.randrange(5))]
    return {rng.choice(keys): _value(rng, depth - 1) for _ in range(rng.randrange(6))}


def _wild_entries(rng: random.Random, _good: str) -> str:
    def wild():
        return {key: _value(rng, 2) for key in rng.sample(["first_step", "policy", "args", "certainty", "proposed"], 4)}

    return json.dumps({rng.choice(["calls", "groups"]): [wild() for _ in range(rng.randrange(12))]})


def _changed_entries(rng: random.Random, good: str) -> str:
    body = json.loads(good)
    for name, listed in body.items():
        rng.shuffle(listed)
        for one in listed:
            for key in list(one):
                if rng.random() < 0.3:
                    one[key] = _value(rng, 2)
                if rng.random() < 0.1:
                    del one[key]
        body[name] = listed * rng.randrange(1, 3)
    return json.dumps(body)


def _cut(rng: random.Random, good: str) -> str:
    return good[: rng.randrange(len(good) + 1)]


def _shuffled(rng: random.Random, good: str) -> str:
    letters = list(good)
    rng.shuffle(letters)
    return "".join(letters)


def _spliced(rng: random.Random, good: str) -> str:
    a, b = sorted(rng.randrange(len(good) + 1) for _ in range(2))
    return good[:a] + good[b:] + good[a:b]


def _prose(rng: random.Random, good: str) -> str:
    words = [
        rng.choice(["the", "step", "{", "}", "[", "]", '"', "12", "calls", ":", ",", "<think>"]) for _ in range(60)
    ]
    return " ".join(words) + (good if rng.random() < 0.3 else "")


def _deep(rng: random.Random, _good: str) -> str:
    return rng.choice(["[", "{", '{"calls":', '[{"calls":[']) * rng.choice([50, 3000])


def _wrapped(rng: random.Random, good: str) -> str:
    return rng.choice(["```json\n{}\n```", "<think>{{}}</think>{}", "Sure! {} Hope it helps.", "{0}{0}"]).format(good)


def _nothing(rng: random.Random, _good: str) -> str:
    return rng.choice(
        ["", " ", "\n", "null", "[]", "{}", '{"calls": []}', "NaN", '"text"', "I cannot help with that.", "7"]
    )


def _numbers(rng: random.Random, _good: str) -> str:
    number = rng.choice(["1e999", "-1e999", "9" * 5000, "NaN", "Infinity", "-0.0", '"s٣"', "1.0"])
    one = '{"first_step": N, "policy": "fill_text", "args": [{"name": "text", "value": N}]}'.replace("N", number)
    return '{"calls": [' + one + "]}"


_KINDS = (
    _random_json, _wild_entries, _changed_entries, _cut, _shuffled, _spliced, _prose, _deep, _wrapped, _nothing,
    _numbers,
)  # fmt: skip

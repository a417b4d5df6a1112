"""A prompt set as the reference agents read it: a SteP prompt module in Python, and HeaP prompts as text.

Written are the pieces that prompts of the set show, as a model reads them; of a set of the first format all examples.
In the module every text goes through `repr`, so nothing recorded can become code. HeaP lists the planner's calls page
by page and ends each list with DONE; its verbs are written in capitals and texts in double quotes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from keyword import iskeyword

from labeling.exports.material import Source
from labeling.exports.out import Out
from labeling.exports.secrets import Secrets, tokens_in
from labeling.prompts.model import DONE, FORMAT, Dropped, Example, LeftOut, Piece, PromptSet
from policies.model import Policy
from traces.actions import TARGETED, Action, parse_action
from traces.errors import ActionError

INPUT = "\nOBJECTIVE:\n{objective}\nOBSERVATION:\n{observation}\nURL:\n{url}\nPREVIOUS ACTIONS:\n{previous_actions} \n"
_RULE, _LINE = "=" * 50, "-" * 18
Written = Example | Piece
"""What is written as one example."""


def write_step(source: Source, out: Out) -> None:
    """`step_prompts.py`: one dictionary for each policy, with `instruction`, `input`, `response` and `examples`."""
    parts = ['"""Prompts of a SteP agent, one dictionary for each policy; made by Stepscope."""\n']
    for policy, found in _by_policy(source, out):
        examples = [{"input": _step_input(one), "response": _step_response(one)} for one in found]
        template = {
            "instruction": source.wording.instruction(policy),
            "input": INPUT,
            "response": "",
            "examples": examples,
        }
        name = f"{policy.name}_" if iskeyword(policy.name) else policy.name
        parts.append(f"{name} = {_literal(template)}\n")
    out.text("step_prompts.py", "\n".join(parts))
    out.note("A SteP agent fills the placeholders of `input`; texts of examples are not filled.")


def write_heap(source: Source, out: Out) -> None:
    """`POLICY.txt` for each policy: its instruction, its examples, and where the question is put."""
    for policy, found in _by_policy(source, out):
        pages = _pages(found) if policy.kind == "planner" and not _is_chosen(source) else [[one] for one in found]
        examples = [_heap_example(number, page, policy) for number, page in enumerate(pages, 1)]
        shown = [source.wording.instruction(policy), "Here are some examples:", *examples, _heap_question()]
        out.text(f"{policy.name}.txt", "\n\n".join(shown) + "\n")
    out.note(
        "HeaP has no answers of calls and no stop with an answer: DONE ends a list, and an answer stands behind it."
    )


def heap_action(text: str) -> str:
    """An action as HeaP writes it.

    >>> heap_action("fill_text [Name] [Ana]"), heap_action("type [5] [bus stop] [0]"), heap_action("stop")
    ('FILL_TEXT "Name" "Ana"', 'TYPE 5 "bus stop"', 'DONE')
    """
    try:
        action = parse_action(text)
    except ActionError:
        return text
    if action.name == "stop":
        return " ".join(["DONE", *map(_quoted, action.args)])
    args = action.args[:2] if action.name == "type" else action.args
    bare = action.name in TARGETED
    said = [arg if bare and index == 0 else _quoted(arg) for index, arg in enumerate(args)]
    enter = '\nPRESS "Enter"' if action == Action("type", (*args, "1")) else ""
    return " ".join([action.name.upper(), *said]) + enter


def _is_chosen(source: Source) -> bool:
    """Whether the prompt set says which pieces are shown."""
    return source.prompt_sets[0].format == FORMAT


def _by_policy(source: Source, out: Out) -> Iterator[tuple[Policy, Sequence[Written]]]:
    """Each policy with what its prompts show, the planner first."""
    made = source.prompt_sets[0]
    for entry in made.left_out:
        out.leave_out(entry)
    shown: Sequence[Written] = made.pieces if _is_chosen(source) else made.examples
    kept = [_clean(one, out) for one in shown if _taken(source, one, out)]
    _leave_out_unchosen(made, out)
    planner = source.policies.planner.name
    for name in sorted({one.policy for one in kept}, key=lambda name: (name != planner, name)):
        found = [one for one in kept if one.policy == name]
        out.counts["policies"] += 1
        out.counts["examples"] += len(found)
        yield source.policies.resolve(name), found


def _leave_out_unchosen(made: PromptSet, out: Out) -> None:
    """Say of each turn of the pool that no prompt shows why it does not."""
    for one in made.dropped:
        for turn in _turns(made, one):
            reason = f"not chosen: {one.reason}"
            out.leave_out(LeftOut(episode=turn.episode, step=turn.step, policy=turn.policy, reason=reason))
    if made.config.retrieve:
        out.note(f"Runs of this set show the {made.config.retrieve} likeliest pieces of the pool in place of these.")


def _turns(made: PromptSet, one: Piece | Dropped) -> list[Example]:
    return [made.by_id[key] for key in one.turns]


def _taken(source: Source, one: Written, out: Out) -> bool:
    turns = _turns(source.prompt_sets[0], one) if isinstance(one, Piece) else [one]
    split = source.split_of_example(turns[0])
    reason = source.gives_away(turns[0]) if source.split in (None, split) else f"it is in the split {split}"
    if reason is None:
        return True
    for turn in turns:
        out.leave_out(LeftOut(episode=turn.episode, step=turn.step, policy=turn.policy, reason=reason))
    return False


def _clean(one: Written, out: Out) -> Written:
    """The example without keys and tokens; values of secret fields are kept out when examples are made."""
    kinds = tokens_in(one.model_dump_json())
    if not kinds:
        return one
    for kind in kinds:
        out.secrets[kind] += 1
    return Secrets().blanked(one)


def _actions(one: Written) -> tuple[str, ...]:
    return one.actions if isinstance(one, Piece) else (one.action,)


def _step_input(one: Written) -> str:
    previous = "\n".join(one.previous)
    head = f"\nOBJECTIVE:\n{one.objective}\nOBSERVATION:\n{one.observation}\n"
    return f"{head}URL:\n{one.url}\nPREVIOUS ACTIONS:\n{previous}\n"


def _step_response(one: Written) -> str:
    action = f"{one.action} []" if one.action == "stop" else one.action
    return f"\nREASON:\n{one.reason}\nACTION:\n{action}\n"


def _literal(template: Mapping[str, object]) -> str:
    """A Python dictionary whose texts are escaped, an entry a line."""
    lines = ["{"]
    for key, value in template.items():
        if isinstance(value, list):
            lines.append(f"    {key!r}: [")
            lines += [f"        {entry!a}," for entry in value]
            lines.append("    ],")
        else:
            lines.append(f"    {key!r}: {value!a},")
    return "\n".join([*lines, "}"])


def _pages(examples: Sequence[Written]) -> list[list[Written]]:
    """The planner's turns of each demonstration, page by page."""
    turns = (one for one in examples if isinstance(one, Example))
    return [[*page] for _, page in groupby(turns, key=lambda one: (one.episode, one.url))]


def _heap_example(number: int, page: Sequence[Written], policy: Policy) -> str:
    first, last = page[0], page[-1]
    actions = [heap_action(action) for one in page for action in _actions(one)]
    if policy.kind == "planner" and not last.is_stop and actions[-1] != DONE:
        actions.append(DONE)
    reasons = "\n".join(dict.fromkeys(one.reason for one in page))
    body = _heap_body(first.objective, first.observation, first.url, "\n".join(map(heap_past, first.previous)), reasons)
    answer = "\n".join(actions)
    return f"EXAMPLE {number}:\n{_RULE}\n{body}\nYOUR ACTION:\n{answer}\n{_RULE}"


def heap_past(line: str) -> str:
    """An earlier turn as HeaP writes it; what a call answered is left away."""
    answer, equals, call = line.partition(" = ")
    return heap_action(call) if equals and "[" not in answer else heap_action(line)


def _heap_question() -> str:
    body = _heap_body("{context}", "{browser_content}", "{url}", "{previous_actions}", "")
    return f"The current context, url, and browser content follow.\n\n{_RULE}\n{body.rstrip()}"


def _heap_body(objective: str, observation: str, url: str, previous: str, reasons: str) -> str:
    parts = (
        ("CONTEXT", objective),
        ("CURRENT BROWSER CONTENT", observation),
        ("CURRENT URL", url),
        ("PREVIOUS ACTIONS", previous),
        ("REASONING", reasons),
    )
    return f"\n{_LINE}\n".join(f"{name}:\n{text}".rstrip() for name, text in parts)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

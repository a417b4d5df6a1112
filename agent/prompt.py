"""A decision as a prompt: strict templates (agent/templates) filled into parts, and parts joined into messages.

The system part holds only our own words and the policy's; page text stands fenced as data in user turns, also that of
examples, which are earlier turns of the conversation. Source: SteP's prompt sections (docs/agent.md).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from agent.errors import PromptError
from agent.forms import as_json
from agent.model import Decision, Part, Shown
from agent.reply import format_reply
from llm_client.chat import Message
from policies.model import Policy

TEMPLATES = Path(__file__).with_name("templates")
USAGE = {
    "click": "click [id]",
    "dblclick": "dblclick [id] - a double click",
    "rightclick": "rightclick [id]",
    "type": "type [id] [text] [1] - put the text into the field; the last bracket, if given, presses Enter afterwards",
    "hover": "hover [id]",
    "scroll": "scroll [up] or scroll [down]; scroll [down] [id] inside an element",
    "goto": "goto [address]",
    "press": "press [keys] - e.g. press [Enter], press [Control+a]",
    "select": "select [id] [option] - pick an option of a drop-down list",
    "drag": "drag [id] [id] - from one element to the other",
    "upload": "upload [id] [file]",
    "new_tab": "new_tab [address]",
    "tab_focus": "tab_focus [n] - counted from 0",
    "dialog": "dialog [accept] [text] or dialog [dismiss]",
    "note": "note [text] - write something down; does nothing to the page",
}
"""How each page action is written; one that is not listed takes no arguments."""


def render_prompt(
    decision: Decision,
    calls: Sequence[Policy],
    examples: Sequence[Shown],
    *,
    listed: bool = False,
    json: bool = False,
    reasons: bool = True,
) -> tuple[Part, ...]:
    """The parts of a prompt in order; `calls` are the policies this one may call. Raises PromptError.

    With `listed` a list of actions for the page is asked for, ended by DONE, in place of one action; with `json` the
    answer as a JSON object (`agent.forms`), in place of lines; without `reasons` the action alone.
    """
    form = {"listed": listed, "json": json, "reasons": reasons}
    system = _render("system.j2", policy=decision.policy, calls=calls, examples=len(examples), **form)
    shown = [part for example in examples for part in _example(example, **form)]
    return (Part("system", "system", system), *shown, *_question(decision))


def ask_again(why: str) -> Part:
    """What follows a question whose answer could not be read; always short."""
    return Part("again", "user", _render("again.j2", why=why[:300]))


def messages(parts: Sequence[Part]) -> tuple[Message, ...]:
    """The conversation: neighbouring parts of one role are one message."""
    out: list[Message] = []
    for part in parts:
        joined = out and out[-1].role == part.role and part.kind != "example"
        out[-1:] = [Message(part.role, f"{out[-1].content}\n\n{part.text}")] if joined else [*out[-1:], _message(part)]
    return tuple(out)


def fenced(text: str) -> str:
    """The text between fences longer than any in it, so that it cannot end its own fence."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


@cache
def template_hash() -> str:
    """16 hex digits of the hash of all templates: prompts of one prompt set are worded alike under one of them."""
    texts = [path.read_bytes() for path in sorted(TEMPLATES.glob("*.j2"))]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]


def _usage(action: str) -> str:
    return USAGE.get(action, action)


def _message(part: Part) -> Message:
    return Message(part.role, part.text)


def _question(asked: Decision | Shown) -> tuple[Part, ...]:
    return (
        Part("objective", "user", _render("objective.j2", asked=asked)),
        Part("observation", "user", _render("observation.j2", asked=asked)),
        Part("history", "user", _render("history.j2", asked=asked)),
    )


def _example(example: Shown, *, listed: bool, json: bool, reasons: bool) -> tuple[Part, Part]:
    question = "\n\n".join(part.text for part in _question(example))
    write = partial(as_json, listed=listed) if json else format_reply
    answer = write(example.reason if reasons else None, example.action)
    return Part("example", "user", question, example.id), Part("example", "assistant", answer, example.id)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(fenced=fenced, usage=_usage)
    return environment


def _render(name: str, **values: object) -> str:
    try:
        return _templates().get_template(name).render(values).strip()
    except TemplateError as error:
        raise PromptError(f"the prompt template {name} cannot be filled: {error}") from error

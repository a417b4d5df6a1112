"""Reading a model's reply: one reason, one action, parsed and never searched for.

`REASON: ... ACTION: verb [..]`. A reason may have several lines; code fences, backticks, bold markers and think blocks
are tolerated. Anything else is a ReplyError whose text tells the policy what was wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.errors import ReplyError
from traces.actions import Action, parse_action
from traces.errors import ActionError

DONE = "DONE"
"""Ends a list of actions for one page."""
_THINK = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_THOUGHT = re.compile(r"^.*</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[\w-]*[ \t]*$", re.MULTILINE)
_MARK = re.compile(r"^[ \t]*[*#>` \t]*(REASON|ACTION)[*` \t]*:[*]*", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class ParsedReply:
    """A reply that could be read."""

    reason: str
    action: Action


def parse_reply(text: str) -> ParsedReply:
    r"""Read a reply. Raises ReplyError that says what was wrong with it.

    >>> str(parse_reply("REASON: the field is empty\nACTION: `type [5] [bus stop]`").action)
    'type [5] [bus stop]'
    """
    reasons, actions = _sections(_stripped(text))
    if not actions:
        raise ReplyError("no line beginning with ACTION: was found")
    if len(actions) > 1:
        raise ReplyError(f"{len(actions)} ACTION lines were found; exactly one is wanted")
    return ParsedReply("\n".join(r for r in reasons if r), _action(actions[0]))


def parse_list(text: str) -> tuple[ParsedReply, ...]:
    r"""Read a reply that lists what is to be done on one page, ended by DONE or a stop. Raises ReplyError.

    >>> [str(one.action) for one in parse_list("REASON: r\nACTION: click [1]\nsearch [bus]\nDONE")]
    ['click [1]', 'search [bus]']
    """
    reasons, actions = _sections(_stripped(text))
    lines = [line.strip() for line in actions[0].split("\n") if line.strip()] if len(actions) == 1 else []
    ends = [at for at, line in enumerate(lines) if line in (DONE, "stop") or line.startswith("stop ")]
    if not lines or ends[:1] != [len(lines) - 1] or lines[0] == DONE:
        raise ReplyError("one ACTION is wanted: at least one action or call, one a line, the last line DONE or a stop")
    reason = "\n".join(r for r in reasons if r)
    return tuple(ParsedReply(reason, _action(line)) for line in lines if line != DONE)


def format_reply(reason: str, action: str) -> str:
    """The reply format, which `parse_reply` reads back."""
    return f"REASON: {reason}\nACTION: {action}"


def _stripped(text: str) -> str:
    text = _THINK.sub("", text)
    text = _THOUGHT.sub("", text)
    return _FENCE.sub("", text.replace("\r\n", "\n"))


def _sections(text: str) -> tuple[list[str], list[str]]:
    marks = list(_MARK.finditer(text))
    if not marks:
        return [text.strip()], []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    sections: dict[str, list[str]] = {"REASON": [text[: marks[0].start()].strip()], "ACTION": []}
    for mark, end in zip(marks, ends, strict=True):
        sections[mark.group(1).upper()].append(text[mark.end() : end].strip())
    return sections["REASON"], sections["ACTION"]


def _action(body: str) -> Action:
    lines = [line.strip() for line in body.split("\n") if line.strip()]
    if not lines:
        raise ReplyError("nothing stands after ACTION:")
    if len(lines) > 1:
        raise ReplyError(f"the action must be one line, and nothing may follow it; found also {lines[1][:60]!r}")
    try:
        return parse_action(_bare(lines[0]))
    except ActionError as error:
        raise ReplyError(str(error)) from error


def _bare(line: str) -> str:
    while len(line) > 1 and line[0] in "`*" and line[-1] == line[0]:
        line = line[1:-1].strip()
    return line

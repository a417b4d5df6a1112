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
LONGEST = 50_000
"""Characters of a reply that are read, thoughts not counted."""
_OPENED = re.compile(r"\s*+<think(?:ing)?>", re.IGNORECASE)
_CLOSED = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_FENCE = re.compile(r"^[ \t]*+(?:`{3,}+|~{3,}+)[\w-]*+[ \t]*+$", re.MULTILINE)
_MARK = re.compile(
    r"(?:^|(?<=/think>)|(?<=/thinking>))[*#>` \t]*+(REASON|ACTION)[*` \t]*+:[*]*+", re.MULTILINE | re.IGNORECASE
)


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
    r"""Read a reply that lists what is to be done on one page, up to DONE or a stop; DONE alone is an empty list.

    Without DONE the list ends with the reply, as HeaP's does. Raises ReplyError.

    >>> [str(one.action) for one in parse_list("REASON: r\nACTION: click [1]\nsearch [bus]\nDONE")]
    ['click [1]', 'search [bus]']
    """
    reasons, actions = _sections(_stripped(text))
    lines = [_bare(line.strip()) for line in actions[0].split("\n") if line.strip()] if len(actions) == 1 else []
    if not lines:
        raise ReplyError("one ACTION is wanted, with actions or calls, one a line, and DONE or a stop at the end")
    listed = [_action(line) for line in (lines[:-1] if lines[-1] == DONE else lines)]
    if any(action.name in ("stop", DONE) for action in listed[:-1]):
        raise ReplyError("nothing may follow a stop or DONE")
    reason = "\n".join(r for r in reasons if r)
    return tuple(ParsedReply(reason, action) for action in listed)


def format_reply(reason: str | None, action: str) -> str:
    """The reply format, which `parse_reply` reads back; without a reason the action alone."""
    return f"ACTION: {action}" if reason is None else f"REASON: {reason}\nACTION: {action}"


def storable(text: str) -> str:
    r"""The text as it can be kept and shown: pairs of half characters joined, single ones replaced.

    >>> storable("a\ud83d\ude00b\ud800")
    'a😀b\ufffd'
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _stripped(text: str) -> str:
    """The answer without thoughts and fences. Raises ReplyError when it is longer than is read."""
    answer = _answer(text.replace("\r\n", "\n"))
    if len(answer) > LONGEST:
        raise ReplyError(f"the reply is {len(answer):,} characters long, and {LONGEST:,} are read at most")
    return _FENCE.sub("", answer)


def _answer(text: str) -> str:
    """What follows the thoughts, if it begins with any; thoughts that are never closed, or end it, are no answer."""
    if _MARK.match(_FENCE.sub("", text[:200]).lstrip()):
        return text
    last = max((mark.start() for mark in _MARK.finditer(text) if mark[1].upper() == "ACTION"), default=0)
    closed = [tag.end() for tag in _CLOSED.finditer(text, 0, last)]
    rest = text[closed[-1] :] if closed else text
    return "" if _OPENED.match(rest) else rest


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

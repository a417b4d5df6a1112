"""The two forms of a reply: a JSON object, for endpoints that keep to a schema, and the lines of `agent.reply`.

Whatever was asked for, both are tried, since an endpoint that takes a schema need not keep to it. A reply that could be
read is written out as lines, which is what the loop reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from agent.errors import ReplyError
from agent.reply import DONE, format_reply, parse_list, parse_reply
from labeling.llm.reading import clean, read_json
from llm_client.schemas import TEXT, list_of, object_of, one_of
from policies.model import Policy
from traces.actions import Action, parse_action
from traces.errors import ActionError

LONGEST = 4000
"""Characters of a reason or an argument that are taken over."""


def reply_schema(policy: Policy, *, listed: bool = False, reasons: bool = True) -> dict[str, Any]:
    """The form of what a policy may answer: a reason, one of its page actions, calls or stop, and the arguments.

    With `listed` a list of those. Order matters: the reason, if one is wanted, stands before the action it is for.
    """
    reason = {"reason": TEXT} if reasons else {}
    action = {"action": one_of(*policy.actions, *policy.sub_policies, "stop"), "arguments": list_of(TEXT)}
    if listed:
        return object_of({**reason, "actions": list_of(object_of(action))})
    return object_of({**reason, **action})


def as_json(reason: str | None, action: str, *, listed: bool = False) -> str:
    """A reply as a JSON object, with a reason if given; with `listed`, `action` has several lines.

    Raises ActionError.
    """
    read = [parse_action(line) for line in (action.split("\n") if listed else [action]) if line != DONE]
    made = [{"action": one.name, "arguments": list(one.args)} for one in read]
    body: dict[str, Any] = {"reason": reason} if reason is not None else {}
    body |= {"actions": made} if listed else made[0]
    return json.dumps(body, ensure_ascii=False)


def as_lines(text: str, *, json_first: bool, listed: bool = False) -> str:
    r"""The reply in lines, whichever of the two forms it has. Raises ReplyError with what is wrong with it.

    >>> as_lines('{"reason": "r", "action": "click", "arguments": [5]}', json_first=True)
    'REASON: r\nACTION: click [5]'
    """
    readers = (_from_json, _from_lines) if json_first else (_from_lines, _from_json)
    problems = []
    for read in readers:
        try:
            return read(text, listed)
        except ReplyError as error:
            problems.append(error)
    raise problems[0]


def _from_lines(text: str, listed: bool) -> str:
    if listed:
        parse_list(text)
    else:
        parse_reply(text)
    return text


def _from_json(text: str, listed: bool) -> str:
    body, _ = read_json(text)
    if not isinstance(body, dict):
        raise ReplyError("the reply is no JSON object with reason, action and arguments")
    reason = clean(body.get("reason"), LONGEST)
    if not listed:
        return format_reply(reason, str(_action(body)))
    actions = body.get("actions")
    if not isinstance(actions, list):
        raise ReplyError('"actions" must be a list of actions')
    lines = [str(_action(one)) for one in actions]
    ended = any(line.split(" ")[0] == "stop" for line in lines)
    made = format_reply(reason, "\n".join(lines if ended else [*lines, DONE]))
    parse_list(made)
    return made


def _action(body: Any) -> Action:
    """The action of an object; tools called in text (`name`, `arguments` by name) and whole actions are taken too."""
    if not isinstance(body, Mapping):
        raise ReplyError("an action must be an object with action and arguments")
    name = clean(body.get("action", body.get("name")), LONGEST).strip()
    args = _arguments(body.get("arguments", body.get("parameters")))
    if name == "stop" and args == ("",):
        args = ()
    try:
        return parse_action(str(Action(name, args)) if args and "[" not in name else name)
    except ActionError as error:
        raise ReplyError(str(error)) from error


def _arguments(value: Any) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        return tuple(clean(one, LONGEST) for one in value)
    return () if value is None else (clean(value, LONGEST),)

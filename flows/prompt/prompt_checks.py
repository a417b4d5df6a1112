"""Leave-one-out of a prompt set: done offline or with a model, kept beside the set, and found again.

A model's answers are kept by the content of the question, so that the same check again asks only what is missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from agent.errors import ReplyError
from agent.model import Decision
from agent.prompt import messages, render_prompt
from agent.reply import parse_list, parse_reply
from flows.label.labelling_llm import office
from flows.progress import Report, Stop, Stopped, Update, never, silent
from labeling.errors import LabelError
from labeling.label_sets import canonical
from labeling.llm.asking import CACHE
from labeling.llm.budget import Budget, OverBudget, Purse, parse_budget
from labeling.prompts.leave_one_out import Check, check_offline, check_with
from labeling.prompts.model import Piece, PromptSet
from llm_client.chat import ChatModel, ChatReply, ChatRequest
from llm_client.errors import BadReply, ContextOverflow, RequestRefused
from llm_client.tokens import estimate_tokens
from policies.library import PolicySet
from store.errors import NotFound
from wiring import Parts

CHECKS = "prompt_check"


def check(
    parts: Parts,
    prompt_set: str = "latest",
    model: str = "",
    budget: str = "",
    report: Report = silent,
    stop: Stop = never,
) -> Check:
    """Leave each piece out in turn, and keep what came of it. Without a model the nearest examples vote.

    Raises UnknownLabel, NoEndpoint, LabelError for a budget nobody can read, ModelEndpointError, Stopped.
    """
    found = parts.labels.prompt_set(prompt_set)
    if not model:
        return _kept(parts, check_offline(found))
    purse = Purse(_budget(budget))
    with office(parts, model) as at:
        asking = _Asking(parts, at.chat, at.address, parts.policies(found.policy_set), found, purse, report, stop)
        return _kept(parts, check_with(found, model, asking.ask))


def checks(parts: Parts, prompt_set: str) -> tuple[Check, ...]:
    """What was found of a prompt set so far, the newest by each."""
    return tuple(Check.model_validate(body) for body in parts.workspace.rows(CHECKS, prompt_set=prompt_set))


def facts(found: Check) -> dict[str, Any]:
    """A check as JSON."""
    return found.model_dump(mode="json")


def said(found: Check) -> str:
    """A check for a person: a line a policy, then what is flagged."""
    lines = [f"Leave-one-out of {found.prompt_set} by {found.by}"]
    lines += [f"  {row.policy:<18} {row.matched} of {row.judged} predicted without themselves" for row in found.scores]
    lines += [f"  {one.flag}: {one.piece} ({one.policy}): {one.note}" for one in found.verdicts if one.flag]
    if found.unasked:
        lines.append(f"  {found.unasked} not judged: no other task shows their policy, or nothing was answered")
    return "\n".join(lines)


def _budget(written: str) -> Budget:
    """The limit in tokens or calls. Raises LabelError."""
    budget = parse_budget(written) if written else Budget()
    if budget.dollars is not None:
        raise LabelError(f"{written} cannot be held to here. Nothing was asked. Give the budget in tokens or calls.")
    return budget


class _Asking:
    """Asks a model what a policy does at a piece's moment, shown other pieces; never beyond the budget."""

    def __init__(
        self,
        parts: Parts,
        chat: ChatModel,
        address: str,
        policies: PolicySet,
        prompt_set: PromptSet,
        purse: Purse,
        report: Report,
        stop: Stop,
    ) -> None:
        self._parts, self._chat, self._address, self._policies = parts, chat, address, policies
        self._listed = prompt_set.config.mode == "heap"
        self._purse, self._report, self._stop = purse, report, stop
        self._total, self._done = 3 * len(prompt_set.pieces), 0

    def ask(self, piece: Piece, shown: Sequence[Piece]) -> str | None:
        """The action, or the list of them; None when the budget is used up or nothing readable came. Raises Stopped."""
        if self._stop():
            raise Stopped
        self._done += 1
        self._report(Update(f"{self._done} of at most {self._total} questions", self._done, self._total))
        policy = self._policies.resolve(piece.policy)
        decision = Decision(policy, piece.objective, piece.url, piece.observation, piece.previous)
        calls = [self._policies.resolve(name) for name in policy.sub_policies]
        listed = self._listed and policy.kind == "planner"
        request = ChatRequest(messages(render_prompt(decision, calls, shown, listed=listed)), f"check {piece.policy}")
        try:
            return _action(self._answer(request), listed=listed)
        except (OverBudget, ReplyError):
            return None

    def _answer(self, request: ChatRequest) -> str:
        """The kept answer, else a new one, which is kept. Raises OverBudget."""
        asked = [self._chat.name, self._address, [[one.role, one.content] for one in request.messages]]
        key = f"check-{hashlib.sha256(canonical(asked)).hexdigest()}"
        try:
            return str(self._parts.workspace.get(CACHE, key)["text"])
        except NotFound:
            text = self._new(request)
        self._parts.workspace.put(CACHE, key, {"text": text})
        return text

    def _new(self, request: ChatRequest) -> str:
        expected = sum(estimate_tokens(message.content) for message in request.messages) + request.max_tokens
        self._purse.take(expected, None)
        reply: ChatReply | None = None
        try:
            reply = self._chat.complete(request)
        except (ContextOverflow, RequestRefused, BadReply):
            return ""
        finally:
            spent = 0 if reply is None else reply.tokens_in + reply.tokens_out
            self._purse.settle(spent - expected, None if reply is None else reply.cost)
        return reply.text


def _action(text: str, *, listed: bool) -> str:
    if not listed:
        return str(parse_reply(text).action)
    actions = [str(one.action) for one in parse_list(text)] or ["stop"]
    return "\n".join(actions if actions[-1].partition(" ")[0] == "stop" else [*actions, "DONE"])


def _kept(parts: Parts, found: Check) -> Check:
    body = found.model_dump(mode="json")
    parts.workspace.put(CHECKS, f"{found.prompt_set}:{found.by}"[:200], body, prompt_set=found.prompt_set)
    return found

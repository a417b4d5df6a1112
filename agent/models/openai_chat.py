"""The model `openai:<model>`: prompts of a prompt set's examples, asked of any OpenAI-compatible endpoint.

Asked for JSON where the endpoint takes it, else for lines; always read strictly. A reply that cannot be read is asked
for once more. A prompt that does not fit is cut (`agent.fitting`). All of it stands in the reply: the parts as really
sent, the form, and notes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from agent.errors import ModelError, ReplyError
from agent.fitting import Fitted, fitted, smaller
from agent.forms import as_lines, reply_schema
from agent.model import Decision, Part, Reply, Shown
from agent.prompt import ask_again, messages, render_prompt
from agent.validity import Library
from llm_client.chat import UNPARSED, ChatModel, ChatReply, ChatRequest
from llm_client.errors import ContextOverflow, ModelEndpointError
from policies.model import Policy

MAX_TOKENS = 800
AGAIN_MAX_TOKENS = 4 * MAX_TOKENS
"""Of the second answer where the first was cut off: models that think aloud need it."""
NOT_KEPT = "the endpoint takes a form of reply and did not keep to it: asked in lines from now on"

Examples = Callable[[Decision], Sequence[Shown]]


def no_examples(request: Decision) -> Sequence[Shown]:
    """For a run without a prompt set."""
    return ()


class OpenAIPolicyModel:
    """Asks a chat model for every decision, showing what `examples` gives for it.

    With `listed` the planner is asked for all that is to be done on a page (`agent.models.page_lists` plays the list);
    without `reasons` only actions are asked for.
    """

    def __init__(
        self,
        chat: ChatModel,
        policies: Library,
        examples: Examples = no_examples,
        temperature: float = 0.0,
        *,
        listed: bool = False,
        reasons: bool = True,
    ) -> None:
        self._chat, self._policies = chat, policies
        self._examples, self._temperature, self._listed = examples, temperature, listed
        self._reasons = reasons
        self._room: int | None = None
        self._in_lines = False

    @property
    def name(self) -> str:
        """How runs call it."""
        return f"openai:{self._chat.name}"

    def decide(self, request: Decision) -> Reply:
        """Ask, and once more if the answer cannot be read. Raises ModelError with the endpoint's words."""
        asked, parts, said = self._answered(request)
        first = self._read(request.policy, said, parts, asked.notes)
        why = first.problem
        if why is None:
            return first
        if _form_not_kept(said):
            self._in_lines = True
            parts = self._prompt(asked.decision, asked.examples)
            first = replace(first, notes=(*first.notes, NOT_KEPT))
        parts = (*parts, ask_again(why))
        try:
            said = self._ask(parts, request.policy, AGAIN_MAX_TOKENS if _cut_off(said) else MAX_TOKENS)
        except ModelEndpointError:  # what is wrong is told by the next question; this answer is on record
            return first
        second = self._read(request.policy, said, parts, (*asked.notes, "asked once more"))
        return replace(second, before=(first,))

    def _answered(self, request: Decision) -> tuple[Fitted, tuple[Part, ...], ChatReply]:
        """What was asked in the end, as which prompt, and the answer; cut as long as it does not fit."""
        shown, before = self._examples(request), None
        while True:
            asked = fitted(request, shown, self._room, lambda *cut: _length(self._prompt(*cut)))
            parts = self._prompt(asked.decision, asked.examples)
            try:
                return asked, parts, self._ask(parts, request.policy)
            except ContextOverflow as error:
                if before == parts:
                    raise ModelError(str(error)) from error
                before, self._room = parts, smaller(_length(parts), error)
            except ModelEndpointError as error:
                raise ModelError(str(error)) from error

    def _prompt(self, asked: Decision, examples: Sequence[Shown]) -> tuple[Part, ...]:
        calls = tuple(self._policies.resolve(name) for name in asked.policy.sub_policies)
        listed = self._lists(asked.policy)
        return render_prompt(asked, calls, examples, listed=listed, json=self._json, reasons=self._reasons)

    def _ask(self, parts: Sequence[Part], policy: Policy, most: int = MAX_TOKENS) -> ChatReply:
        schema = reply_schema(policy, listed=self._lists(policy), reasons=self._reasons) if self._json else None
        return self._chat.complete(ChatRequest(messages(parts), policy.name, self._temperature, most, schema=schema))

    @property
    def _json(self) -> bool:
        return not self._in_lines and self._chat.form != "text"

    def _lists(self, policy: Policy) -> bool:
        return self._listed and policy.kind == "planner"

    def _read(self, policy: Policy, said: ChatReply, parts: tuple[Part, ...], notes: tuple[str, ...]) -> Reply:
        text, problem = said.text, None
        try:
            text = as_lines(said.text, json_first=said.form != "text", listed=self._lists(policy))
        except ReplyError as error:
            problem = "the answer was cut off" if _cut_off(said) else str(error)
        return Reply(
            text=text,
            parts=parts,
            tokens_in=said.tokens_in,
            tokens_out=said.tokens_out,
            cost=said.cost,
            retries=said.retries,
            finish_reason=said.finish_reason,
            milliseconds=said.milliseconds,
            model=self.name,
            written=None if text == said.text else said.text,
            form=said.form,
            notes=(*notes, *said.notes),
            problem=problem,
        )


def _cut_off(said: ChatReply) -> bool:
    return said.finish_reason in ("length", UNPARSED)


def _form_not_kept(said: ChatReply) -> bool:
    return said.form != "text" and bool(said.text) and not _cut_off(said) and not said.refused


def _length(parts: Sequence[Part]) -> int:
    return sum(len(part.text) for part in parts)

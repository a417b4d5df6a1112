"""The model `openai:<model>`: prompts of a prompt set's examples, asked of any OpenAI-compatible endpoint.

When the endpoint says the prompt is too long, examples go first (the last stay longest), then the end of the page;
the reply says so by its parts, which are what was really sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from agent.errors import ModelError
from agent.model import Decision, Part, Reply, Shown
from agent.prompt import messages, render_prompt
from agent.validity import Library
from llm_client.chat import ChatModel, ChatReply, ChatRequest
from llm_client.errors import ContextOverflow, ModelEndpointError
from policies.model import Policy

CUT = "... (the rest of the page does not fit)"


Examples = Callable[[Decision], Sequence[Shown]]


def no_examples(request: Decision) -> Sequence[Shown]:
    """For a run without a prompt set."""
    return ()


class OpenAIPolicyModel:
    """Asks a chat model for every decision, showing what `examples` gives for it.

    With `listed` the planner is asked for all that is to be done on a page (`agent.models.page_lists` plays the list).
    """

    def __init__(
        self,
        chat: ChatModel,
        policies: Library,
        examples: Examples = no_examples,
        temperature: float = 0.0,
        *,
        listed: bool = False,
    ) -> None:
        self._chat, self._policies = chat, policies
        self._examples, self._temperature, self._listed = examples, temperature, listed

    @property
    def name(self) -> str:
        """How runs call it."""
        return f"openai:{self._chat.name}"

    def decide(self, request: Decision) -> Reply:
        """Ask, shrinking the prompt as long as it does not fit. Raises ModelError with the endpoint's words."""
        overflow: ModelEndpointError | None = None
        for decision, examples in self._shrinking(request):
            listed = self._listed and request.policy.kind == "planner"
            parts = render_prompt(decision, self._calls(request.policy), examples, listed=listed)
            try:
                return _reply(self._ask(parts, request.policy), parts, self.name)
            except ContextOverflow as error:
                overflow = error
            except ModelEndpointError as error:
                raise ModelError(str(error)) from error
        raise ModelError(str(overflow)) from overflow

    def _ask(self, parts: Sequence[Part], policy: Policy) -> ChatReply:
        return self._chat.complete(ChatRequest(messages(parts), policy.name, self._temperature))

    def _calls(self, policy: Policy) -> tuple[Policy, ...]:
        return tuple(self._policies.resolve(name) for name in policy.sub_policies)

    def _shrinking(self, request: Decision) -> Iterator[tuple[Decision, Sequence[Shown]]]:
        shown = self._examples(request)
        while shown:
            yield request, shown
            shown = shown[(len(shown) + 1) // 2 :]
        yield request, ()
        lines = request.observation.split("\n")
        while len(lines) > 20:
            lines = lines[: len(lines) // 2]
            yield replace(request, observation="\n".join([*lines, CUT])), ()


def _reply(reply: ChatReply, parts: tuple[Part, ...], name: str) -> Reply:
    return Reply(
        text=reply.text,
        parts=parts,
        tokens_in=reply.tokens_in,
        tokens_out=reply.tokens_out,
        cost=reply.cost,
        retries=reply.retries,
        finish_reason=reply.finish_reason,
        milliseconds=reply.milliseconds,
        model=name,
    )

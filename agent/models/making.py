"""A model by its name, with what a prompt set teaches it: `demos`, `openai:<model>` at the configured endpoint, or
`scripted:<file>`, which is taught nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from agent.errors import ModelError
from agent.learner.weights import learned
from agent.model import PolicyModel
from agent.models.demos import DemosModel
from agent.models.openai_chat import Examples, OpenAIPolicyModel
from agent.models.page_lists import PageLists
from agent.models.practised import PREFIX as PRACTISED
from agent.models.practised import practised
from agent.models.scripted import script_file
from labeling.prompts.building import chosen
from labeling.prompts.model import PromptSet
from labeling.prompts.names import examples_now, name_in
from labeling.prompts.retrieval import Retriever
from llm_client.chat import Ledger
from llm_client.endpoint import endpoint_from_environment
from llm_client.errors import ModelEndpointError
from llm_client.prices import PriceTableError, load_prices
from policies.library import PolicySet

OPENAI = "openai:"
SCRIPTED = "scripted:"


def make_model(
    name: str,
    policies: PolicySet,
    prompt_set: PromptSet | None,
    weights: Path,
    environment: Mapping[str, str] | None = None,
    ledger: Ledger = lambda attempt: None,
) -> PolicyModel:
    """The model; `weights` is the folder where what is learned is kept. Raises ModelError saying what is missing."""
    if name == DemosModel.name:
        return _demos(policies, prompt_set, weights)
    if name.startswith(PRACTISED):
        return practised(name, policies, weights)
    if name.startswith(OPENAI) and len(name) > len(OPENAI):
        return _openai(name.removeprefix(OPENAI), policies, prompt_set, environment, ledger)
    if name.startswith(SCRIPTED) and len(name) > len(SCRIPTED):
        return script_file(Path(name.removeprefix(SCRIPTED)))
    raise ModelError(
        f"There is no model {name!r}. Nothing was run. Choose `demos`, `openai:<model>` with the name a model has "
        "at your endpoint, or `scripted:<file>` with a JSON list of replies."
    )


def _demos(policies: PolicySet, prompt_set: PromptSet | None, weights: Path) -> PolicyModel:
    if prompt_set is None:
        raise ModelError(
            "The model demos learns from a prompt set, and none was named. Nothing was run. "
            "Build one from accepted labels, then name it."
        )
    taught = examples_now(prompt_set.examples, policies, prompt_set.created)
    return DemosModel(learned(prompt_set.id, taught, policies.policies, weights), policies.policies)


def _openai(
    model: str,
    policies: PolicySet,
    prompt_set: PromptSet | None,
    environment: Mapping[str, str] | None,
    ledger: Ledger,
) -> PolicyModel:
    from llm_client.openai_chat import OpenAIChat  # only here: it loads a client that takes a third of a start

    try:
        endpoint = endpoint_from_environment() if environment is None else endpoint_from_environment(environment)
        chat = OpenAIChat(model, endpoint, load_prices(), ledger)
    except (ModelEndpointError, PriceTableError) as error:
        raise ModelError(str(error)) from error
    if prompt_set is None:
        return OpenAIPolicyModel(chat, policies)
    examples = shown_examples(prompt_set, policies.planner.name)
    if prompt_set.config.mode == "heap":
        return PageLists(OpenAIPolicyModel(chat, policies, examples, listed=True))
    return OpenAIPolicyModel(chat, policies, examples)


def shown_examples(prompt_set: PromptSet, planner: str) -> Examples:
    """What a prompt shows: the likest of the pool where the prompt set says so, else its pieces."""
    if prompt_set.config.retrieve:
        found = Retriever(prompt_set, planner)
        k = prompt_set.config.retrieve
        return lambda asked: found.retrieve(
            name_in(prompt_set, asked.policy), asked.objective, asked.observation, k, asked.previous
        )
    pieces = prompt_set.pieces or chosen(prompt_set.examples, prompt_set.config, planner)[0]
    return lambda asked: [piece for piece in pieces if piece.policy == name_in(prompt_set, asked.policy)]

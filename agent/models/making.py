"""A model by its name (`agent.models.names`), with what a prompt set teaches it.

One that a person takes part in is made where the page is (`agent.by_hand`), of what is made here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from agent.errors import ModelError, RunError
from agent.learner.weights import learned
from agent.model import PolicyModel
from agent.models.demos import DemosModel
from agent.models.foresight import Foresight
from agent.models.names import Named, read_name
from agent.models.openai_chat import Examples, OpenAIPolicyModel
from agent.models.page_lists import PageLists
from agent.models.practised import practised
from agent.models.replay import ReplayModel, decisions
from agent.models.scripted import script_file
from labeling.prompts.building import chosen
from labeling.prompts.model import PromptSet
from labeling.prompts.names import examples_now, name_in
from labeling.prompts.retrieval import Retriever
from llm_client.chat import Conceded, Ledger
from llm_client.endpoint import endpoint_from_environment
from llm_client.errors import ModelEndpointError
from llm_client.prices import PriceTableError, load_prices
from llm_client.probing import takes
from policies.library import PolicySet
from traces.reader import EpisodeReader


def make_model(
    name: str,
    policies: PolicySet,
    prompt_set: PromptSet | None,
    weights: Path,
    environment: Mapping[str, str] | None = None,
    ledger: Ledger = lambda attempt: None,
    takes: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    recording: Callable[[str], EpisodeReader] | None = None,
) -> PolicyModel:
    """The model; `weights` is the folder where what is learned is kept. Raises ModelError saying what is missing.

    `takes` holds by name what models at endpoints were found to take (`llm_client.probing`), `recording` opens an
    episode that is to be replayed. With a prompt set of the mode `heap` the planner of any model lists what is to be
    done on a page.
    """
    try:
        named = read_name(name)
    except RunError as error:
        raise ModelError(str(error)) from error
    if named.kind == "replay" and recording is not None:
        with recording(named.what) as reader:
            return ReplayModel(name, decisions(reader))
    endpoint = Making(environment, ledger, takes)
    made = _made(name, named, policies, prompt_set, weights, endpoint)
    if prompt_set is None or prompt_set.config.mode != "heap":
        return made
    return PageLists(Foresight(made) if name.startswith(DemosModel.name) else made)


@dataclass(frozen=True)
class Making:
    """What an endpoint's model is made with: the environment that names it, its ledger, what it was found to take."""

    environment: Mapping[str, str] | None
    ledger: Ledger
    takes: Mapping[str, Mapping[str, Any]]


def _made(
    name: str, named: Named, policies: PolicySet, prompt_set: PromptSet | None, weights: Path, endpoint: Making
) -> PolicyModel:
    match named.kind:
        case "demos":
            return _demos(policies, prompt_set, weights)
        case "practised":
            return practised(name, policies, weights)
        case "openai":
            return _openai(named.what, policies, prompt_set, endpoint)
        case "scripted":
            return script_file(named.path)
    raise ModelError(
        f"{name} needs what is not here: a page that a person can be shown, or an episode. Nothing was run. Start it "
        "on the Run screen of the app."
    )


def _demos(policies: PolicySet, prompt_set: PromptSet | None, weights: Path) -> PolicyModel:
    if prompt_set is None:
        raise ModelError(
            "The model demos learns from a prompt set, and none was named. Nothing was run. "
            "Build one from accepted labels, then name it."
        )
    taught = examples_now(prompt_set.lessons, policies, prompt_set.created)
    return DemosModel(learned(prompt_set.id, taught, policies.policies, weights), policies.policies)


def _openai(
    model: str,
    policies: PolicySet,
    prompt_set: PromptSet | None,
    asked: Making,
) -> PolicyModel:
    from llm_client.openai_chat import OpenAIChat  # only here: it loads a client that takes a third of a start

    try:
        endpoint = (
            endpoint_from_environment() if asked.environment is None else endpoint_from_environment(asked.environment)
        )
        known = asked.takes.get(model)
        conceded = takes(dict(known)).conceded if known else frozenset[Conceded]()
        chat = OpenAIChat(model, endpoint, load_prices(), asked.ledger, conceded=conceded)
    except (ModelEndpointError, PriceTableError) as error:
        raise ModelError(str(error)) from error
    if prompt_set is None:
        return OpenAIPolicyModel(chat, policies)
    examples = shown_examples(prompt_set, policies.planner.name)
    config = prompt_set.config
    return OpenAIPolicyModel(chat, policies, examples, listed=config.mode == "heap", reasons=config.reasons)


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

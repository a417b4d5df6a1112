"""Which models a run can have, and what is found out of them before anything starts.

An endpoint is asked once what it takes, with a tiny question; the answer is kept in the workspace for a week, and
workers are told it. A key that is refused, an unknown model or a dead address end the run here, before any episode.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from agent.errors import RunError
from agent.limits import Limits
from agent.models.names import Named, read_name
from agent.models.replay import decisions
from agent.models.scripted import script_file
from flows import settings
from llm_client.chat import Patience
from llm_client.endpoint import Endpoint, endpoint_from_environment
from llm_client.prices import PriceTable, load_prices
from llm_client.probing import Takes, probe, takes
from store.errors import NotFound
from wiring import Parts, with_endpoint

KEPT_S = 7 * 24 * 3600
"""How long an endpoint's answer counts: servers are updated."""
PATIENCE = Patience(attempts=3)
"""With an endpoint before a run: a person waits."""


def check(parts: Parts, name: str, limits: Limits) -> Named:
    """The model a name means. Raises RunError, ModelError, NoEndpoint, StoreError or PriceTableError before a start."""
    named = read_name(name)
    for one in filter(None, (named, named.rest)):
        if one.kind == "openai":
            endpoint(parts)
            _check_cost(one.what, limits, load_prices())
        elif one.kind == "scripted":
            script_file(one.path)
        elif one.kind == "replay":
            with parts.recording(one.what) as reader:
                decisions(reader)
    return named


def endpoint(parts: Parts) -> Endpoint:
    """The configured endpoint. Raises NoEndpoint."""
    return endpoint_from_environment(with_endpoint(settings.load(parts).model_endpoint))


def for_workers(parts: Parts, models: Iterable[str]) -> dict[str, Any]:
    """What workers are told of the models at endpoints, by name; asks those nobody asked yet.

    Raises ModelEndpointError or PriceTableError.
    """
    named = [one for name in models for read in (read_name(name),) for one in filter(None, (read, read.rest))]
    return {one.what: find_out(parts, one.what).body() for one in named if one.kind == "openai"}


def known(parts: Parts, model: str) -> Takes | None:
    """What was found of a model at the configured endpoint, None if nobody asked for a week. Raises NoEndpoint."""
    try:
        found = takes(parts.workspace.get("setting", _key(endpoint(parts), model)))
    except NotFound:
        return None
    return found if time.time() - found.at < KEPT_S else None


def find_out(parts: Parts, model: str, *, again: bool = False) -> Takes:
    """What the model at the configured endpoint takes, asked if nobody knows. Raises ModelEndpointError."""
    from llm_client.openai_chat import OpenAIChat  # only here: it loads a client that takes a third of a start

    at = endpoint(parts)
    found = None if again else known(parts, model)
    if found is None:
        with OpenAIChat(model, at, load_prices(), patience=PATIENCE) as chat:
            found = probe(chat)
        parts.workspace.put("setting", _key(at, model), found.body())
    return found


def _key(at: Endpoint, model: str) -> str:
    return f"endpoint {at.base_url or 'vendor'} {model}"


def _check_cost(model: str, limits: Limits, prices: PriceTable) -> None:
    if limits.cost is not None and prices.cost(model, 1, 1) is None:
        raise RunError(
            f"There is no price of {model!r} in the table of {prices.date}, so a limit of ${limits.cost:g} cannot be "
            "kept. Nothing was run. Leave the limit out, limit the tokens instead, or name a table with its price in "
            "STEPSCOPE_PRICES."
        )

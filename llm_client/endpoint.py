"""Where the model is: an address, a key and a model's name, read from the environment and kept nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from llm_client.errors import NoEndpoint

ADDRESSES = ("STEPSCOPE_MODEL_ENDPOINT", "OPENAI_BASE_URL")
KEY = "OPENAI_API_KEY"
LOCAL_KEY = "none-needed"
"""What is sent to an endpoint of one's own that asks for no key."""


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible endpoint; `base_url` None is the vendor's own. The key never shows in a repr."""

    base_url: str | None
    key: str = field(repr=False)


def endpoint_from_environment(environment: Mapping[str, str] = os.environ) -> Endpoint:
    """The endpoint the variables name. Raises NoEndpoint when there is neither an address nor a key."""
    base_url = next((environment[name] for name in ADDRESSES if environment.get(name)), None)
    key = environment.get(KEY, "")
    if not base_url and not key:
        raise NoEndpoint(
            "No model endpoint is set.",
            f"Set {ADDRESSES[0]} to the address of an OpenAI-compatible server, or {KEY} to a key of the vendor; "
            "the model `demos` needs neither.",
        )
    return Endpoint(base_url, key or LOCAL_KEY)

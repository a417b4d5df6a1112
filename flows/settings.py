"""The settings of a workspace that a person changes on the Settings screen. Keys are never among them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field

from browser.errors import ForbiddenUrl
from browser.urls import check_url
from labeling.sampling import TWICE
from llm_client.endpoint import KEY
from store.errors import NotFound
from traces.model import Frozen
from wiring import Parts

Tag = Annotated[str, Field(min_length=1, max_length=80, pattern="^[^,]+$")]
TAGS = ("look again", "good example", "wrong answer", "task unclear", "page at fault")


class Settings(Frozen):
    """`model_endpoint` and `model` for `openai:` runs; `redaction_selectors` are fields never written down.

    `blind_share` (0 to 1) of the demonstrations wait for a second person, who labels them blind. `tags` are what
    the keys 1 to 9 put on an episode in Replay.
    """

    model_endpoint: str = ""
    model: str = ""
    redaction_selectors: tuple[str, ...] = ()
    blind_share: float = Field(default=TWICE, ge=0, le=1)
    tags: tuple[Tag, ...] = Field(default=TAGS, max_length=9)


def load(parts: Parts) -> Settings:
    """The workspace's settings, the defaults where none were saved."""
    try:
        return Settings.model_validate(parts.workspace.get("setting", "settings"))
    except NotFound:
        return Settings()


def save(parts: Parts, settings: Settings) -> Settings:
    """Keep the settings in the workspace; returns them as kept. Raises ForbiddenUrl for an endpoint that is no address.

    An address that carries a user, a password or a query is refused: a key would be stored with it.
    """
    endpoint = settings.model_endpoint.strip()
    kept = settings.model_copy(update={"model_endpoint": _endpoint(endpoint) if endpoint else ""})
    parts.workspace.put("setting", "settings", kept.model_dump(mode="json"))
    return kept


def _endpoint(address: str) -> str:
    checked = check_url(address)
    parts = urlsplit(checked)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ForbiddenUrl(
            f"The address of {parts.hostname} carries more than a path. Nothing was saved, since keys are never "
            f"stored. Give the address alone and set {KEY} in the environment."
        )
    return checked

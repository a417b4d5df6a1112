"""The settings of a workspace that a person changes on the Settings screen. Keys are never among them."""

from __future__ import annotations

from browser.urls import check_url
from store.errors import NotFound
from traces.model import Frozen
from wiring import Parts


class Settings(Frozen):
    """`model_endpoint` and `model` for `openai:` runs; `redaction_selectors` are fields never written down."""

    model_endpoint: str = ""
    model: str = ""
    redaction_selectors: tuple[str, ...] = ()


def load(parts: Parts) -> Settings:
    """The workspace's settings, the defaults where none were saved."""
    try:
        return Settings.model_validate(parts.workspace.get("setting", "settings"))
    except NotFound:
        return Settings()


def save(parts: Parts, settings: Settings) -> None:
    """Keep the settings in the workspace. Raises ForbiddenUrl when the endpoint is no http(s) address."""
    if settings.model_endpoint:
        check_url(settings.model_endpoint)
    parts.workspace.put("setting", "settings", settings.model_dump(mode="json"))

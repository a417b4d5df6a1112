"""Errors of the model endpoint, in the words a person needs: what happened, what was kept, what to do next.

ModelEndpointError
├── NoEndpoint          neither an address nor a key is set
├── KeyRefused          401 or 403
├── ModelUnknown        404
├── ContextOverflow     the prompt does not fit
├── EndpointBusy        429 or 5xx, still after all retries
├── EndpointDown        no connection, or no answer in time, still after all retries
├── RequestRefused      any other 4xx
└── BadReply            an answer that is not the expected JSON, still after all retries
"""

from __future__ import annotations

KEPT = "Everything up to this call is kept"


class ModelEndpointError(Exception):
    """Base of the errors of this package. `retries` is how often the call was tried again."""

    def __init__(self, what: str, todo: str, retries: int = 0) -> None:
        super().__init__(f"{what} {KEPT}. {todo}")
        self.what, self.kept, self.todo, self.retries = what, KEPT, todo, retries


class NoEndpoint(ModelEndpointError):
    """Neither an address nor a key is set."""


class KeyRefused(ModelEndpointError):
    """The endpoint does not accept the key."""


class ModelUnknown(ModelEndpointError):
    """The endpoint has no such model."""


class ContextOverflow(ModelEndpointError):
    """The prompt is longer than the model can read; `room` and `asked` are tokens, where the endpoint says them."""

    def __init__(
        self, what: str, todo: str, retries: int = 0, room: int | None = None, asked: int | None = None
    ) -> None:
        super().__init__(what, todo, retries)
        self.room, self.asked = room, asked


class EndpointBusy(ModelEndpointError):
    """The endpoint is overloaded or limits the rate."""


class EndpointDown(ModelEndpointError):
    """The endpoint does not answer."""


class RequestRefused(ModelEndpointError):
    """The endpoint refuses this request."""


class BadReply(ModelEndpointError):
    """The endpoint answers something that is no chat completion."""

"""What the official client raises, as errors of ours; and which of it is worth trying again."""

from __future__ import annotations

import email.utils
import re
import time

import openai

from llm_client.errors import (
    BadReply,
    ContextOverflow,
    EndpointBusy,
    EndpointDown,
    KeyRefused,
    ModelEndpointError,
    ModelUnknown,
    RequestRefused,
)

RETRIED = frozenset({408, 409, 425, 429})
_OVERFLOW = re.compile(r"context|too long|too many tokens|maximum.{0,20}tokens", re.IGNORECASE)


def worth_retrying(error: BaseException) -> bool:
    """Whether the same request may succeed a little later."""
    if isinstance(error, openai.APIStatusError):
        return error.status_code in RETRIED or error.status_code >= 500
    return isinstance(error, openai.APIConnectionError | ValueError)


def retry_after(error: BaseException | None) -> float | None:
    """Seconds the endpoint asks to wait, None if it does not say."""
    if not isinstance(error, openai.APIStatusError):
        return None
    header = error.response.headers.get("retry-after")
    return None if header is None else _seconds(header)


def _seconds(header: str) -> float | None:
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return None


def translate(error: Exception, model: str, base_url: str, retries: int) -> ModelEndpointError:
    """The error a person is shown."""
    again = f" after {retries} retries" if retries else ""
    if isinstance(error, openai.APIStatusError):
        return _status(error, model, base_url, retries, again)
    if isinstance(error, openai.APITimeoutError):
        return EndpointDown(f"{base_url} did not answer in time{again}.", "Try again, or ask a faster model.", retries)
    if isinstance(error, openai.APIConnectionError):
        what = f"{base_url} cannot be reached{again}."
        return EndpointDown(what, "Start the server, or correct STEPSCOPE_MODEL_ENDPOINT.", retries)
    what = f"{base_url} answered something that is no chat completion{again}: {str(error)[:200]}."
    return BadReply(
        what, "Check that the address is that of an OpenAI-compatible server (it often ends in /v1).", retries
    )


def _status(error: openai.APIStatusError, model: str, base_url: str, retries: int, again: str) -> ModelEndpointError:
    said = _said(error)
    code = error.status_code
    if code in (401, 403):
        return KeyRefused(
            f"{base_url} refused the key ({code}): {said}.", "Set OPENAI_API_KEY to a valid key.", retries
        )
    if code == 404:
        what = f"{base_url} knows no model {model!r} ({code}): {said}."
        return ModelUnknown(what, "Correct the model's name or the address.", retries)
    if code in (400, 413, 422) and _OVERFLOW.search(said):
        what = f"The prompt is too long for {model!r}: {said}."
        return ContextOverflow(what, "Use fewer examples, a smaller page, or a model with a longer context.", retries)
    if worth_retrying(error):
        what = f"{base_url} is overloaded or limits the rate ({code}){again}: {said}."
        return EndpointBusy(what, "Wait a while and resume, or use fewer workers.", retries)
    return RequestRefused(f"{base_url} refused the request ({code}): {said}.", "Check the model's settings.", retries)


def _said(error: openai.APIStatusError) -> str:
    body = error.body
    message = body.get("message") if isinstance(body, dict) else None
    return str(message or error.message or "no reason given")[:300].rstrip(".")

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
from llm_client.reading import ErrorBody

RETRIED = frozenset({408, 409, 425, 429})
_OVERFLOW = re.compile(r"context|too long|too many tokens|maximum.{0,20}tokens", re.IGNORECASE)
_ROOM = re.compile(
    r"context (?:length|size|window)(?: is| of)?(?: only)? \(?(\d+)|\(\d+ tokens\) exceeds [a-z ]*\((\d+)",
    re.IGNORECASE,
)
_ASKED = re.compile(r"(?:you requested|keep the first|resulted in|request \(|prompt \() ?(\d+)", re.IGNORECASE)
_TOTAL = re.compile(r"total of at least (\d+)", re.IGNORECASE)
_KEPT = re.compile(r"output that does not match the expected", re.IGNORECASE)


def worth_retrying(error: BaseException) -> bool:
    """Whether the same request may succeed a little later."""
    if isinstance(error, openai.APIStatusError):
        return error.status_code in RETRIED or error.status_code >= 500
    return isinstance(error, openai.APIConnectionError | ValueError) and not isinstance(error, ErrorBody)


def kept_output(error: openai.APIStatusError) -> bool:
    """Whether the endpoint has an answer and could not read it: llama.cpp does so with JSON that was cut off."""
    return error.status_code == 500 and _KEPT.search(_said(error)) is not None


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
    if isinstance(error, ErrorBody):
        if _OVERFLOW.search(str(error)):
            return _too_long(model, str(error), {}, retries)
        return RequestRefused(f"{base_url} refused the request: {error}.", "Check the model's settings.", retries)
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
        return _too_long(model, said, error.body, retries)
    if worth_retrying(error):
        what = f"{base_url} is overloaded or limits the rate ({code}){again}: {said}."
        return EndpointBusy(what, "Wait a while and resume, or use fewer workers.", retries)
    return RequestRefused(f"{base_url} refused the request ({code}): {said}.", "Check the model's settings.", retries)


def _too_long(model: str, said: str, body: object, retries: int) -> ContextOverflow:
    """With the tokens that fit and that were sent, where fields or words of the error hold them."""
    fields = body if isinstance(body, dict) else {}
    room = fields.get("n_ctx") or _number(_ROOM, said)
    asked = fields.get("n_prompt_tokens") or _number(_TOTAL, said) or _number(_ASKED, said)
    return ContextOverflow(
        f"The prompt is too long for {model!r}: {said}.",
        "Use fewer examples, a smaller page, or a model with a longer context.",
        retries,
        room if isinstance(room, int) else None,
        asked if isinstance(asked, int) else None,
    )


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(next(group for group in found.groups() if group)) if found else None


def _said(error: openai.APIStatusError) -> str:
    body = error.body
    message = body.get("message") if isinstance(body, dict) else None
    return str(message or error.message or "no reason given")[:300].rstrip(".")

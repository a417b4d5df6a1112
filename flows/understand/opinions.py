"""What a model thinks of an episode: the form its reply is held to, how two are told together, and how they are kept.

Asking for one, and holding its quotes to the record, is `flows.understand.judging`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from analysis.signals.model import Blamed
from traces.model import Annotation

TIMES = 2
"""How often a model is asked."""
LEAST_QUOTE = 3
"""Characters of a quote, at least: shorter ones stand anywhere."""


def _line(text: str) -> str:
    """A text as one line, so that nothing in it looks like a line of ours."""
    return " ".join(text.split())


class Quote(BaseModel):
    """Words of a step: its action, reason, error, pages."""

    model_config = ConfigDict(frozen=True)

    step: int
    text: Annotated[str, Field(min_length=LEAST_QUOTE, max_length=500)]


class Opinion(BaseModel):
    """What a model thinks of an episode; a model counts steps from 1, what is kept has their `seq`."""

    model_config = ConfigDict(frozen=True)

    outcome: Literal["success", "failed", "unsure"]
    blamed: Blamed
    frame: str
    first: int
    last: int
    quotes: Annotated[tuple[Quote, ...], Field(min_length=1, max_length=5)]
    confidence: Literal["low", "medium", "high"]
    said: Annotated[str, Field(max_length=1_000), AfterValidator(_line)] = ""


class _Kept(BaseModel):
    """Opinions as they lie in an annotation."""

    model: str
    opinions: tuple[Opinion, ...]
    rejected: tuple[str, ...] = ()
    tokens: int = 0
    cost: float | None = None


def parsed(text: str) -> Opinion | None:
    """The opinion in a reply, which may have words around it; None where there is none in the form asked for."""
    start, end = text.find("{"), text.rfind("}")
    try:
        return Opinion.model_validate(json.loads(text[start : end + 1]))
    except (ValidationError, ValueError, RecursionError):
        return None


def agree(opinions: Sequence[Opinion]) -> bool | None:
    """Whether all say the same outcome, blame and call; None where there are not enough of them."""
    if len(opinions) < TIMES:
        return None
    return len({(one.outcome, one.blamed, one.frame) for one in opinions}) == 1


def kept(one: Annotation) -> dict[str, Any] | None:
    """Opinions as they were kept, with `at`; None where a file from elsewhere holds something else."""
    try:
        body = _Kept.model_validate_json(one.text)
    except (ValidationError, ValueError):
        return None
    return {"episode": one.episode, **body.model_dump(mode="json"), "agree": agree(body.opinions), "at": one.at}


def said(result: Mapping[str, Any]) -> str:
    """Both opinions for a person, who counts steps from 1."""
    lines = [
        f"{one['outcome']}, blame: {one['blamed']} in {one['frame']}, {_steps(one['first'], one['last'])} "
        f"({one['confidence']}): {one['said']}"
        for one in result["opinions"]
    ]
    lines += [f"Not counted: {why}" for why in result["rejected"]]
    if result["agree"] is False:
        lines.append("The two opinions differ.")
    return "\n".join(lines)


def _steps(first: int, last: int) -> str:
    return f"step {first + 1}" if first == last else f"steps {first + 1} to {last + 1}"

"""Pieces: examples as a prompt shows them, pruned; in the mode `heap` the planner's turns are joined page by page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from labeling.label_sets import canonical
from labeling.prompts.model import DONE, Example, Piece, PromptConfig
from labeling.prompts.pruning import LIMIT, WHOLE, missing, prune
from llm_client.tokens import estimate_tokens


def pieces_of(examples: Sequence[Example], config: PromptConfig, planner: str) -> Iterator[Piece]:
    """The pieces; `examples` in the order a run would take them."""
    heap = config.mode == "heap"
    for turns in _pages(examples, planner) if heap else ([one] for one in examples):
        yield _piece(turns, config, listed=heap and turns[0].policy == planner)


def text_of(piece: Piece) -> str:
    """What of a piece is counted: everything a model reads of it."""
    return "\n".join((piece.objective, piece.url, piece.observation, *piece.previous, piece.reason, piece.action))


def _piece(turns: Sequence[Example], config: PromptConfig, *, listed: bool) -> Piece:
    first = turns[0]
    actions = [turn.action for turn in turns]
    pruned = prune(first.observation, actions, first.previous, LIMIT if config.prune else WHOLE)
    end = (DONE,) if listed and not turns[-1].is_stop else ()
    made = Piece(
        id=_id(turns, listed=listed),
        policy=first.policy,
        turns=tuple(turn.id for turn in turns),
        objective=first.objective,
        url=first.url,
        observation=pruned.observation,
        previous=pruned.previous,
        reason=" ".join(dict.fromkeys(turn.reason for turn in turns)) if config.reasons else "",
        actions=(*pruned.actions, *end),
        whole=hashlib.sha256(first.observation.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        tokens=0,
    )
    return made.model_copy(update={"tokens": estimate_tokens(text_of(made))})


def _id(turns: Sequence[Example], *, listed: bool) -> str:
    if not listed:
        return turns[0].id
    return f"pl-{hashlib.sha256(canonical([turn.id for turn in turns])).hexdigest()[:12]}"


def _pages(examples: Sequence[Example], planner: str) -> Iterator[list[Example]]:
    """The planner's turns as long as the page stays and what they name was to be seen from the start; others alone."""
    page: list[Example] = []
    for one in examples:
        if one.policy != planner:
            yield [one]
        elif page and _goes_on(page, one):
            page.append(one)
        else:
            if page:
                yield page
            page = [one]
    if page:
        yield page


def _goes_on(page: Sequence[Example], one: Example) -> bool:
    first = page[0]
    return (first.episode, first.url) == (one.episode, one.url) and missing(first.observation, one.action) is None

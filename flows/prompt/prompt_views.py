"""What is said of prompt sets that are there: one of them piece by piece, and what changed between two."""

from __future__ import annotations

from typing import Any

from flows.prompt import lineage, prompts
from labeling.prompts.differences import compare
from labeling.prompts.model import Piece, PromptSet
from wiring import Parts


def shown(parts: Parts, prompt_set: str, policy: str = "") -> dict[str, Any]:
    """`prompts.facts` with `pieces` (each with its text, why, and the steps it comes from), `runs` and `config`."""
    found = parts.labels.prompt_set(prompt_set)
    pieces = [one for one in found.pieces if policy in ("", one.policy)]
    return {
        **prompts.facts(found),
        "author": found.author,
        "parent": found.parent,
        "created": found.created,
        "config": found.config.model_dump(mode="json"),
        "pieces": [_piece(found, one) for one in pieces],
        "runs": lineage.runs_of(parts, found.id),
    }


def said(facts: dict[str, Any], *, text: bool) -> str:
    """A prompt set for a person, piece by piece."""
    lines = [prompts.said(facts), ""]
    for piece in facts["pieces"]:
        comes = ", ".join(f"{step['episode']} {step['step']}" for step in piece["steps"])
        lines.append(f"{piece['id']}  {piece['policy']}  {piece['tokens']} tokens  {piece['note']}")
        lines.append(f"    {' · '.join(piece['actions'])}   (from {comes})")
        if text:
            lines += [f"    | {line}" for line in text_of(piece).split("\n")]
    lines += [f"used by {run['run']} ({run['model']}, {run['episodes']} episodes)" for run in facts["runs"]]
    return "\n".join(lines)


def text_of(piece: dict[str, Any]) -> str:
    """A piece as a person reads it: objective, page, earlier actions, reason and answer."""
    head = [f"OBJECTIVE: {piece['objective']}", f"URL: {piece['url']}", "OBSERVATION:", piece["observation"]]
    past = ["PREVIOUS ACTIONS:", *(piece["previous"] or ["None"])]
    answer = [f"REASON: {piece['reason']}", "ACTION: " + "\n".join(piece["actions"])]
    return "\n".join([*head, *past, "", *answer])


def difference(parts: Parts, before: str, after: str) -> dict[str, Any]:
    """`{"before", "after", "differences": [...], "tokens": [...], "settings": [...]}`. Raises UnknownLabel."""
    made = compare(parts.labels.prompt_set(before), parts.labels.prompt_set(after))
    return made.model_dump(mode="json")


def said_difference(facts: dict[str, Any]) -> str:
    """A difference for a person."""
    lines = [f"From {facts['before']} to {facts['after']}"]
    lines += [f"  {name}: {one} → {other}" for name, one, other in facts["settings"]]
    lines += [f"  {row['policy']:<18} {row['before']:>7,} → {row['after']:>7,} tokens" for row in facts["tokens"]]
    for one in facts["differences"]:
        piece = one["after"] or one["before"]
        how = f" ({', '.join(one['fields'])})" if one["fields"] else ""
        lines.append(f"  {one['change']}{how}: {piece['id']} {one['policy']}: {' · '.join(piece['actions'])}")
    return "\n".join(lines if facts["differences"] else [*lines, "  Prompts show the same."])


def _piece(prompt_set: PromptSet, piece: Piece) -> dict[str, Any]:
    return {**piece.model_dump(mode="json"), "steps": lineage.steps_of(prompt_set, piece.id)}

"""Plans and results of labelling with a model in words, for the command line and the screen."""

from __future__ import annotations

from typing import Any

from labeling.llm.labeller import PREFIX


def planned(result: dict[str, Any]) -> str:
    """A plan for a person, one line per demonstration and the sum."""
    rows = [f"{one['episode']}  {_counts(one)}" for one in result["episodes"]]
    where = f"{result['model']} at {result['endpoint'] or 'the vendor'}"
    dated = f" (prices of {result['prices_of']})" if result["total"]["cost"] is not None else ""
    return "\n".join([*rows, f"{where}: {_counts(result['total'])}{dated}. Nothing was asked."])


def said(result: dict[str, Any]) -> str:
    """What was labelled, one line per demonstration, what was left out, and what the ledger says."""
    lines = [
        f"{one['episode']}  {one['status']}, {_how(one)}: {', '.join(one['segments'])}" for one in result["labelled"]
    ]
    lines += [f"left out: {one['episode']}: {one['reason']}" for one in result["left_out"]]
    ledger = result["ledger"]
    lines.append(
        f"{PREFIX}{result['model']} so far: {ledger['attempts']} requests, {ledger['failed']} failed, "
        f"{ledger['unheard']} never heard of{_doubted(ledger)}, {ledger['tokens_in']} tokens in, "
        f"{ledger['tokens_out']} out, cost {money(ledger['cost'])}"
    )
    return "\n".join(lines)


def _counts(plan_: dict[str, Any]) -> str:
    kept = f", {plan_['kept']} of them answered already" if plan_["kept"] else ""
    return (
        f"{plan_['calls']} calls{kept} (at most {plan_['most_calls']}), about {plan_['tokens_in']} tokens in and "
        f"{plan_['tokens_out']} out, cost {money(plan_['cost'])}"
    )


def _doubted(ledger: dict[str, Any]) -> str:
    """What a killed process was just sending, where there is such a request."""
    return f", {ledger['in_doubt']} more perhaps sent" if ledger["in_doubt"] else ""


def _how(one: dict[str, Any]) -> str:
    mended = f", {one['repairs']} mends" if one["repairs"] else ""
    rules = f", {one['fallbacks']} windows by the rules" if one["fallbacks"] else ""
    return f"{one['calls']} answers ({one['cached']} kept){mended}{rules}"


def money(cost: float | None) -> str:
    """US dollars, or that they are unknown."""
    return "unknown" if cost is None else f"${cost:.4f}"

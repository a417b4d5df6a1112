"""How good a real model is: `bench/labelling.py --endpoint URL --model M` labels the gold corpus's test part with it.

Replies are kept in bench/results/, so that a run broken off goes on where it was. Only sums over the part are told,
never a demonstration's labels. Until somebody runs it, the benchmark says "not measured".
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bench import labelling_gold as gold
from bench.common import RESULTS, commit, now
from bench.gold import Split, demonstrations, tree
from labeling.llm.asking import Asker
from labeling.llm.labeller import LlmLabeller
from labeling.llm.ledger import LedgerRows, Total
from labeling.llm.model import LabelSettings
from labeling.measures import Pair
from llm_client.endpoint import KEY, LOCAL_KEY, Endpoint
from llm_client.errors import ModelEndpointError
from llm_client.openai_chat import OpenAIChat
from llm_client.prices import load_prices
from policies.library import load_set
from store.workspace import Workspace
from wiring import POLICY_SET

LAST = RESULTS / "labelling-endpoint.json"
FOLDER = RESULTS / "endpoint"
NOT_MEASURED = "not measured (bench/labelling.py --endpoint URL --model M)"


def main(words: Sequence[str] | None = None) -> int:
    """Measure the endpoint the command line names, print the result and keep it. 2 when the endpoint failed."""
    asked = _options(words)
    try:
        told = measured(asked.endpoint, asked.model, os.environ.get(asked.key_env, ""), asked.concurrency, asked.split)
    except ModelEndpointError as error:
        print(f"{error} Run the same command again to go on.", file=sys.stderr)
        return 2
    if asked.split == "test":
        LAST.parent.mkdir(parents=True, exist_ok=True)
        LAST.write_text(json.dumps(told), encoding="utf-8")
    print(json.dumps(told, indent=1) if asked.json else said(told))
    return 0


def asked_for() -> bool:
    """Whether the command line names an endpoint."""
    return any(word.partition("=")[0] == "--endpoint" for word in sys.argv[1:])


def notes() -> list[str]:
    """What is known of a real model, as lines below a table."""
    told = last()
    return ["", f"a real model: {NOT_MEASURED}"] if told is None else ["", *said(told).split("\n")]


def last() -> dict[str, Any] | None:
    """The result of the last endpoint that was measured on the test part, None if there is none."""
    try:
        found: dict[str, Any] = json.loads(LAST.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def measured(url: str, model: str, key: str = "", concurrency: int = 4, split: Split = "test") -> dict[str, Any]:
    """`{"figures": {name: number}, "detail": {...}}` of the labeller with this model; replies are kept in `FOLDER`.

    Raises ModelEndpointError; what was answered by then is kept.
    """
    settings, policies, prices = LabelSettings(concurrency=concurrency), load_set(POLICY_SET), load_prices()
    rows = Workspace(FOLDER)
    ledger = LedgerRows(rows, hashlib.sha256(f"{url} {model}".encode()).hexdigest()[:16])
    pairs, by_rules, windows = dict[str, Pair](), 0, 0
    try:
        with OpenAIChat(model, Endpoint(url, key or LOCAL_KEY), prices, ledger.write, sending=ledger.write) as chat:
            asker = Asker(chat, rows, url, prices, concurrency)
            for one in demonstrations(split):
                labeller = LlmLabeller(asker, settings)
                pairs[one.name] = Pair(gold.proposed(labeller, one, policies), tree(one.name, policies))
                by_rules += len(labeller.report.fallbacks)
                windows += len(labeller.report.windows)
        total = ledger.total()
    finally:
        rows.close()
    detail = {
        "model": model, "endpoint": url, "split": split, "demonstrations": len(pairs), "windows": windows,
        "windows_by_rules": by_rules, "ledger": asdict(total), "prices_of": str(prices.date or "nothing"),
    }  # fmt: skip
    found = {**gold.figures("llm", gold.estimates(pairs)), **_spent(total)}
    return {"figures": found, "detail": detail, "commit": commit(), "date": now()}


def said(told: dict[str, Any]) -> str:
    """A result as a table, with the cost or that it is unknown."""
    detail, found = told["detail"], told["figures"]
    width = max(len(name) for name in found)
    cost = detail["ledger"]["cost"]
    return "\n".join(
        [
            f"{detail['model']} at {detail['endpoint']}, {detail['split']} part, "
            f"{detail['demonstrations']} demonstrations",
            *(f"{name:<{width}}  {value:>10.3f}" for name, value in found.items()),
            f"cost {'unknown' if cost is None else f'${cost:.4f} (prices of ' + detail['prices_of'] + ')'}",
            f"{detail['windows_by_rules']} of {detail['windows']} windows were answered by the rules",
            f"commit {told['commit']}, {told['date']}",
        ]
    )


def _spent(total: Total) -> dict[str, float]:
    told = {
        "llm_requests": total.attempts,
        "llm_requests_failed": total.failed,
        "llm_tokens_in": total.tokens_in,
        "llm_tokens_out": total.tokens_out,
    }
    return told if total.cost is None else {**told, "llm_cost_usd": round(total.cost, 4)}


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure a model at an OpenAI-compatible endpoint on the gold corpus.")
    parser.add_argument("--endpoint", required=True, help="the endpoint's address, e.g. http://127.0.0.1:8000/v1")
    parser.add_argument("--model", required=True, help="the model's name there")
    parser.add_argument("--key-env", default=KEY, help=f"the environment variable that holds the key ({KEY})")
    parser.add_argument("--concurrency", type=int, default=4, help="requests at a time (4)")
    parser.add_argument("--split", choices=("test", "development"), default="test", help="the part of the corpus")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    return parser.parse_args(words)

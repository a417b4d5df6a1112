"""Failed runs put together by what they have in common: signals, blame, the policy blamed, the page where it began."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.signals.registry import DETECTORS
from store.filters import Filter
from store.listing import Cluster
from wiring import Parts

FAILED = ("failed", "error")
"""How an episode ended that failed."""
EXAMPLES = 3
TASKS = 6
_DETECTORS = {one.id: one for one in DETECTORS}


@dataclass(frozen=True)
class Failures:
    """The failed runs that fit a filter: how many, of how many runs, the clusters, and how many nobody looked at."""

    asked: Filter
    total: int
    runs: int
    clusters: tuple[Cluster, ...]
    unseen: int


@dataclass(frozen=True)
class Example:
    """One failed run of a cluster: its row, and in words what its beginning rests on."""

    row: dict[str, Any]
    said: str


def failed(asked: Filter) -> Filter:
    """The failed runs of agents among what a filter shows."""
    return asked.choosing("actor", "agent").choosing("status", *FAILED)


def overview(parts: Parts, asked: Filter) -> Failures:
    """All clusters of the failed runs that fit, largest first."""
    lists, meant = parts.episodes.catalogue.lists, failed(asked)
    return Failures(
        asked=meant,
        total=lists.count(meant),
        runs=lists.count(asked.choosing("actor", "agent").choosing("status")),
        clusters=lists.clusters(meant),
        unseen=lists.facet(meant.choosing("blame"), "blame").get("", 0),
    )


def examples(parts: Parts, found: Failures, cluster: Cluster, most: int = EXAMPLES) -> tuple[Example, ...]:
    """The newest failures of a cluster."""
    rows = parts.episodes.catalogue.lists.page(cluster.narrowed(found.asked), most).rows
    return tuple(Example(row, _said(parts, row)) for row in rows)


def rules(cluster: Cluster) -> tuple[tuple[str, str, str], ...]:
    """(id, name, rule in words) of the cluster's signals."""
    known = (_DETECTORS[name] for name in cluster.signals.split(",") if name in _DETECTORS)
    return tuple((one.id, one.name, one.told) for one in known)


def title(cluster: Cluster) -> str:
    """What happened, in a few words."""
    names = [name for _, name, _ in rules(cluster)]
    nothing = "No rule saw anything wrong" if cluster.blame else "Not looked at yet"
    what = ", ".join(names).capitalize() if names else nothing
    return f"{what} · {next(iter(cluster.tasks))}" if len(cluster.tasks) == 1 and "" not in cluster.tasks else what


def blamed(cluster: Cluster) -> str:
    """Whose fault it is suspected to be."""
    if not cluster.blame:
        return "nobody is suspected"
    who = f", in {cluster.blamed_policy}" if cluster.blamed_policy else ""
    return f"suspected: {cluster.blame}{who}"


def table(parts: Parts, asked: Filter, most: int) -> dict[str, Any]:
    """The same as plain values: `{"failed", "runs", "unseen", "clusters": [...]}`, with ids of examples."""
    found = overview(parts, asked)
    return {
        "failed": found.total,
        "runs": found.runs,
        "unseen": found.unseen,
        "clusters": [
            {
                "title": title(one),
                "signals": [name for name in one.signals.split(",") if name],
                "blame": one.blame,
                "blamed_policy": one.blamed_policy,
                "failed_page": one.failed_page,
                "count": one.count,
                "share": round(one.count / found.total, 4),
                "tasks": dict(one.tasks),
                "list": one.narrowed(found.asked).address(),
                "examples": [
                    {"episode": example.row["id"], "step": example.row["began_step"], "said": example.said}
                    for example in examples(parts, found, one)
                ],
            }
            for one in found.clusters[:most]
        ],
    }


def said(found: dict[str, Any]) -> str:
    """Clusters for a person."""
    lines = [f"{found['failed']:,} of {found['runs']:,} runs failed."]
    for one in found["clusters"]:
        lines.append(
            f"{one['count']:6,}  {100 * one['share']:3.0f} %  {one['title']} · {one['failed_page'] or 'no page'}"
        )
        lines += [f"                {example['episode']}  {example['said']}" for example in one["examples"][:1]]
    if found["unseen"]:
        lines.append(f"{found['unseen']:,} have not been looked at: `signals recompute` does.")
    return "\n".join(lines)


def _said(parts: Parts, row: Mapping[str, Any]) -> str:
    """What the beginning rests on, as it was kept: nothing is looked for here."""
    if not row["n_steps"]:
        return "It ended before its first step."
    kept = parts.findings.kept(row["id"])
    return kept.beginning.said if kept is not None and kept.beginning is not None else ""

"""Clusters of failures as the cards of their component, page by page, and where their links lead."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import parse_qs, urlsplit

import streamlit as st

from flows.understand import failures
from flows.understand.failures import Example, Failures
from store.listing import Cluster
from traces.sentences import counted
from ui.components.clusters import clusters
from ui.episode_rows import task
from ui.jobs import Job
from ui.urls import endpoints, episodes_link, replay_link
from wiring import Parts

PAGE = 10


def draw(parts: Parts, found: Failures, key: str) -> None:
    """How many failed (at least one did), and their clusters, the largest first."""
    groups = counted(len(found.clusters), "group")
    st.markdown(f"**{found.total:,}** of {counted(found.runs, 'run')} failed, in {groups}.")
    pages = math.ceil(len(found.clusters) / PAGE)
    first = (min(st.session_state.get(f"{key}_page", 1), pages) - 1) * PAGE
    shown = [_card(parts, found, one) for one in found.clusters[first : first + PAGE]]
    went = clusters(shown, root=endpoints(), token=parts.guard.token, key=f"{key}_cards")
    if went:
        _go(went)
    if pages > 1:
        st.pagination(pages, key=f"{key}_page")


def looked(job: Job) -> None:
    """What came of looking at failures that nobody had looked at."""
    if job.result:
        st.success(f"Looked at {counted(job.result['looked'], 'episode')}.", icon=":material/check:")


def _card(parts: Parts, found: Failures, one: Cluster) -> dict[str, Any]:
    within = one.narrowed(found.asked)
    tasks = sorted(one.tasks.items(), key=lambda item: (-item[1], item[0]))
    return {
        "title": failures.title(one),
        "count": one.count,
        "share": one.count / found.total,
        "said": f"failed so, {_percent(one.count / found.total)} of all",
        "blamed": failures.blamed(one),
        "policy": one.blamed_policy,
        "page": one.failed_page,
        "rules": failures.rules(one),
        "link": episodes_link(within.address()),
        "all": f"Show {'all ' if one.count > 1 else ''}{counted(one.count, 'episode')}",
        "tasks": [
            (f"{name or 'no task'} ({count:,})", episodes_link(within.choosing("task", name).address()))
            for name, count in tasks[: failures.TASKS]
        ],
        "examples": [_example(example, within.address()) for example in failures.examples(parts, found, one)],
    }


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 else "less than 1 %"


def _example(example: Example, address: str) -> dict[str, Any]:
    row = example.row
    began = row["began_seq"]
    return {
        "id": row["id"],
        "began": began,
        "version": row["ended"] or 0,
        "task": task(row),
        "said": example.said,
        "where": "open" if began is None else f"begins at step {began + 1} of {row['n_steps']}",
        "link": replay_link(row["id"], row["began_step"], listed=address),
    }


def _go(link: str) -> None:
    """Go to a link of ours without loading the app anew. Ends the script run."""
    parts = urlsplit(link)
    page = parts.path.rstrip("/").rpartition("/")[2]
    st.switch_page(f"pages/{page}.py", query_params=parse_qs(parts.query, keep_blank_values=True))

"""The tables of the catalogue: one row per episode, and the index that lists read."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, String, Table, Text

from store.workspace import METADATA

EPISODES = Table(
    "episode",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("number", Integer),
    Column("file", Text, nullable=False),
    Column("actor", String(20)),
    Column("status", String(20)),
    Column("end_reason", String(60)),
    Column("objective", Text),
    Column("site", String(200)),
    Column("task", String(200)),
    Column("seed", Integer),
    Column("run", String(200)),
    Column("model", String(200)),
    Column("prompt_set", String(80)),
    Column("policy_set", String(80)),
    Column("author", String(120)),
    Column("answer", Text),
    Column("reward", Float),
    Column("started", Float),
    Column("ended", Float),
    Column("took", Float),
    Column("n_steps", Integer),
    Column("n_frames", Integer),
    Column("max_depth", Integer),
    Column("n_calls", Integer),
    Column("tokens", Integer),
    Column("cost", Float),
    Column("tags", Text),
    Column("heartbeat", Float),
    Column("signals", String(200)),
    Column("n_signals", Integer),
    Column("began_seq", Integer),
    Column("began_step", String(128)),
    Column("blame", String(20)),
    Column("blamed_policy", String(120)),
    Column("failed_page", String(300)),
)
"""One row per episode; `number` is the one its words are kept under (store.words).

From `signals` on the columns are what was found of it when it had ended (analysis.signals)."""

_ASKED = """started id number status actor task policy_set prompt_set model run author site blame blamed_policy
    failed_page signals tags n_signals began_seq n_steps max_depth n_calls tokens cost took reward"""
LISTED = Index("ix_episode_listed", *(EPISODES.c[name] for name in _ASKED.split()))
"""Everything a list filters, sorts or counts by: whatever is asked, one walk over this index answers it.

An index for each column would lead to the wide rows one by one; see docs/decisions/007-lists-from-one-index.md.
"""

"""A policy as a card: what it is for, who may call it, its other names, and its versions with what was different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from flows.label.policy_facts import stamp
from ui.theme import policy_colour

STYLE = """<style> /* a card reads as a small table: what is asked on the left, the answer on the right */
.policy dl { display: grid; grid-template-columns: 6.5rem 1fr; gap: .3rem .8rem; margin: .7rem 0 .2rem; padding: 0; }
.policy dt { opacity: .7; margin: 0; } .policy dd, .policy p { margin: 0; overflow-wrap: anywhere; }
.policy h2 { display: flex; gap: .6rem; align-items: center; font-size: 1rem; padding: 0; margin: 0 0 .2rem; }
.policy h2 i { width: .7rem; height: .7rem; border-radius: 2px; flex: none; }
.policy h2 code { font-size: .95rem; background: none; padding: 0; color: inherit; }
.policy small { opacity: .7; display: block; margin: 0 0 .5rem; font-size: .85rem; }
.policy ul, .policy li { margin: 0; } .policy ul { padding: .3rem 0 0 1.2rem; }
.policy del { opacity: .65; } .policy ins { text-decoration: none; font-weight: 600; }
</style>"""


def show_card(found: Mapping[str, Any], calls: int, examples: int) -> None:
    """The policy's card and its versions."""
    policy = found["policy"]
    facts = {
        "Use when": policy["when_to_use"],
        "Not when": policy["when_not"],
        "Ends": policy["stop_rule"],
        "Takes": "; ".join(_parameter(p) for p in policy["parameters"]),
        "May do": ", ".join(policy["actions"]),
        "May call": ", ".join(policy["sub_policies"]),
        "Called by": ", ".join(found["called_by"]) or ("" if policy["kind"] == "planner" else "nobody"),
        "Also called": ", ".join(policy["aliases"]),
        "In the sets": ", ".join(found["sets"]),
        "Used": f"{calls} calls in labels, {examples} examples in the newest prompt sets",
    }
    rows = "".join(f"<dt>{name}</dt><dd>{escape(str(value))}</dd>" for name, value in facts.items() if value)
    colour = policy_colour(policy["name"], dark=st.context.theme.type == "dark")
    state = "" if found["status"] == "active" else f" · {found['status']}"
    st.html(
        f'{STYLE}<article class="policy"><h2><i style="background:{colour}"></i>'
        f"<code>{escape(found['signature'])}</code></h2>"
        f"<small>{policy['kind']} · version {policy['version']} · {escape(found['id'])}{state}</small>"
        f"<p>{escape(policy['description'])}</p><dl>{rows}</dl></article>"
    )


def show_findings(rows: Sequence[Mapping[str, Any]]) -> None:
    """What is wrong with the set, a line each."""
    if not rows:
        return
    lines = "".join(f"<li><code>{escape(row['policy'])}</code>: {escape(row['said'])}</li>" for row in rows)
    with st.container(border=True):
        st.html(f"{STYLE}<article class='policy'><b>{len(rows)} to look at</b><ul>{lines}</ul></article>")


def show_versions(rows: Sequence[Mapping[str, Any]]) -> None:
    """Every change of a policy, newest first, field by field."""
    for row in rows:
        lines = "".join(_difference(one) for one in row["differs"])
        said = "shipped with Stepscope" if row["op"] == "seed" else row["said"]
        version = f"version {row['version']}" if row["version"] else "taken away"
        st.html(
            f'<article class="policy"><b>{version}</b> · {escape(said)}'
            f"<small>{escape(row['actor'])}, {stamp(row['at'])}</small><dl>{lines}</dl></article>"
        )


def _difference(one: Mapping[str, Any]) -> str:
    before, after = escape(one["before"]) or "—", escape(one["after"]) or "—"
    return f"<dt>{one['field']}</dt><dd><del>{before}</del> → <ins>{after}</ins></dd>"


def _parameter(parameter: Mapping[str, Any]) -> str:
    said = f"{parameter['name']} ({parameter['type']}{'' if parameter['required'] else ', optional'})"
    return f"{said}: {parameter['description']}" if parameter["description"] else said

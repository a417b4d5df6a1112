"""Policies: the library. Which policies there are, what a call takes, and which may call which."""

from html import escape

import streamlit as st

from policies.library import load_set, set_names
from policies.model import Policy
from ui.shell import open_page
from ui.theme import policy_colour

STYLE = """<style> /* a card reads as a small table: what is asked on the left, the answer on the right */
.policy dl { display: grid; grid-template-columns: 6.5rem 1fr; gap: .2rem .8rem; margin: .6rem 0 .2rem; padding: 0; }
.policy dt { opacity: .7; margin: 0; } .policy dd, .policy p { margin: 0; }
.policy h2 { display: flex; gap: .6rem; align-items: center; font-size: 1rem; padding: 0; margin: 0 0 .3rem; }
.policy h2 i { width: .7rem; height: .7rem; border-radius: 2px; flex: none; }
.policy h2 code { font-size: .95rem; background: none; padding: 0; color: inherit; }
.policy h2 small { font-weight: 400; opacity: .7; margin-left: auto; }
</style>"""


def card(policy: Policy, *, dark: bool) -> str:
    """The policy as HTML."""
    facts = {
        "Use when": policy.when_to_use,
        "Not when": policy.when_not,
        "Ends": policy.stop_rule,
        "May call": ", ".join(policy.sub_policies),
    }
    rows = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items() if value)
    return (
        f'<article class="policy"><h2><i style="background:{policy_colour(policy.name, dark=dark)}"></i>'
        f"<code>{escape(policy.signature)}</code><small>{policy.kind} · version {policy.version}</small></h2>"
        f"<p>{escape(policy.description)}</p><dl>{rows}</dl></article>"
    )


open_page("Policies", "What an agent may call and what labels may say. Each shipped set extends the core vocabulary.")
chosen = st.segmented_control("Policy set", set_names(), default="web", key="policies_set") or "web"
library = load_set(chosen)
st.caption(library.description)
st.html(STYLE)
for policy in sorted(library, key=lambda p: (p.kind != "planner", p.name)):
    with st.container(border=True):
        st.html(card(policy, dark=st.context.theme.type == "dark"))

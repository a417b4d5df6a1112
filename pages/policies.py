"""Policies: the library. Which policies there are, what a call takes, and which may call which."""

import streamlit as st

from policies.library import load_set, set_names
from ui.shell import open_page
from ui.theme import policy_colour

open_page("Policies", "What an agent may call and what labels may say. Each shipped set extends the core vocabulary.")
names = set_names()
chosen = st.segmented_control("Policy set", names, default="web", key="policies_set") or "web"
library = load_set(chosen)
st.caption(library.description)
dark = st.context.theme.type == "dark"
for policy in sorted(library, key=lambda p: (p.kind != "planner", p.name)):
    with st.container(border=True):
        st.html(
            f'<span style="color:{policy_colour(policy.name, dark=dark)}" aria-hidden="true">■</span> '
            f"<strong>{policy.name}</strong> <code>{policy.signature}</code> "
            f"<small>{policy.kind} · version {policy.version}</small>"
        )
        st.write(policy.description)
        st.caption(f"**Use** {policy.when_to_use}" + (f" **Not** {policy.when_not}" if policy.when_not else ""))
        st.caption(f"**Returns when** {policy.stop_rule}")
        if policy.sub_policies:
            st.caption("**May call** " + ", ".join(policy.sub_policies))

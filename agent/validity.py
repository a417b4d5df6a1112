"""Whether a policy may do what it asks for, and the sentence it is told if not."""

from __future__ import annotations

import re
from typing import Protocol

from policies.errors import PolicyError
from policies.model import Policy
from traces.actions import TARGETED, Action


class Library(Protocol):
    """Where policies are looked up."""

    def resolve(self, name: str) -> Policy:
        """The policy of that name or alias. Raises PolicyError."""


def why_not(action: Action, policy: Policy, observation: str, policies: Library) -> str | None:
    """The reason an action or call cannot be carried out, None if it can."""
    if action.name == "stop":
        return None
    if action.is_page:
        return _page_action(action, policy, observation)
    return _call(action, policy, policies)


def _page_action(action: Action, policy: Policy, observation: str) -> str | None:
    if action.name not in policy.actions:
        return f"{policy.name} may not {action.name}; it may {_listed((*policy.actions, 'stop'))}"
    targets = action.args if action.name == "drag" else action.args[:1]
    missing = [t for t in targets if action.name in TARGETED and not _has(observation, t)]
    return f"there is no element [{missing[0]}] on the page" if missing else None


def _has(observation: str, element: str) -> bool:
    return re.search(rf"^ *\[{re.escape(element)}\] ", observation, re.MULTILINE) is not None


def _call(call: Action, policy: Policy, policies: Library) -> str | None:
    try:
        called = policies.resolve(call.name)
    except PolicyError:
        return f"there is no action or policy {call.name!r}"
    if called.name not in policy.sub_policies and call.name not in policy.sub_policies:
        return f"{policy.name} may not call {call.name}; it may call {_listed(policy.sub_policies) or 'no policy'}"
    needed = [p for p in called.parameters if p.required]
    if not len(needed) <= len(call.args) <= len(called.parameters):
        return f"{called.name} takes {_listed([f'[{p.name}]' for p in called.parameters]) or 'no arguments'}"
    return None


def _listed(names: object) -> str:
    return ", ".join(str(name) for name in names) if isinstance(names, list | tuple) else ""

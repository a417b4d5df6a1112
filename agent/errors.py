"""Errors of the agent.

AgentError
├── ReplyError       a model's reply that is not one reason and one action
├── ModelError       a model that cannot answer at all (no key, endpoint down, nothing learned)
├── PromptError      a template that asks for something nobody gave
├── ReplayError      a replayed episode that is asked for something it does not hold
└── RunError         a run that cannot start
"""

from __future__ import annotations


class AgentError(Exception):
    """Base of the errors of this package; its text is fit to be shown to a person."""


class ReplyError(AgentError):
    """A reply that cannot be read; the text is told back to the policy."""


class ModelError(AgentError):
    """A model that cannot answer; the episode ends with status `error` and keeps everything up to here."""


class PromptError(AgentError):
    """A template that asks for something nobody gave."""


class ReplayError(AgentError):
    """A replayed episode that is asked for something it does not hold."""


class RunError(AgentError):
    """A run that cannot start: nothing to do, an unknown model, a factory that cannot be imported."""

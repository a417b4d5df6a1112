"""Runs of the agent, by a model or by hand, what is reported of them, and practice."""

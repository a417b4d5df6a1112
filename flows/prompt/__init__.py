"""Prompt sets: building them of accepted labels, checking them, and where their examples come from."""

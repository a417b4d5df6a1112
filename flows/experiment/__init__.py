"""Experiments: the questions, their material, and how each is played or asked."""

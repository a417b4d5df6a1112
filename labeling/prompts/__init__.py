"""Prompt sets: from frozen labels to what prompts show, each example with where it comes from and why it is there."""

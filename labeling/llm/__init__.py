"""The labeller that asks a language model: windows, prompts, replies read whatever they are, votes, a valid tree."""

"""What a person or a labeller says about an episode: calls over its steps, review, and the prompts made of them."""

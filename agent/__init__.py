"""The stacked-policy agent: stack machine, prompts, replies, models, the learner and the runner of many episodes."""

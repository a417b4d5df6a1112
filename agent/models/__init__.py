"""The policy models: `scripted`, `openai:<model>` and `demos`, each behind `agent.model.PolicyModel`."""

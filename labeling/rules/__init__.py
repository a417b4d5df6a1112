"""The rules labeller: proposes calls from actions, roles, names, containers and value changes; no model, no key."""

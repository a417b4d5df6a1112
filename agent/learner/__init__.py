"""The model `demos`: one scorer per policy, trained in seconds on a prompt set's examples and on nothing else.

It sees what a decision holds and answers with the likeliest candidate. docs/learner.md says how, and what it cannot do.
"""

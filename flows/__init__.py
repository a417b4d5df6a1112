"""What a person does in one go, across all packages: record, label, build prompts, run, the tour, delete.

Pages and the command line call the same functions; progress and stopping are given as callables.
"""

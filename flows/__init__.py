"""What a person does in one go, across all packages, in a folder for each: record, label, prompt, run, teach and so on.

Pages and the command line call the same functions; progress and stopping are given as callables.
"""

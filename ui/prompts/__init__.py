"""The parts of the Prompts screen: the form, the examples of a set, its checks, and two sets side by side."""

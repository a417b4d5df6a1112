"""What episodes say: signals, failures in groups, two beside each other, policies and stacks counted."""

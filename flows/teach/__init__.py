"""A failed run done again to a step, shown from there by a person, and tried once more."""

"""Which policies there are: their types, the sets shipped as YAML, and the library that resolves a name."""

"""Labels and the policies they name: proposing, deciding, comparing who labelled, changing the library."""

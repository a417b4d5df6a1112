"""Practice sites: small seeded web sites with scenarios and evaluators, each run as its own process."""

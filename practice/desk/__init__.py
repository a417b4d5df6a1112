"""Harbor Desk: a practice helpdesk and shop admin in one, where the hard widgets live; seeded, with an evaluator."""

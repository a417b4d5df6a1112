"""Failure signals: what in an episode's record looks wrong, by rules alone; where failure begins, and whose it is."""

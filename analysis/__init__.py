"""Numbers about episodes: intervals and rates now; signals, blame and scorecards later. Draws nothing."""

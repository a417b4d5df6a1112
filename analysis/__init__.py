"""What episodes say: failure signals and blame, agreement of labels, scorecards, stack depth. Draws nothing."""

"""Into a workspace and out of it: runs of other programs, recordings, bundles, labels, episodes whole or redacted."""

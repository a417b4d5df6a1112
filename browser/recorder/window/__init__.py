"""The recorder's second source: a person in a window of their own, heard by listeners of our isolated world."""

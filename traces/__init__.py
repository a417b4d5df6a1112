"""What happened: episodes, steps, frames, observations and actions, and how they are read and written."""

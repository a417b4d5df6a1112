"""Checks of proposed calls against the recording: rules' and models' proposals alike, cheapest first."""

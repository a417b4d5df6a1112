"""Chromium through Playwright: the session thread, the observation of a page, acting on it, and environments."""

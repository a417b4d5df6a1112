"""Demonstrations: recording one, checking it by doing it again, and what its marks come to."""

"""Foreign formats of recordings: one module each, one registry; what a format cannot say is listed, never dropped."""

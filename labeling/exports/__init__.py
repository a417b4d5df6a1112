"""Labels and prompts for other programs: pure writers from frozen label sets, and the native bundle that comes back."""

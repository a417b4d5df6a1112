"""What a view of a running recording needs: its pictures, and the registry that keeps recordings between page loads."""

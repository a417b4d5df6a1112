"""What the Policies screen is made of: list and card, forms with a preview, history, proposals."""

"""CSL 1.0.2: styles, items and citations in, formatted text out; pure, and usable on its own."""

"""Web pages: structured data, what is visible, the main text."""

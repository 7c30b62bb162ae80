"""References and citations, and what can be said of their evidence."""

"""Bibliographies in pages: what a ``{bibliography}`` lists, and of which files."""

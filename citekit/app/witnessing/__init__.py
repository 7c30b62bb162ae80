"""Witnesses: somebody else remembers a log, and signs only what grew from there."""

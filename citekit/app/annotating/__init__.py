"""Annotations of passages, and the entities and claims that they name."""

"""The state of a whole archive: its tree, and the leaf that says it."""

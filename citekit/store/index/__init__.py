"""The rebuildable cache that answers lists and searches."""

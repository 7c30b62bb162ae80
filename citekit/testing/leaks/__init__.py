"""Does something get out that must not? Markers, archives full of them, and the search."""

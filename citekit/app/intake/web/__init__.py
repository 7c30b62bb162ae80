"""Pages that citekit visits itself: what they answer, and how that is recorded."""

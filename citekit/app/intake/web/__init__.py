"""Pages that citekit visits itself: what they answer, and asking again later."""

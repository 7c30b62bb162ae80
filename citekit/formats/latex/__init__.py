"""LaTeX: text to it and from it, letters beyond ASCII."""

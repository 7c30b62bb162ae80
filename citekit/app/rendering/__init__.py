"""The citations of a paper, made: by which style, of which sources, and how they read."""

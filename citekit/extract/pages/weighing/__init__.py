"""From what was read to what is meant: each field's candidates judged."""

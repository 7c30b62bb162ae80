"""The styles and languages that users bring: taken in, listed with their origin, removed."""

"""Plain text: which line is the headline, a byline, a caption, body or noise."""

"""Commands for many pages at once."""

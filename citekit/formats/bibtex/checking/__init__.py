"""What is wrong in a .bib file, sign by sign, and what can be mended in its place."""

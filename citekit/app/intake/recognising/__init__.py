"""Whether an entry of a bibliography is an item of the archive, and what the file adds to it."""

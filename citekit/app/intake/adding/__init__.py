"""A source on its way into the archive: opened, read, and many of them side by side."""

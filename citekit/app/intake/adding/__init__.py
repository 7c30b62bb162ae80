"""A source on its way into the archive: opened, read, and put together."""

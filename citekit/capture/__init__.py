"""Network to bytes and facts; nothing here knows an archive."""

"""Many files at once: some are read while others are stored."""

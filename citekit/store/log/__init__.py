"""The transparency log on the disk, and what it says the archive holds."""

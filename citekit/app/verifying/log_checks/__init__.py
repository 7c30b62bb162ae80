"""What the log says, and who vouches for it."""

"""Archives on their way: packages for others, and copies."""

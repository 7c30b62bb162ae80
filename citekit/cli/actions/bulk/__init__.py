"""What the commands for many pages at once do."""

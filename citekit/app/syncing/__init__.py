"""A paper's bibliography in step with what it cites."""

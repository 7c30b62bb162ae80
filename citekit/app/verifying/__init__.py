"""``verify``: each check looks at an Inspection and yields findings."""

"""The checks behind ``verify``: each one looks at an Inspection and yields findings."""

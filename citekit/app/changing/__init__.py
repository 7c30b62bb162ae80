"""Changes of what an archive holds: fields, access, keys, and bytes that go."""

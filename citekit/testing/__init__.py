"""Public helpers for tests: conformance drivers, builders and honest fakes."""

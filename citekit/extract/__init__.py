"""Bytes of an article in; its text and its metadata with evidence out; pure."""

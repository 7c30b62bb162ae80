"""The archive folder: read it without a lock, write it under one (start at archive.py)."""

"""The log of an archive, sealed: what waits, keys, signatures, timestamps."""

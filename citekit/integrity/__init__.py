"""Digests, Merkle trees, checkpoints, signatures and timestamps; pure."""

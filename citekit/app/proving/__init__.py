"""Proofs that a stranger checks offline."""

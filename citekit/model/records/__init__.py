"""Records to and from JSON, checked and lossless; the quick ways for who reads very many."""

"""Sort keys: the order of a dictionary."""

from __future__ import annotations

from citekit.csl.passes.collation import collation_key


def test_dictionary_order() -> None:
    """Accents, case and punctuation do not count; numbers count as numbers."""
    words = ["zoe", "Ábel", "abd", "10 x", "9 x", "“Abc”", "Œuvre", "oe"]
    assert sorted(words, key=collation_key) == [
        "9 x", "10 x", "“Abc”", "abd", "Ábel", "oe", "Œuvre", "zoe",
    ]  # fmt: skip

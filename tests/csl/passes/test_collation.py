"""Sort keys: the order of a dictionary."""

from __future__ import annotations

import pytest

from citekit.csl.passes.collation import collation_key


def test_dictionary_order() -> None:
    """Accents, case and punctuation do not count; numbers count as numbers."""
    words = ["zoe", "Ábel", "abd", "10 x", "9 x", "“Abc”", "Œuvre", "oe"]
    assert sorted(words, key=collation_key) == [
        "9 x", "10 x", "“Abc”", "abd", "Ábel", "oe", "Œuvre", "zoe",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", "桥 elm мост"),
        ("ja", "elm はし 桥 мост"),
        ("ko", "다리 桥 elm мост"),
        ("ru", "мост elm γέφυρα 桥"),
        ("el", "γέφυρα elm мост 桥"),
        ("he", "גשר elm мост 桥"),
        ("en", "elm γέφυρα мост 桥"),
    ],
)
def test_own_scripts_first_then_latin_then_the_rest(language: str, expected: str) -> None:
    """A language sorts its own scripts before Latin, and Latin before those of others."""
    words = expected.split()

    backwards = words[::-1]
    found = sorted(backwards, key=lambda word: collation_key(word, language))

    assert found == words


@pytest.mark.parametrize(
    ("language", "expected"),
    [("zh", "陈 李 王 张 周 㐀"), ("ja", "高橋 佐々木 佐藤 山本 渡辺 鈴木 㐀")],
)
def test_han_signs_follow_their_reading(language: str, expected: str) -> None:
    """Chinese sorts by the sound of common signs, Japanese by its standard; rare ones follow."""
    words = expected.split()

    backwards = words[::-1]
    found = sorted(backwards, key=lambda word: collation_key(word, language))

    assert found == words

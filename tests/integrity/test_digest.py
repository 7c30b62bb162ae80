"""Digests: one spelling, the same bytes the same digest, however they arrive."""

from __future__ import annotations

import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.integrity.digest import Digest, Hasher, digest_bytes, digest_chunks, parse_digest


@given(st.lists(st.binary()))
def test_chunks_give_the_digest_of_the_whole(chunks: list[bytes]) -> None:
    """However a stream is cut, its digest and size are those of the bytes together."""
    whole = b"".join(chunks)
    assert digest_chunks(chunks) == (digest_bytes(whole), len(whole))
    assert digest_bytes(whole) == "sha256:" + hashlib.sha256(whole).hexdigest()


def test_hasher_counts_bytes_not_elements() -> None:
    """A memoryview of wider elements counts by bytes."""
    hasher = Hasher()
    hasher.update(memoryview(b"12345678").cast("I"))
    assert hasher.size_bytes == 8
    assert hasher.digest() == digest_bytes(b"12345678")


@given(st.binary())
def test_a_digest_is_read_back_as_written(data: bytes) -> None:
    """Parsing and printing are inverses, and ``raw`` is the digest itself."""
    text = digest_bytes(data)
    assert str(parse_digest(text)) == text
    assert parse_digest(text).raw == hashlib.sha256(data).digest()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sha256:",
        "sha256:" + "0" * 63,
        "sha256:" + "0" * 65,
        "sha256:" + "A" * 64,
        "SHA256:" + "0" * 64,
        "sha512:" + "0" * 128,
        "sha1:" + "0" * 40,
        "0" * 64,
        "sha256:" + "0" * 64 + "\n",
        " sha256:" + "0" * 64,
        "sha256:" + "٠" * 64,
        "sha256:../" + "0" * 61,
    ],
)
def test_other_spellings_are_refused(text: str) -> None:
    """Anything but the one spelling is invalid data, so a digest is safe as a path."""
    with pytest.raises(InvalidData, match="not a digest") as refused:
        parse_digest(text)
    assert "64 lower-case hex digits" in (refused.value.hint or "")


@pytest.mark.parametrize(
    ("text", "shown"), [("x" * 80, "x" * 80), ("x" * 81, "x" * 77 + "…")], ids=["short", "long"]
)
def test_a_long_text_is_not_repeated_whole(text: str, shown: str) -> None:
    """What was read as a digest is shown, up to 80 characters of it."""
    with pytest.raises(InvalidData, match=f"not a digest: '{shown}'$"):
        parse_digest(text)


@given(st.text())
def test_any_text_is_a_digest_or_invalid_data(text: str) -> None:
    """No text makes the parser fail in another way."""
    with contextlib.suppress(InvalidData):
        assert isinstance(parse_digest(text), Digest)

"""Signed notes: bytes and notes correspond one to one, and everything else is refused."""

from __future__ import annotations

import contextlib
from base64 import b64encode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.integrity.note import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    Note,
    NoteSignature,
    check_key_name,
    decode_base64,
    parse_note,
    write_note,
)

PRINTABLE = st.characters(codec="utf-8", min_codepoint=0x20) | st.just("\n")
NAMES = st.text(st.characters(codec="utf-8", min_codepoint=0x21), min_size=1).filter(
    lambda name: "+" not in name and not any(c.isspace() for c in name)
)
SIGNATURES = st.builds(
    NoteSignature,
    name=NAMES,
    key_id=st.binary(min_size=4, max_size=4),
    signature=st.binary(min_size=1, max_size=80),
)
NOTES = st.builds(
    Note,
    text=st.text(PRINTABLE).map(lambda text: text + "\n"),
    signatures=st.lists(SIGNATURES, max_size=4).map(tuple),
)
GOOD = "text\n\n— example.org/a AAAAAAE=\n".encode()


@given(NOTES)
@example(Note(text="\n"))
@example(Note(text="a\n\n\n"))
@example(Note(text="two words\n"))
def test_notes_are_read_back(note: Note) -> None:
    """Whatever is written is read back as it was."""
    assert parse_note(write_note(note)) == note


@given(st.binary())
@example(GOOD)
def test_any_bytes_are_written_back_or_refused(data: bytes) -> None:
    """Bytes that are read as a note are exactly those that the note is written as."""
    with contextlib.suppress(InvalidData):
        assert write_note(parse_note(data)) == data


@given(st.data())
def test_near_misses_are_written_back_or_refused(data: st.DataObject) -> None:
    """The same for good notes with a few bytes replaced."""
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 4)))
    changed = GOOD[:start] + data.draw(st.binary(max_size=3)) + GOOD[end:]
    with contextlib.suppress(InvalidData):
        assert write_note(parse_note(changed)) == changed


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"text\n",
        b"text\n\ntext",
        "text\n\n— example.org/a AAAAAAE=".encode(),  # no final newline
        "text\n— example.org/a AAAAAAE=\n".encode(),  # no blank line
        b"text\n\n- example.org/a AAAAAAE=\n",  # a hyphen
        "text\n\n—example.org/a AAAAAAE=\n".encode(),
        "text\n\n—  example.org/a AAAAAAE=\n".encode(),
        "text\n\n— example.org/a  AAAAAAE=\n".encode(),
        "text\n\n— example.org/a AAAAAAE= \n".encode(),
        "text\n\n— example.org/a AAAAAAE\n".encode(),  # no padding
        "text\n\n— example.org/a AAAAAAF=\n".encode(),  # bits after the end
        "text\n\n— example.org/a AAAA-_E=\n".encode(),  # another alphabet
        "text\n\n— example.org/a AAAAAA==\n".encode(),  # a key id and no signature
        "text\n\n— example.org/a \n".encode(),
        "text\n\n— example.org/a\n".encode(),
        "text\n\n— a+b AAAAAAE=\n".encode(),
        "text\n\n— a\u00a0b AAAAAAE=\n".encode(),
        "te\txt\n\n— example.org/a AAAAAAE=\n".encode(),
        "text\r\n\r\n— example.org/a AAAAAAE=\r\n".encode(),
        b"te\xc0\xaext\n\n",  # overlong UTF-8
        b"\xef\xbb\xbftext\n\n\xed\xa0\x80",  # half a surrogate pair
        b"\xff\xfe",
    ],
)
def test_other_spellings_are_refused(data: bytes) -> None:
    """White space, line ends, base64 and UTF-8 have one spelling each; what is wrong is said."""
    with pytest.raises(InvalidData, match=r"note|signature|name for a key|base64"):
        parse_note(data)


def test_sixteen_signatures_are_accepted() -> None:
    """The specification asks for at least 16 signatures, of up to nearly 5 kB."""
    large = NoteSignature(name="example.org/a", key_id=b"abcd", signature=bytes(5000))
    note = Note(text="text\n", signatures=(large,) * 16)
    assert parse_note(write_note(note)) == note


def test_the_bounds_themselves_are_allowed() -> None:
    """As many bytes and signatures as a note may have can be read and written."""
    large = Note(text="x" * (MAX_NOTE_BYTES - 2) + "\n")
    assert len(write_note(large)) == MAX_NOTE_BYTES
    assert parse_note(write_note(large)) == large
    signature = NoteSignature(name="example.org/a", key_id=b"abcd", signature=b"x")
    many = Note(text="text\n", signatures=(signature,) * MAX_SIGNATURES)
    assert parse_note(write_note(many)) == many


@pytest.mark.parametrize(
    ("key_id", "signature"), [(b"abc", b"x"), (b"abcde", b"x"), (b"abcd", b"")]
)
def test_a_signature_that_is_cut_short_is_not_written(key_id: bytes, signature: bytes) -> None:
    """A key id has four bytes, and a signature some."""
    short = NoteSignature(name="example.org/a", key_id=key_id, signature=signature)
    with pytest.raises(InvalidData, match=r"the signature of example\.org/a is cut short"):
        write_note(Note(text="text\n", signatures=(short,)))


def test_sizes_are_bounded() -> None:
    """A note that is too large, or has too many signatures, is neither read nor written."""
    signature = NoteSignature(name="example.org/a", key_id=b"abcd", signature=b"x")
    with pytest.raises(InvalidData, match="at most 64 signatures"):
        write_note(Note(text="text\n", signatures=(signature,) * (MAX_SIGNATURES + 1)))
    with pytest.raises(InvalidData, match="bytes"):
        write_note(Note(text="x" * MAX_NOTE_BYTES + "\n"))
    with pytest.raises(InvalidData, match="bytes"):
        parse_note(GOOD * MAX_NOTE_BYTES)


@pytest.mark.parametrize("text", ["", "no end of line", "a\x00\n", "a\rb\n", "\ud800\n"])
def test_unfit_texts_are_not_written(text: str) -> None:
    """A text that could not be read back is refused before anybody signs it."""
    with pytest.raises(InvalidData, match="the text of a note"):
        write_note(Note(text=text))


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\x00b", "a\u2028b", "\udfff"])
def test_unfit_key_names_are_refused(name: str) -> None:
    """A name with white space or a plus sign would be read as something else."""
    with pytest.raises(InvalidData, match="not a name for a key") as refused:
        check_key_name(name)
    assert "example.org/archive" in (refused.value.hint or "")


@given(st.text() | st.text("ABCw=/+-\n"))
def test_base64_has_one_spelling(text: str) -> None:
    """A text is decoded only if it is what its bytes are encoded as."""
    with contextlib.suppress(InvalidData):
        assert b64encode(decode_base64(text)).decode() == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("AAAA-_E=", "not base64: 'AAAA-_E='"),
        ("AAA A", "not base64: 'AAA A'"),
        ("é", "not base64: 'é'"),
        ("AAF=", "not the shortest base64: 'AAF='"),
    ],
)
def test_what_is_wrong_with_base64_is_said(text: str, message: str) -> None:
    """Another alphabet is something else than bits that are left over."""
    with pytest.raises(InvalidData, match=message):
        decode_base64(text)

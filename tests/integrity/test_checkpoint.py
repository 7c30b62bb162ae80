"""Checkpoints: bytes and values correspond one to one, and impossible logs are refused."""

from __future__ import annotations

import contextlib
from base64 import b64encode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.integrity.checkpoint import Checkpoint, parse_checkpoint, write_checkpoint
from citekit.integrity.merkle import EMPTY_ROOT
from citekit.integrity.note import MAX_NOTE_BYTES, Note, NoteSignature, write_note

ROOT = bytes(range(32))
ROOT_TEXT = b64encode(ROOT).decode()
LINES = st.text(st.characters(codec="utf-8", min_codepoint=0x20), min_size=1)
CHECKPOINTS = st.builds(
    Checkpoint,
    origin=LINES,
    size=st.integers(1, 2**63 - 1),
    root=st.binary(min_size=32, max_size=32),
    extensions=st.lists(LINES, max_size=3).map(tuple),
)


@given(CHECKPOINTS)
@example(Checkpoint(origin="example.org/a", size=0, root=EMPTY_ROOT))
def test_checkpoints_are_read_back(checkpoint: Checkpoint) -> None:
    """Whatever is written is read back as it was, as a note without signatures."""
    assert parse_checkpoint(write_checkpoint(checkpoint)) == (
        checkpoint,
        Note(text=checkpoint.text),
    )


@given(CHECKPOINTS)
def test_signatures_come_along(checkpoint: Checkpoint) -> None:
    """The signatures of a checkpoint are in its note."""
    signature = NoteSignature(name="example.org/a", key_id=b"abcd", signature=b"x")
    note = Note(text=checkpoint.text, signatures=(signature,))
    assert parse_checkpoint(write_note(note)) == (checkpoint, note)


def test_the_text_is_three_lines() -> None:
    """Origin, size and root stand on a line each."""
    checkpoint = Checkpoint(origin="example.org/a", size=20_852_163, root=ROOT)
    assert checkpoint.text == f"example.org/a\n20852163\n{ROOT_TEXT}\n"
    assert write_checkpoint(checkpoint) == f"{checkpoint.text}\n".encode()


@given(
    st.binary()
    | st.text().map(lambda text: f"{text}\n1\n{ROOT_TEXT}\n\n".encode("utf-8", "replace"))
)
def test_any_bytes_are_written_back_or_refused(data: bytes) -> None:
    """Bytes that are read as a checkpoint are exactly those that it is written as."""
    with contextlib.suppress(InvalidData):
        checkpoint, note = parse_checkpoint(data)
        assert note.text == checkpoint.text
        assert write_note(note) == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "example.org/a\n",
        "example.org/a\n1\n",
        f"example.org/a\n{ROOT_TEXT}\n",
        f"\n1\n{ROOT_TEXT}\n",
        f"example.org/a\n01\n{ROOT_TEXT}\n",
        f"example.org/a\n+1\n{ROOT_TEXT}\n",
        f"example.org/a\n-1\n{ROOT_TEXT}\n",
        f"example.org/a\n1_0\n{ROOT_TEXT}\n",
        f"example.org/a\n 1\n{ROOT_TEXT}\n",
        f"example.org/a\n١\n{ROOT_TEXT}\n",
        f"example.org/a\n1e3\n{ROOT_TEXT}\n",
        f"example.org/a\n9223372036854775808\n{ROOT_TEXT}\n",
        f"example.org/a\n{'9' * 5000}\n{ROOT_TEXT}\n",
        f"example.org/a\n0\n{ROOT_TEXT}\n",  # an empty log has the empty root
        f"example.org/a\n1\n{ROOT_TEXT[:-1]}\n",
        f"example.org/a\n1\n{ROOT_TEXT[:-2]}9=\n",
        f"example.org/a\n1\n{b64encode(ROOT + ROOT).decode()}\n",
        f"example.org/a\n1\n{ROOT_TEXT}\n\nmore\n",
        f"example.org/a\r\n1\r\n{ROOT_TEXT}\r\n",
    ],
)
def test_other_spellings_are_refused(text: str) -> None:
    """Numbers, roots and lines have one spelling each; what is wrong is said."""
    with pytest.raises(InvalidData, match=r"checkpoint|size|root|base64|note"):
        parse_checkpoint(f"{text}\n".encode())


def test_an_oversize_checkpoint_is_refused() -> None:
    """A file that is far too large is refused before it is taken apart."""
    with pytest.raises(InvalidData, match="at most"):
        parse_checkpoint(b"\n" * (MAX_NOTE_BYTES + 1))


@pytest.mark.parametrize("line", ["", "two\nlines"])
def test_lines_are_lines(line: str) -> None:
    """Origin and extensions cannot smuggle in further lines."""
    with pytest.raises(InvalidData, match="lines of a checkpoint"):
        Checkpoint(origin=line, size=1, root=ROOT)
    with pytest.raises(InvalidData, match="lines of a checkpoint"):
        Checkpoint(origin="example.org/a", size=1, root=ROOT, extensions=(line,))


@pytest.mark.parametrize(
    ("size", "root", "message"),
    [
        (-1, ROOT, "not the size of a log: -1"),
        (2**63, ROOT, "not the size of a log: 9223372036854775808"),
        (1, ROOT[1:], "a root has 32 bytes, this one 31"),
        (0, ROOT, "a log without leaves has another root"),
    ],
)
def test_impossible_logs_are_refused(size: int, root: bytes, message: str) -> None:
    """Nobody can sign a size or root that no log has."""
    with pytest.raises(InvalidData, match=message):
        Checkpoint(origin="example.org/a", size=size, root=root)

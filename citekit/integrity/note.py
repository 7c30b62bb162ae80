"""Signed notes: a text, a blank line, and one line for each signature.

Reading and writing are exact inverses: whatever would be written differently is refused, so that
two notes are the same if and only if their bytes are. Whether a signature is right is the business
of ``sign``. Source: C2SP signed-note.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode

from citekit.errors import InvalidData
from citekit.model.value import Value

MAX_NOTE_BYTES = 1 << 18
MAX_SIGNATURES = 64
"""The specification asks for at least 16, and a post-quantum one has nearly 5 kB."""
KEY_ID_BYTES = 4

_PREFIX = "— "


class NoteSignature(Value):
    """Who claims to have signed (key name and 4-byte key id), and the signature itself."""

    name: str
    key_id: bytes
    signature: bytes


class Note(Value):
    """A text that ends in a newline, and its signatures in their order.

    A note without signatures is written with its blank line and nothing after it, so that signing
    it later only appends. The specification knows no such note: it is a draft, or says so itself.
    """

    text: str
    signatures: tuple[NoteSignature, ...] = ()


def parse_note(data: bytes) -> Note:
    """Read a note; raises InvalidData for everything ``write_note`` would not write."""
    _check_size(data)
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidData("a note is UTF-8 text, this one is not") from error
    text, separator, signed = whole.rpartition("\n\n")
    if not separator:
        raise InvalidData("a note has a blank line before its signatures, this one has none")
    *lines, rest = signed.split("\n")
    if rest:
        raise InvalidData("the last line of a note ends in a newline")
    note = Note(text=text + "\n", signatures=tuple(map(parse_signature, lines)))
    _check(note)
    return note


def write_note(note: Note) -> bytes:
    """Write a note; raises InvalidData for one that could not be read back."""
    _check(note)
    data = (note.text + "\n" + "".join(map(write_signature, note.signatures))).encode()
    _check_size(data)
    return data


def check_key_name(name: str) -> None:
    """Raise InvalidData unless the name is fit for a signature line and a key."""
    if not name or "+" in name or any(c.isspace() or c < " " for c in name) or _has_lone(name):
        raise InvalidData(
            f"not a name for a key: {name[:80]!r}",
            hint="take one like example.org/archive, with no white space and no plus sign",
        )


def decode_base64(text: str) -> bytes:
    """Decode standard, padded base64; raises InvalidData for any second spelling of the bytes."""
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidData(f"not base64: {text[:80]!r}") from error
    if b64encode(data).decode() != text:  # bits beyond the last byte that are not zero
        raise InvalidData(f"not the shortest base64: {text[:80]!r}")
    return data


def parse_signature(line: str) -> NoteSignature:
    """Read one signature line without its newline; raises InvalidData."""
    name, space, encoded = line.removeprefix(_PREFIX).partition(" ")
    if not line.startswith(_PREFIX) or not space:
        raise InvalidData(f"not a signature line: {line[:80]!r}")
    data = decode_base64(encoded)
    return NoteSignature(name=name, key_id=data[:KEY_ID_BYTES], signature=data[KEY_ID_BYTES:])


def write_signature(signature: NoteSignature) -> str:
    """Write one signature line, with its newline."""
    encoded = b64encode(signature.key_id + signature.signature).decode()
    return f"{_PREFIX}{signature.name} {encoded}\n"


def _check_size(data: bytes) -> None:
    if len(data) > MAX_NOTE_BYTES:
        raise InvalidData(f"a note has at most {MAX_NOTE_BYTES} bytes, this one has {len(data)}")


def _check(note: Note) -> None:
    if not note.text.endswith("\n"):
        raise InvalidData("the text of a note ends in a newline")
    if any(c < " " and c != "\n" for c in note.text) or _has_lone(note.text):
        raise InvalidData("the text of a note has no control characters")
    if len(note.signatures) > MAX_SIGNATURES:
        raise InvalidData(f"a note has at most {MAX_SIGNATURES} signatures")
    for signature in note.signatures:
        check_key_name(signature.name)
        if len(signature.key_id) != KEY_ID_BYTES or not signature.signature:
            raise InvalidData(f"the signature of {signature.name} is cut short")


def _has_lone(text: str) -> bool:
    """Tell whether half of a surrogate pair is in the text, which UTF-8 cannot write."""
    return any("\ud800" <= c <= "\udfff" for c in text)

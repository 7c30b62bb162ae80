"""Revoking a key from a date: it may be in other hands, so its bare signature is worth nothing.

From then on the key vouches only for what something outside the log covers from before that date:
a timestamp of a trusted authority, the cosignature of a trusted witness, a checkpoint that the
verifier kept. Nothing takes a revocation back; only a higher authority sets another date.

Who may revoke a key:

- whoever verifies, for themselves: their date decides;
- a key that it handed over to (both signed), directly or through others, in an entry of the log. A
  key speaks of those before it and never of those after it;
- the key itself, in a statement that is kept outside the log. Whoever has stolen the key can write
  one too, so its date is the last to count.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Final

from citekit.errors import IntegrityFailed, InvalidData
from citekit.integrity.note import Note, parse_note
from citekit.integrity.sign import (
    SignerKey,
    VerifierKey,
    parse_vkey,
    sign_note,
    verify_note,
)
from citekit.model.records.codec import read_instant, write_instant
from citekit.model.value import Value

HEADER: Final = "citekit-revocation/1"


class Authority(IntEnum):
    """Who says that a key is revoked; the higher one decides from when."""

    KEY = 1
    SUCCESSOR = 2
    VERIFIER = 3


class Revocation(Value):
    """A key (its id in hex), the instant from which it is revoked, and who says so.

    What a ``SUCCESSOR`` says is ``said_by`` that key in an ``entry`` of the log; ``size`` and
    ``note`` are of a checkpoint that has it. Of a ``VERIFIER`` and the ``KEY`` these are empty.
    """

    key_id: str
    begins_at: datetime
    authority: Authority
    said_by: VerifierKey | None = None
    entry: int = 0
    size: int = 0
    note: Note | None = None

    @property
    def told(self) -> str:
        """From when it is revoked and who says so, for people."""
        match self.authority:
            case Authority.VERIFIER:
                who = "you say"
            case Authority.KEY:
                who = "it says itself (so could whoever has stolen it: --revoked KEY@DATE decides)"
            case Authority.SUCCESSOR:
                by = self.said_by.short if self.said_by else ""
                who = f"{by} says, which replaced it (entry {self.entry})"
        return f"is revoked from {write_instant(self.begins_at)}, {who}"

    @property
    def rank(self) -> tuple[int, datetime]:
        """What comes first of several: the higher authority, then the earlier date."""
        return -self.authority, self.begins_at


class Revoked(IntegrityFailed):
    """Only revoked keys have signed it, and nothing from before covers that."""


def write_statement(key: SignerKey, begins_at: datetime) -> Note:
    """A key's own word, signed with it, that it is revoked from an instant; raises MissingExtra.

    Its second line is no size of a log, so it is never taken for a checkpoint.
    """
    text = f"{HEADER}\n{key.verifier}\nfrom {write_instant(begins_at)}\n"
    return sign_note(Note(text=text), key)


def read_statement(data: bytes) -> tuple[VerifierKey, Revocation]:
    """Which key says of itself that it is revoked, and from when.

    Raises InvalidData for what is no such statement, IntegrityFailed for one that the key has not
    signed, MissingExtra without cryptography.
    """
    note = parse_note(data)
    header, _, rest = note.text.partition("\n")
    vkey, _, last = rest.partition("\n")
    if header != HEADER or not last.startswith("from "):
        raise InvalidData(f"not a statement that revokes a key: its first line is not {HEADER}")
    try:
        begins_at = read_instant(last.removeprefix("from ").removesuffix("\n"))
    except ValueError as error:
        raise InvalidData("the statement does not say from when the key is revoked") from error
    key = parse_vkey(vkey)
    verify_note(note, [key])
    return key, Revocation(
        key_id=key.key_id.hex(), begins_at=begins_at, authority=Authority.KEY, said_by=key
    )

"""Following a change of keys: who trusts the old key comes to trust the new one.

The log names the new key in an entry, and one checkpoint after that entry carries the signatures
of both. Neither alone is enough: an entry says nothing about who wrote it, and a signature of the
new key alone is what a thief of the log could make too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.errors import IntegrityFailed
from citekit.integrity.note import Note
from citekit.integrity.sign import VerifierKey, verify_note
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable


class KeyStep(Value):
    """A new key, the key id (hex) that it replaces, and a checkpoint that has the entry in it.

    That the entry is in the checkpoint's tree has been checked by whoever makes a step.
    """

    new: VerifierKey
    replaces: str
    note: Note


def follow_keys(
    trusted: Iterable[VerifierKey], steps: Iterable[KeyStep]
) -> tuple[VerifierKey, ...]:
    """The trusted keys, and those that they lead to through the steps, in order."""
    keys = dict.fromkeys(trusted)
    for step in steps:
        for key in list(keys):
            if key.key_id.hex() == step.replaces and _both_signed(step, key):
                keys[step.new] = None
    return tuple(keys)


def has_signed(note: Note, key: VerifierKey) -> bool:
    """Whether this key has signed the note; raises MissingExtra without cryptography."""
    try:
        return bool(verify_note(note, [key]))
    except IntegrityFailed:
        return False


def _both_signed(step: KeyStep, old: VerifierKey) -> bool:
    return has_signed(step.note, old) and has_signed(step.note, step.new)

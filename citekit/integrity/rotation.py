"""Following a change of keys: who trusts the old key comes to trust the new one, and no longer it.

The log names the new key in an entry, and one checkpoint after that entry, the hand-over, carries
the signatures of both. Neither alone is enough: an entry says nothing about who wrote it, and a
signature of the new key alone is what a thief of the log could make too. From that entry on the old
key has retired: of the checkpoints that have the entry, it vouches for the hand-over alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from citekit.errors import IntegrityFailed
from citekit.integrity.note import Note
from citekit.integrity.sign import VerifierKey, verify_note
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterable


class KeyStep(Value):
    """A new key, the key id (hex) that it replaces, the entry that says so, and a checkpoint.

    ``size`` and ``note`` are the checkpoint's. That the entry is in its tree has been checked by
    whoever makes a step.
    """

    new: VerifierKey
    replaces: str
    entry: int
    size: int
    note: Note


class Retirement(Value):
    """The entry that replaced a key, and the size of the hand-over; None: both signed nothing."""

    entry: int
    hand_over: int | None = None


class KeyChain(Value):
    """The keys that a verifier trusts or is led to, and which of them have retired."""

    keys: tuple[VerifierKey, ...]
    retired: Mapping[VerifierKey, Retirement]

    def counts(self, key: VerifierKey, size: int) -> bool:
        """Whether the key's signature of a checkpoint of that size is worth anything."""
        end = self.retired.get(key)
        return end is None or size <= end.entry or size == end.hand_over

    def signers(self, note: Note, size: int) -> tuple[VerifierKey, ...]:
        """The keys whose signatures of a checkpoint of that size count, in their order.

        Raises IntegrityFailed where none has signed, a signature is wrong, or all had retired.
        """
        signers = verify_note(note, self.keys)
        counted = tuple(key for key in signers if self.counts(key, size))
        if not counted:
            entry = self.retired[signers[0]].entry
            raise IntegrityFailed(
                f"{signers[0].name}+{signers[0].key_id.hex()} has signed it, but entry {entry} of "
                "the log says that another key replaced that one"
            )
        return counted


def follow_keys(trusted: Iterable[VerifierKey], steps: Iterable[KeyStep]) -> KeyChain:
    """The trusted keys, and those that they lead to through the steps, in the log's order.

    A key is replaced once: what a later entry says of it counts for nothing.
    """
    keys: dict[VerifierKey, None] = {}
    by_id: dict[str, list[VerifierKey]] = {}  # a hostile log may name very many
    retired: dict[VerifierKey, Retirement] = {}

    def add(key: VerifierKey) -> None:
        if key not in keys:
            keys[key] = None
            by_id.setdefault(key.key_id.hex(), []).append(key)

    for key in trusted:
        add(key)
    for step in sorted(steps, key=lambda step: (step.entry, step.size)):
        for key in tuple(by_id.get(step.replaces, ())):
            end = retired.setdefault(key, Retirement(entry=step.entry))
            if end == Retirement(entry=step.entry) and _both_signed(step, key):
                retired[key] = replace(end, hand_over=step.size)
                add(step.new)
    return KeyChain(keys=tuple(keys), retired=retired)


def has_signed(note: Note, key: VerifierKey) -> bool:
    """Whether this key has signed the note; raises MissingExtra without cryptography."""
    try:
        return bool(verify_note(note, [key]))
    except IntegrityFailed:
        return False


def _both_signed(step: KeyStep, old: VerifierKey) -> bool:
    return has_signed(step.note, old) and has_signed(step.note, step.new)

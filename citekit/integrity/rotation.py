"""Following a change of keys: who trusts the old key comes to trust the new one, and no longer it.

The log names the new key in an entry, and one checkpoint after that entry, the hand-over, carries
the signatures of both. Neither alone is enough: an entry says nothing about who wrote it, and a
signature of the new key alone is what a thief of the log could make too. From that entry on the old
key has retired: of the checkpoints that have the entry, it vouches for the hand-over alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from citekit.errors import IntegrityFailed
from citekit.integrity.note import Note
from citekit.integrity.revocation import Authority, Revocation, Revoked
from citekit.integrity.sign import NoneHasSigned, VerifierKey, verify_note
from citekit.model.value import NOTHING, Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Covers = Callable[[VerifierKey, datetime, int, Note], bool]
"""Whether something outside the log shows that the key had signed a checkpoint, given by its size
and its note, before an instant."""


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
    """The keys that a verifier trusts or is led to; which have retired, and which are revoked.

    ``led_to`` maps each key that has handed over to the next one.
    """

    keys: tuple[VerifierKey, ...]
    retired: Mapping[VerifierKey, Retirement]
    led_to: Mapping[VerifierKey, VerifierKey] = NOTHING
    revoked: Mapping[VerifierKey, Revocation] = NOTHING

    def counts(self, key: VerifierKey, size: int) -> bool:
        """Whether the key had not retired when the log had that size."""
        end = self.retired.get(key)
        return end is None or size <= end.entry or size == end.hand_over

    def signers(
        self, note: Note, size: int, covers: Covers | None = None
    ) -> tuple[VerifierKey, ...]:
        """The keys whose signatures of a checkpoint of that size count, in their order.

        Raises IntegrityFailed where none has signed, a signature is wrong, or all had retired;
        Revoked where the others are revoked, and nothing ``covers`` their signatures from before.
        """
        try:
            signers = verify_note(note, self.keys)
        except NoneHasSigned:
            self._refuse_revoked(self.revoked)
            raise
        in_time = tuple(key for key in signers if self.counts(key, size))
        if not in_time:
            self._refuse_revoked(key for key in signers if key in self.revoked)
            entry = self.retired[signers[0]].entry
            raise IntegrityFailed(
                f"{signers[0].short} has signed it, but entry {entry} of "
                "the log says that another key replaced that one"
            )
        counted = tuple(key for key in in_time if is_sound(key, size, note, self.revoked, covers))
        if not counted:
            self._refuse_revoked(in_time)
        return counted

    def _refuse_revoked(self, keys: Iterable[VerifierKey]) -> None:
        """Raise Revoked if there are such keys, naming the first."""
        for key in keys:
            raise Revoked(
                f"{key.short} {self.revoked[key].told}, and nothing that you trust covers from "
                "before what it has signed here"
            )


def follow_keys(
    trusted: Iterable[VerifierKey],
    steps: Iterable[KeyStep],
    revocations: Sequence[Revocation] = (),
    covers: Covers | None = None,
) -> KeyChain:
    """The trusted keys, and those that they lead to through the steps, in the log's order.

    A key is replaced once: what a later entry says of it counts for nothing.
    """
    trusted, steps = tuple(trusted), sorted(steps, key=lambda step: (step.entry, step.size))
    chain = _follow(trusted, steps, NOTHING, None)
    revoked = _heard(chain, revocations, covers) if revocations else {}
    return _follow(trusted, steps, revoked, covers) if revoked else chain


def is_sound(
    key: VerifierKey,
    size: int,
    note: Note,
    revoked: Mapping[VerifierKey, Revocation],
    covers: Covers | None,
) -> bool:
    """Whether the key is not revoked, or something covers its signature from before."""
    revocation = revoked.get(key)
    if revocation is None:
        return True
    return covers is not None and covers(key, revocation.begins_at, size, note)


def _follow(
    trusted: Iterable[VerifierKey],
    steps: Iterable[KeyStep],
    revoked: Mapping[VerifierKey, Revocation],
    covers: Covers | None,
) -> KeyChain:
    keys: dict[VerifierKey, None] = {}
    by_id: dict[str, list[VerifierKey]] = {}  # a hostile log may name very many
    retired: dict[VerifierKey, Retirement] = {}
    led_to: dict[VerifierKey, VerifierKey] = {}

    def add(key: VerifierKey) -> None:
        if key not in keys:
            keys[key] = None
            by_id.setdefault(key.key_id.hex(), []).append(key)

    for key in trusted:
        add(key)
    for step in steps:
        for key in tuple(by_id.get(step.replaces, ())):
            end = retired.setdefault(key, Retirement(entry=step.entry))
            if (
                end == Retirement(entry=step.entry)
                and _both_signed(step, key)
                and is_sound(key, step.size, step.note, revoked, covers)
            ):
                retired[key] = replace(end, hand_over=step.size)
                led_to[key] = step.new
                add(step.new)
    return KeyChain(keys=tuple(keys), retired=retired, led_to=led_to, revoked=revoked)


def _heard(
    chain: KeyChain, revocations: Iterable[Revocation], covers: Covers | None
) -> dict[VerifierKey, Revocation]:
    """For each key of the chain the revocation that decides.

    Later entries come first: whether somebody may speak is known before they are heard.
    """
    revoked: dict[VerifierKey, Revocation] = {}
    by_id: dict[str, list[VerifierKey]] = {}
    for key in chain.keys:
        by_id.setdefault(key.key_id.hex(), []).append(key)
    for said in sorted(revocations, key=lambda r: (-r.authority, -r.entry)):
        for key in by_id.get(said.key_id, ()):
            if said.authority is Authority.SUCCESSOR and not _may_speak(
                said, key, chain, revoked, covers
            ):
                continue
            known = revoked.get(key)
            if known is None or said.rank < known.rank:
                revoked[key] = said
    return revoked


def _may_speak(
    said: Revocation,
    about: VerifierKey,
    chain: KeyChain,
    revoked: Mapping[VerifierKey, Revocation],
    covers: Covers | None,
) -> bool:
    """Whether who speaks has replaced the key, signs the log at that entry, and is sound there."""
    author, note = said.said_by, said.note
    if author is None or note is None or not chain.counts(author, said.entry + 1):
        return False
    if not is_sound(author, said.size, note, revoked, covers):
        return False
    seen = {about}
    while (following := chain.led_to.get(about)) is not None and following not in seen:
        if following == author:
            return True
        seen.add(following)
        about = following
    return False


def has_signed(note: Note, key: VerifierKey) -> bool:
    """Whether this key has signed the note; raises MissingExtra without cryptography."""
    try:
        return bool(verify_note(note, [key]))
    except IntegrityFailed:
        return False


def _both_signed(step: KeyStep, old: VerifierKey) -> bool:
    return has_signed(step.note, old) and has_signed(step.note, step.new)

"""Following a change of keys: both sign the same checkpoint, or nobody is led anywhere."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from citekit.errors import IntegrityFailed
from citekit.integrity.note import Note
from citekit.integrity.rotation import KeyStep, follow_keys
from citekit.integrity.sign import SignerKey, VerifierKey, new_signer_key, sign_note

OLD = new_signer_key("coast.example/log", b"o" * 32)
NEW = new_signer_key("coast.example/log", b"n" * 32)
NEXT = new_signer_key("coast.example/log", b"x" * 32)


def _note(size: int, *signers: SignerKey) -> Note:
    note = Note(text=f"coast.example/log\n{size}\nAAAA\n")
    for key in signers:
        note = sign_note(note, key)
    return note


def _step(
    new: SignerKey, old: SignerKey, *signers: SignerKey, entry: int = 5, size: int = 7
) -> KeyStep:
    return KeyStep(
        new=new.verifier,
        replaces=old.verifier.key_id.hex(),
        entry=entry,
        size=size,
        note=_note(size, *signers),
    )


HANDED_OVER = [_step(NEW, OLD, OLD, NEW)]


def test_a_checkpoint_of_both_keys_leads_on() -> None:
    """Who trusts the old key comes to trust the new one, and the one after it."""
    steps = [*HANDED_OVER, _step(NEXT, NEW, NEW, NEXT, entry=8, size=9)]
    chain = follow_keys([OLD.verifier], steps)
    assert chain.keys == (OLD.verifier, NEW.verifier, NEXT.verifier)
    assert chain.signers(_note(12, NEXT), 12) == (NEXT.verifier,)


@pytest.mark.parametrize("signers", [(OLD,), (NEW,), ()], ids=["old-alone", "new-alone", "nobody"])
def test_one_signature_leads_nowhere(signers: tuple[SignerKey, ...]) -> None:
    """A rotation that the old key, or the new one, has signed alone is refused."""
    assert follow_keys([OLD.verifier], [_step(NEW, OLD, *signers)]).keys == (OLD.verifier,)


def test_a_step_from_a_key_that_nobody_trusts_leads_nowhere() -> None:
    """Two strangers who vouch for each other are strangers."""
    steps = [_step(NEXT, NEW, NEW, NEXT)]
    assert follow_keys([OLD.verifier], steps).keys == (OLD.verifier,)


@pytest.mark.parametrize("size", [3, 5, 7])
def test_an_old_key_counts_up_to_the_hand_over(size: int) -> None:
    """Checkpoints without the entry that replaces it, and the one that both have signed."""
    chain = follow_keys([OLD.verifier], HANDED_OVER)
    assert chain.signers(_note(size, OLD), size) == (OLD.verifier,)


@pytest.mark.parametrize("size", [6, 8, 100])
@pytest.mark.parametrize("trusted", [[OLD], [OLD, NEW]], ids=["old", "both"])
def test_a_replaced_key_signs_no_other_checkpoint(trusted: list[SignerKey], size: int) -> None:
    """Whoever still has it, or stole it, makes nobody believe a log that says it is replaced."""
    chain = follow_keys([key.verifier for key in trusted], HANDED_OVER)
    with pytest.raises(IntegrityFailed, match="entry 5 of the log says that another key"):
        chain.signers(_note(size, OLD), size)


def test_there_is_one_hand_over() -> None:
    """A later checkpoint is not one because the old key has signed it beside the new."""
    chain = follow_keys([OLD.verifier], [*HANDED_OVER, _step(NEW, OLD, OLD, NEW, size=9)])
    assert chain.signers(_note(9, OLD, NEW), 9) == (NEW.verifier,)


def test_a_replaced_key_hands_over_to_nobody_else() -> None:
    """The entry that comes first counts: the second successor is a thief's."""
    chain = follow_keys([OLD.verifier], [*HANDED_OVER, _step(NEXT, OLD, OLD, NEXT, entry=8)])
    assert chain.keys == (OLD.verifier, NEW.verifier)


def test_very_many_keys_take_no_longer_than_their_number() -> None:
    """A hostile log may name a key in each entry: twice as many do not take four times as long."""
    keys = [
        VerifierKey(name="coast.example/log", public_key=bytes(28) + n.to_bytes(4))
        for n in range(20_000)
    ]
    note = _note(20_001)
    steps = [
        KeyStep(new=new, replaces=old.key_id.hex(), entry=entry, size=20_001, note=note)
        for entry, (old, new) in enumerate(pairwise(keys))
    ]
    begin = time.process_time()
    assert len(follow_keys(keys, steps).retired) == len(steps)
    assert time.process_time() - begin < 5


def test_a_lost_key_is_replaced_without_its_signature() -> None:
    """Who trusts the lost key is led nowhere, and no longer believes it either."""
    chain = follow_keys([OLD.verifier], [_step(NEW, OLD, NEW)])
    assert chain.keys == (OLD.verifier,)
    with pytest.raises(IntegrityFailed):
        chain.signers(_note(7, OLD), 7)

"""Following a change of keys: both sign the same checkpoint, or nobody is led anywhere."""

from __future__ import annotations

import pytest

from citekit.integrity.note import Note
from citekit.integrity.rotation import KeyStep, follow_keys
from citekit.integrity.sign import SignerKey, new_signer_key, sign_note

OLD = new_signer_key("coast.example/log", b"o" * 32)
NEW = new_signer_key("coast.example/log", b"n" * 32)
NEXT = new_signer_key("coast.example/log", b"x" * 32)


def _step(new: SignerKey, old: SignerKey, *signers: SignerKey) -> KeyStep:
    note = Note(text="coast.example/log\n7\nAAAA\n")
    for key in signers:
        note = sign_note(note, key)
    return KeyStep(new=new.verifier, replaces=old.verifier.key_id.hex(), note=note)


def test_a_checkpoint_of_both_keys_leads_on() -> None:
    """Who trusts the old key comes to trust the new one, and the one after it."""
    steps = [_step(NEW, OLD, OLD, NEW), _step(NEXT, NEW, NEW, NEXT)]
    assert follow_keys([OLD.verifier], steps) == (OLD.verifier, NEW.verifier, NEXT.verifier)


@pytest.mark.parametrize("signers", [(OLD,), (NEW,), ()], ids=["old-alone", "new-alone", "nobody"])
def test_one_signature_leads_nowhere(signers: tuple[SignerKey, ...]) -> None:
    """A rotation that the old key, or the new one, has signed alone is refused."""
    assert follow_keys([OLD.verifier], [_step(NEW, OLD, *signers)]) == (OLD.verifier,)


def test_a_step_from_a_key_that_nobody_trusts_leads_nowhere() -> None:
    """Two strangers who vouch for each other are strangers."""
    assert follow_keys([OLD.verifier], [_step(NEXT, NEW, NEW, NEXT)]) == (OLD.verifier,)

"""Revoked keys: who may say so, what still counts, and what a stolen key cannot do."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from citekit.errors import IntegrityFailed, InvalidData
from citekit.integrity.note import Note, parse_note, write_note
from citekit.integrity.revocation import (
    Authority,
    Revocation,
    Revoked,
    read_statement,
    write_statement,
)
from citekit.integrity.rotation import Covers, KeyChain, KeyStep, follow_keys
from citekit.integrity.sign import SignerKey, VerifierKey, new_signer_key, sign_note
from citekit.model.value import replace

ORIGIN = "coast.example/log"
OLD, NEW, NEXT, THIEF = (new_signer_key(ORIGIN, name * 32) for name in (b"o", b"n", b"x", b"t"))
DAY = datetime(2026, 11, 22, tzinfo=UTC)
LATER, EARLIER = DAY + timedelta(days=9), datetime(1970, 1, 1, tzinfo=UTC)


def _note(size: int, *signers: SignerKey) -> Note:
    note = Note(text=f"{ORIGIN}\n{size}\nAAAA\n")
    for key in signers:
        note = sign_note(note, key)
    return note


def _step(new: SignerKey, old: SignerKey, entry: int, size: int) -> KeyStep:
    key_id = old.verifier.key_id.hex()
    note = _note(size, old, new)
    return KeyStep(new=new.verifier, replaces=key_id, entry=entry, size=size, note=note)


STEPS = [_step(NEW, OLD, 5, 7), _step(NEXT, NEW, 15, 17)]


def _said(
    about: SignerKey, by: SignerKey | None = None, *, entry: int = 0, at: datetime = DAY
) -> Revocation:
    """What ``by`` says in an entry; without it, what the verifier says."""
    if by is None:
        key_id = about.verifier.key_id.hex()
        return Revocation(key_id=key_id, begins_at=at, authority=Authority.VERIFIER)
    return Revocation(
        key_id=about.verifier.key_id.hex(),
        begins_at=at,
        authority=Authority.SUCCESSOR,
        said_by=by.verifier,
        entry=entry,
        size=entry + 1,
        note=_note(entry + 1, by),
    )


def _known(size: int, at: datetime) -> Covers:
    """Something outside that had the first ``size`` entries at an instant."""
    return lambda _key, before, wanted, _note: wanted <= size and at < before


def _follow(*said: Revocation, trusted: SignerKey = OLD, covers: Covers | None = None) -> KeyChain:
    return follow_keys([trusted.verifier], STEPS, said, covers)


def _signers(chain: KeyChain, size: int, *by: SignerKey, covers: Covers | None = None) -> int:
    return len(chain.signers(_note(size, *by), size, covers))


def test_a_revoked_key_counts_for_nothing_by_itself() -> None:
    """Not for what it signed, nor for the key that it handed over to."""
    chain = _follow(_said(OLD))
    assert chain.keys == (OLD.verifier,)
    with pytest.raises(Revoked, match=r"revoked from 2026-11-22T00:00:00Z, you say"):
        _signers(chain, 3, OLD)
    with pytest.raises(Revoked):
        _signers(chain, 30, NEXT)


@pytest.mark.parametrize(("size", "counts"), [(3, True), (4, True), (5, False)])
def test_what_something_covers_from_before_counts(size: int, *, counts: bool) -> None:
    """As far as it had seen, and no further."""
    covers = _known(4, DAY - timedelta(seconds=1))
    chain = _follow(_said(OLD), covers=covers)
    if counts:
        assert _signers(chain, size, OLD, covers=covers) == 1
    else:
        with pytest.raises(Revoked):
            _signers(chain, size, OLD, covers=covers)


def test_what_is_covered_since_that_very_instant_does_not_count() -> None:
    """The thief may have been the quicker one."""
    covers = _known(4, DAY)
    with pytest.raises(Revoked):
        _signers(_follow(_said(OLD), covers=covers), 3, OLD, covers=covers)


def test_a_hand_over_from_before_leads_on() -> None:
    """Where something has seen it before the date; the successor need not be covered."""
    chain = _follow(_said(OLD), covers=_known(7, DAY - timedelta(days=1)))
    assert chain.keys == (OLD.verifier, NEW.verifier, NEXT.verifier)
    assert _signers(chain, 30, NEXT) == 1


def test_who_trusts_the_successor_is_not_concerned() -> None:
    """The key after it is trusted by itself."""
    chain = _follow(_said(OLD), trusted=NEW)
    assert chain.revoked == {}
    assert _signers(chain, 30, NEXT) == 1


@pytest.mark.parametrize(("by", "entry"), [(NEW, 8), (NEXT, 20)], ids=["next", "one after"])
def test_a_successor_revokes(by: SignerKey, entry: int) -> None:
    """A key that took over, directly or through another, in an entry of the log."""
    chain = _follow(_said(OLD, by, entry=entry))
    assert set(chain.revoked) == {OLD.verifier}
    with pytest.raises(Revoked, match=f"{re.escape(by.verifier.short)} says, which replaced"):
        _signers(chain, 3, OLD)


@pytest.mark.parametrize(
    "said",
    [
        _said(NEW, OLD, entry=3),
        _said(NEW, OLD, entry=20),
        _said(NEXT, NEW, entry=20),
        _said(OLD, OLD, entry=3),
        _said(OLD, THIEF, entry=20),
        _said(OLD, NEW, entry=20),
    ],
    ids=["old of new", "retired of new", "new of next", "itself", "stranger", "retired itself"],
)
def test_nobody_else_does(said: Revocation) -> None:
    """No key revokes one after it or itself in the log, and none that has retired speaks."""
    assert _follow(said).revoked == {}


def test_a_key_that_nobody_handed_over_to_does_not() -> None:
    """A lost key was replaced without its signature: its successor says nothing about it."""
    step = replace(STEPS[0], note=_note(7, NEW))
    chain = follow_keys([OLD.verifier, NEW.verifier], [step], [_said(OLD, NEW, entry=8)])
    assert chain.revoked == {}


def test_a_stolen_key_revokes_nobody() -> None:
    """Who has been revoked speaks no more of those before it, but for what is covered."""
    said = [_said(OLD, NEW, entry=8, at=EARLIER), _said(NEW, NEXT, entry=20)]
    assert set(_follow(*said, covers=_known(3, EARLIER)).revoked) == {NEW.verifier}
    told = _follow(*said, covers=_known(9, DAY - timedelta(days=1)))
    assert set(told.revoked) == {NEW.verifier, OLD.verifier}


def test_nothing_is_taken_back() -> None:
    """A later date by the same authority changes nothing; the first one said is the earliest."""
    said = [_said(OLD, NEW, entry=8), _said(OLD, NEW, entry=9, at=LATER)]
    for order in (said, said[::-1]):
        assert _follow(*order).revoked[OLD.verifier].begins_at == DAY


def test_the_higher_authority_sets_the_date() -> None:
    """The verifier before the successor before the key itself, earlier or later."""
    own = replace(_said(OLD, at=EARLIER), authority=Authority.KEY)
    successor, verifier = _said(OLD, NEW, entry=8), _said(OLD, at=LATER)
    assert _follow(own).revoked[OLD.verifier].begins_at == EARLIER
    assert _follow(own, successor).revoked[OLD.verifier].begins_at == DAY
    assert _follow(verifier, successor, own).revoked[OLD.verifier].begins_at == LATER


# ── a key's own word, kept outside the log ─────────────────────────────────────────────────────


def test_a_keys_own_statement_comes_back() -> None:
    """Signed with the key itself; it says from when."""
    data = write_note(write_statement(OLD, DAY))
    key, said = read_statement(data)
    assert key == OLD.verifier
    assert (said.key_id, said.begins_at) == (OLD.verifier.key_id.hex(), DAY)
    assert said.authority is Authority.KEY
    assert said.said_by == OLD.verifier


def _by(signer: SignerKey) -> bytes:
    return write_note(sign_note(Note(text=write_statement(OLD, DAY).text), signer))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (_by(THIEF), IntegrityFailed),
        (_by(NEW), IntegrityFailed),
        (write_note(Note(text=write_statement(OLD, DAY).text)), IntegrityFailed),
        (write_note(write_statement(OLD, DAY)).replace(b"2026", b"1970"), IntegrityFailed),
        (write_note(write_statement(OLD, DAY)).replace(b"from 2026", b"from yes"), InvalidData),
        (write_note(write_statement(OLD, DAY)).replace(b"revocation/1", b"x"), InvalidData),
        (write_note(_note(7, OLD)), InvalidData),
        (b"", InvalidData),
    ],
)
def test_what_the_key_has_not_signed_is_no_statement(data: bytes, error: type[Exception]) -> None:
    """Nobody revokes a key by such a file but its owner; a checkpoint is none."""
    with pytest.raises(error):
        read_statement(data)


def test_a_statement_is_no_checkpoint() -> None:
    """Its second line is a key: no size of a log, whoever reads it."""
    from citekit.integrity.checkpoint import parse_checkpoint_text

    with pytest.raises(InvalidData):
        parse_checkpoint_text(parse_note(write_note(write_statement(OLD, DAY))).text)


def test_keys_of_one_id_are_told_apart() -> None:
    """Key ids are short: what is said of one concerns whoever of the chain has it."""
    twin = VerifierKey(name="cliff.example/log", public_key=OLD.verifier.public_key)
    chain = follow_keys([OLD.verifier, twin], [], [_said(OLD)])
    assert set(chain.revoked) == {OLD.verifier}

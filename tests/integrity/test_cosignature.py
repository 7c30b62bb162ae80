"""Cosignatures: a witness' word about a checkpoint and a time, in the format of C2SP."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import IntegrityFailed, InvalidData
from citekit.integrity.note import (
    Note,
    NoteSignature,
    parse_note,
    parse_signature,
    write_note,
    write_signature,
)
from citekit.integrity.sign import WITNESS, new_signer_key, parse_vkey, sign_note
from citekit.integrity.witness.cosignature import (
    MAX_SKEW,
    cosign,
    is_of_witness,
    verify_cosignatures,
)
from citekit.model.value import replace

TEXT = "coast.example/log\n7\nqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=\n"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOG = new_signer_key("coast.example/log", b"k" * 32)
FIRST = new_signer_key("one.example/w", b"1" * 32, algorithm=WITNESS)
SECOND = new_signer_key("two.example/w", b"2" * 32, algorithm=WITNESS)


def _cosigned(*lines: NoteSignature) -> Note:
    return replace(sign_note(Note(text=TEXT), LOG), signatures=lines)


def test_the_example_of_the_specification_is_read() -> None:
    """C2SP tlog-cosignature shows a line of type 4: key id, seconds since 1970, 64 bytes."""
    line = parse_signature(
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZC"
        "B9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    )
    assert line.key_id == bytes.fromhex("8d66cf3f")
    assert int.from_bytes(line.signature[:8], "big") == 1679315147
    assert is_of_witness(line, "example.com/behind-the-sofa")


def test_a_cosignature_is_what_the_specification_says() -> None:
    """Made with the package cryptography alone, from the words of the specification."""
    private = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
    public = private.public_key().public_bytes_raw()
    seconds = int(NOON.timestamp())
    message = f"cosignature/v1\ntime {seconds}\n".encode() + TEXT.encode()
    key_id = hashlib.sha256(b"one.example/w\n\x04" + public).digest()[:4]
    expected = key_id + seconds.to_bytes(8, "big") + private.sign(message)
    written = write_signature(cosign(TEXT, FIRST, NOON))
    assert b64decode(written.split(" ")[2]) == expected
    assert str(FIRST.verifier).split("+")[1] == key_id.hex()
    assert parse_vkey(str(FIRST.verifier), algorithm=WITNESS) == FIRST.verifier


def test_each_trusted_witness_is_heard_with_its_earliest_word() -> None:
    """Lines of strangers, and of the log, are no matter; a second word of one changes nothing."""
    lines = [cosign(TEXT, FIRST, NOON + timedelta(hours=n)) for n in (2, 0, 1)]
    note = _cosigned(*lines, cosign(TEXT, SECOND, NOON))
    (heard,) = verify_cosignatures(note, [FIRST.verifier], now=NOON + timedelta(days=1))
    assert heard.witness == FIRST.verifier
    assert heard.at == NOON
    both = verify_cosignatures(
        note, [FIRST.verifier, SECOND.verifier], now=NOON + timedelta(days=1)
    )
    assert {c.witness for c in both} == {FIRST.verifier, SECOND.verifier}
    assert verify_cosignatures(note, [], now=NOON) == ()


def _of_another_text() -> NoteSignature:
    return cosign(TEXT.replace("\n7\n", "\n8\n"), FIRST, NOON)


def _of_another_origin() -> NoteSignature:
    return cosign(TEXT.replace("coast", "cliff"), FIRST, NOON)


def _at_another_time() -> NoteSignature:
    line = cosign(TEXT, FIRST, NOON)
    later = int(NOON.timestamp() - 1).to_bytes(8, "big")
    return replace(line, signature=later + line.signature[8:])


def _as_a_log_signs() -> NoteSignature:
    """The same private key, over the note alone: what a log's signature is."""
    log = new_signer_key("one.example/w", b"1" * 32)
    signature = sign_note(Note(text=TEXT), log).signatures[0].signature
    return NoteSignature(name="one.example/w", key_id=FIRST.verifier.key_id, signature=signature)


@pytest.mark.parametrize(
    "line", [_of_another_text(), _of_another_origin(), _at_another_time(), _as_a_log_signs()]
)
def test_another_word_of_the_witness_is_none_about_this(line: NoteSignature) -> None:
    """A cosignature of another size, another log, another time, or no cosignature is refused."""
    with pytest.raises(IntegrityFailed, match="is wrong"):
        verify_cosignatures(_cosigned(line), [FIRST.verifier], now=NOON)


@pytest.mark.parametrize(
    "at", [NOON + MAX_SKEW + timedelta(seconds=1), datetime(9999, 12, 31, tzinfo=UTC)]
)
def test_no_witness_has_seen_the_future(at: datetime) -> None:
    """A clock may be ahead by minutes, not more."""
    line = cosign(TEXT, FIRST, at)
    with pytest.raises(IntegrityFailed, match="from the future"):
        verify_cosignatures(_cosigned(line), [FIRST.verifier], now=NOON)


@pytest.mark.parametrize("ahead", [-MAX_SKEW, timedelta(), timedelta(minutes=1), MAX_SKEW])
def test_a_clock_may_be_ahead_by_some_minutes(ahead: timedelta) -> None:
    """Five of them are allowed."""
    note = _cosigned(cosign(TEXT, FIRST, NOON + ahead))
    (heard,) = verify_cosignatures(note, [FIRST.verifier], now=NOON)
    assert heard.at == NOON + ahead


def test_the_last_second_of_the_calendar_can_be_read() -> None:
    """It is a time, though nobody has seen it."""
    last = datetime(9999, 12, 31, tzinfo=UTC)
    note = _cosigned(cosign(TEXT, FIRST, last))
    (heard,) = verify_cosignatures(note, [FIRST.verifier], now=last)
    assert heard.at == last


def test_a_line_of_the_logs_own_name_or_another_length_is_no_cosignature() -> None:
    """Eight bytes of a time, and a signature, by somebody else."""
    line = cosign(TEXT, FIRST, NOON)
    assert is_of_witness(line, "coast.example/log")
    assert not is_of_witness(line, FIRST.verifier.name)
    assert not is_of_witness(replace(line, signature=line.signature[8:]), "coast.example/log")


def test_a_time_beyond_all_calendars_is_the_future() -> None:
    """Eight bytes hold more seconds than there are years."""
    seconds = 2**64 - 1
    signature = Ed25519PrivateKey.from_private_bytes(b"1" * 32).sign(
        f"cosignature/v1\ntime {seconds}\n{TEXT}".encode()
    )
    line = replace(cosign(TEXT, FIRST, NOON), signature=seconds.to_bytes(8, "big") + signature)
    with pytest.raises(IntegrityFailed, match="from the future"):
        verify_cosignatures(_cosigned(line), [FIRST.verifier], now=NOON)


def test_the_key_of_a_log_cosigns_nothing() -> None:
    """And a log's key among the witnesses is not heard."""
    with pytest.raises(InvalidData, match="key of a log"):
        cosign(TEXT, LOG, NOON)
    note = sign_note(Note(text=TEXT), LOG)
    assert verify_cosignatures(note, [LOG.verifier], now=NOON) == ()


_LINES = st.lists(
    st.builds(
        NoteSignature,
        name=st.from_regex(r"\A[a-z./—é]{1,12}\Z"),
        key_id=st.binary(min_size=4, max_size=4),
        signature=st.binary(min_size=1, max_size=90),
    ),
    max_size=20,
)


@given(before=_LINES, after=_LINES, count=st.integers(0, 3))
def test_a_note_with_many_signatures_comes_back(
    before: list[NoteSignature], after: list[NoteSignature], count: int
) -> None:
    """Whatever others have signed, in whatever order, the witness' own lines are found."""
    own = [cosign(TEXT, FIRST, NOON + timedelta(hours=n)) for n in range(count)]
    note = Note(text=TEXT, signatures=(*before, *own, *after))
    again = parse_note(write_note(note))
    assert again == note
    heard = verify_cosignatures(again, [FIRST.verifier], now=NOON + timedelta(days=1))
    assert [c.at for c in heard] == [NOON][:count]


@given(st.text(max_size=80) | st.from_regex(r"\A— [a-z]+ [A-Za-z0-9+/]{8,40}={0,2}\Z"))
def test_any_line_is_a_signature_or_refused(text: str) -> None:
    """No line makes reading it fail in another way, and none is written differently."""
    try:
        line = parse_signature(text)
    except InvalidData:
        return
    assert write_signature(line) == f"{text}\n"

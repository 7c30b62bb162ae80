"""Keys and signatures: only a trusted key over the very text makes a note signed."""

from __future__ import annotations

import contextlib
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import IntegrityFailed, InvalidData, MissingExtra
from citekit.integrity.note import Note, NoteSignature, parse_note, write_note
from citekit.integrity.sign import (
    MAX_KEY_TEXT,
    MAX_TRUSTED,
    WITNESS,
    VerifierKey,
    is_signature,
    new_signer_key,
    parse_signer_key,
    parse_trusted,
    parse_vkey,
    sign_note,
    verify_note,
    write_signer_key,
)
from citekit.model.value import replace

ALICE = new_signer_key("example.org/alice", b"a" * 32)
BOB = new_signer_key("example.org/bob", b"b" * 32)
NOTE = Note(text="example.org/log\n1\nroot\n")
# Found by trying: under Alice's name these two have the same four bytes of key id.
TWINS = (27_861).to_bytes(32, "big"), (33_479).to_bytes(32, "big")
SEEDS = st.binary(min_size=32, max_size=32)


def test_ed25519_is_that_of_rfc_8032() -> None:
    """Keys and signatures are those of the RFC's first test vector."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    key = new_signer_key("rfc8032", seed)
    assert key.verifier.public_key == public
    assert is_signature(key.verifier, b"", signature)
    assert not is_signature(key.verifier, b"x", signature)


@given(SEEDS)
def test_keys_are_read_back(seed: bytes) -> None:
    """Private and public keys come back from their texts."""
    key = new_signer_key("example.org/a", seed)
    assert parse_signer_key(write_signer_key(key)) == key
    assert parse_signer_key(write_signer_key(key) + "\n") == key
    assert parse_vkey(str(key.verifier)) == key.verifier


def test_a_secret_is_never_shown() -> None:
    """Printing a private key for debugging, or failing to read one, does not show its seed."""
    text = write_signer_key(ALICE)
    assert "aaaa" not in repr(ALICE)
    with pytest.raises(InvalidData) as failed:
        parse_signer_key(text[:-1])
    assert text[-20:-1] not in str(failed.value)
    assert failed.value.__suppress_context__


def test_signing_and_verifying() -> None:
    """A note signed by two keys is known by either, in the order of signing."""
    note = sign_note(sign_note(NOTE, ALICE), BOB)
    assert verify_note(note, [BOB.verifier]) == (BOB.verifier,)
    assert verify_note(note, [BOB.verifier, ALICE.verifier]) == (ALICE.verifier, BOB.verifier)
    assert verify_note(parse_note(write_note(note)), [ALICE.verifier]) == (ALICE.verifier,)


def test_signing_twice_changes_nothing() -> None:
    """A key signs a note once."""
    note = sign_note(NOTE, ALICE)
    assert sign_note(note, ALICE) is note


def test_an_unsigned_note_is_not_trusted() -> None:
    """Signatures that were stripped, or that only strangers made, are no signatures."""
    with pytest.raises(IntegrityFailed, match="no trusted key"):
        verify_note(NOTE, [ALICE.verifier])
    with pytest.raises(IntegrityFailed, match="no trusted key"):
        verify_note(sign_note(NOTE, BOB), [ALICE.verifier])
    with pytest.raises(IntegrityFailed, match="no trusted key"):
        verify_note(sign_note(NOTE, BOB), [])


def test_a_stranger_with_the_same_name_is_a_stranger() -> None:
    """Another key under a trusted name is ignored: the key id tells them apart."""
    impostor = new_signer_key(ALICE.verifier.name, b"m" * 32)
    with pytest.raises(IntegrityFailed, match="no trusted key"):
        verify_note(sign_note(NOTE, impostor), [ALICE.verifier])


def test_a_claimed_key_id_is_checked() -> None:
    """A signature that names a trusted key and was made by another is wrong, not unknown."""
    forged = sign_note(NOTE, BOB).signatures[0]
    claimed = replace(forged, name=ALICE.verifier.name, key_id=ALICE.verifier.key_id)
    with pytest.raises(IntegrityFailed, match=r"signature of example\.org/alice is wrong"):
        verify_note(replace(NOTE, signatures=(claimed,)), [ALICE.verifier])


def test_one_wrong_signature_spoils_the_note() -> None:
    """A wrong signature of a trusted key counts, even beside a right one."""
    good = sign_note(sign_note(NOTE, ALICE), BOB)
    alice, bob = good.signatures
    spoilt = replace(good, signatures=(alice, replace(bob, signature=bytes(64))))
    assert verify_note(spoilt, [ALICE.verifier]) == (ALICE.verifier,)
    with pytest.raises(IntegrityFailed, match=r"signature of example\.org/bob is wrong"):
        verify_note(spoilt, [ALICE.verifier, BOB.verifier])


@given(st.data())
def test_a_changed_text_is_not_signed(data: st.DataObject) -> None:
    """Any other text makes the signature wrong."""
    text = data.draw(st.text().map(lambda text: text + "\n").filter(lambda text: text != NOTE.text))
    signed = replace(sign_note(NOTE, ALICE), text=text)
    with pytest.raises(IntegrityFailed, match="wrong"):
        verify_note(signed, [ALICE.verifier])


@given(st.binary(max_size=80), st.binary(min_size=32, max_size=32))
def test_made_up_signatures_are_refused(signature: bytes, public_key: bytes) -> None:
    """No bytes pass as a signature, and no bytes pass as a key that makes the check fail."""
    key = VerifierKey(name="a", public_key=public_key)
    assert not is_signature(key, b"message", signature)
    assert not is_signature(ALICE.verifier, b"message", signature)


def test_unknown_kinds_of_signature_are_ignored() -> None:
    """A cosignature of another kind beside a trusted signature does no harm."""
    other = NoteSignature(name="example.org/witness", key_id=b"wxyz", signature=bytes(2428))
    signed = sign_note(NOTE, ALICE)
    mixed = replace(signed, signatures=(other, *signed.signatures))
    assert verify_note(mixed, [ALICE.verifier]) == (ALICE.verifier,)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:0],
        lambda text: text.replace("+", " "),
        lambda text: text.removeprefix("example.org/alice"),
        lambda text: text.replace("alice", "mallory"),  # the key id is bound to the name
        lambda text: text.upper(),
        lambda text: text + "\n",
        lambda text: text + "A",
        lambda text: text[:-1],
        lambda text: text[:-6] + ("A" if text[-6] != "A" else "B") + text[-5:],
        lambda text: "x" * 5000 + text,
        lambda text: text.split("+")[0] + "+00000000+" + text.split("+", 2)[2],
    ],
)
def test_damaged_vkeys_are_refused(change: object) -> None:
    """A public key with a slip of the pen is refused, not trusted as another."""
    assert callable(change)
    with pytest.raises(
        InvalidData, match=r"not a public key|not an Ed25519|name for a key|damaged"
    ):
        parse_vkey(change(str(ALICE.verifier)))


def test_other_kinds_of_key_are_refused() -> None:
    """A key of a kind that citekit cannot use says so."""
    with pytest.raises(InvalidData, match="not an Ed25519 public key"):
        parse_vkey("example.org/w+01234567+AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")


def test_the_key_of_a_witness_is_none_of_a_log() -> None:
    """Each is refused in the other's place, by name, whatever else it has right."""
    witness = new_signer_key("witness.example/w", b"w" * 32, algorithm=WITNESS)
    with pytest.raises(InvalidData, match="the public key of a witness, not of a log"):
        parse_vkey(str(witness.verifier))
    with pytest.raises(InvalidData, match="the public key of a log, not of a witness"):
        parse_vkey(str(ALICE.verifier), algorithm=WITNESS)
    with pytest.raises(InvalidData, match="the private key of a witness, not of a log"):
        parse_signer_key(write_signer_key(witness))
    with pytest.raises(InvalidData, match="it signs no log"):
        sign_note(Note(text="a\n"), witness)
    assert parse_vkey(str(witness.verifier), algorithm=WITNESS) == witness.verifier
    assert parse_signer_key(write_signer_key(witness), algorithm=WITNESS) == witness


@given(st.text() | st.from_regex(r"\A[a-z]+\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}\Z"))
def test_any_text_is_a_vkey_or_refused(text: str) -> None:
    """No text makes reading a public key fail in another way."""
    with contextlib.suppress(InvalidData):
        assert str(parse_vkey(text)) == text


@given(st.text().map(lambda text: "PRIVATE+KEY+" + text) | st.text())
def test_any_text_is_a_private_key_or_refused(text: str) -> None:
    """No text makes reading a private key fail in another way."""
    with contextlib.suppress(InvalidData):
        assert write_signer_key(parse_signer_key(text)) == text.removesuffix("\n")


def test_lists_of_trusted_keys() -> None:
    """A file of keys may have comments and blank lines, and needs a key."""
    text = f"# ours\n{ALICE.verifier}\n\n  {BOB.verifier}\r\n"
    assert parse_trusted(text) == (ALICE.verifier, BOB.verifier)
    with pytest.raises(InvalidData, match="trusted keys"):
        parse_trusted("# nobody\n")
    with pytest.raises(InvalidData, match="not a public key"):
        parse_trusted(f"{ALICE.verifier}\nsomething else\n")


def test_a_damaged_private_key_is_refused() -> None:
    """A private key whose name or key was mistyped does not sign as another."""
    with pytest.raises(InvalidData, match="its key id is another"):
        parse_signer_key(write_signer_key(ALICE).replace("alice", "mallory"))


@pytest.mark.parametrize("public_key", [b"", b"k" * 31, b"k" * 33])
def test_a_public_key_has_one_length(public_key: bytes) -> None:
    """A public key of another length is refused."""
    with pytest.raises(InvalidData, match="32 bytes"):
        VerifierKey(name="example.org/a", public_key=public_key)


def test_two_keys_with_one_name_and_id_are_refused() -> None:
    """Key ids have four bytes and can be made to collide: then neither key is guessed."""
    first, second = (replace(ALICE.verifier, public_key=key) for key in TWINS)
    assert first.key_id == second.key_id
    with pytest.raises(InvalidData, match="the same key id"):
        verify_note(NOTE, [first, second])


def test_the_same_key_twice_is_one() -> None:
    """A key that is trusted twice is found once."""
    note = sign_note(NOTE, ALICE)
    assert verify_note(note, [ALICE.verifier, ALICE.verifier]) == (ALICE.verifier,)


@pytest.mark.parametrize("seed", [b"", b"a" * 31, b"a" * 33])
def test_a_key_needs_enough_randomness(seed: bytes) -> None:
    """A seed of another length is refused."""
    with pytest.raises(InvalidData, match="32 random bytes"):
        new_signer_key("example.org/a", seed)


def test_without_cryptography_the_hint_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the optional package is absent, signing says how to get it."""
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)
    with pytest.raises(MissingExtra, match=r"signing .*cryptography") as missing:
        sign_note(NOTE, ALICE)
    assert missing.value.hint == "pip install 'citekit[seal]'"


def test_what_is_no_private_key_is_told_how_to_make_one() -> None:
    """A public key in the place of the private one is refused with the command to use."""
    with pytest.raises(InvalidData, match="not a private key") as refused:
        parse_signer_key(str(ALICE.verifier))
    assert "citekit keygen" in (refused.value.hint or "")


def test_the_wrong_key_is_shown_if_it_is_public() -> None:
    """The text of what was read as a public key is repeated, so that the line is found."""
    with pytest.raises(InvalidData, match="not a public key: 'something else'"):
        parse_vkey("something else")
    with pytest.raises(InvalidData, match=f"not a public key: '{'x' * 80}'$"):
        parse_vkey("x" * 81)
    with pytest.raises(InvalidData, match=r"not a public key: 'a\+01234567\+\*'"):
        parse_vkey("a+01234567+*")
    with pytest.raises(InvalidData, match=r"not a private key$"):
        parse_signer_key("PRIVATE+KEY+a+01234567+*")
    with pytest.raises(InvalidData, match=r"not an Ed25519 private key$"):
        parse_signer_key("PRIVATE+KEY+a+01234567+AAAA")
    with pytest.raises(InvalidData, match=r"public key of example\.org/mallory is damaged"):
        parse_vkey(str(ALICE.verifier).replace("alice", "mallory"))


def test_a_long_name_is_a_name() -> None:
    """The text of a key may be 4096 characters long, and no longer."""
    short = len(str(VerifierKey(name="a", public_key=bytes(32))))
    longest = VerifierKey(name="a" * (MAX_KEY_TEXT - short + 1), public_key=bytes(32))
    assert len(str(longest)) == MAX_KEY_TEXT
    assert parse_vkey(str(longest)) == longest
    with pytest.raises(InvalidData, match="not a public key"):
        parse_vkey(str(replace(longest, name=longest.name + "a")))


def test_a_list_of_trusted_keys_is_bounded() -> None:
    """One key may be trusted, or a thousand, and no more: each is tried."""
    assert parse_trusted(f"{ALICE.verifier}\n") == (ALICE.verifier,)
    assert len(parse_trusted(f"{ALICE.verifier}\n" * MAX_TRUSTED)) == MAX_TRUSTED
    with pytest.raises(InvalidData, match="1 to 1000, this one 1001"):
        parse_trusted(f"{ALICE.verifier}\n" * (MAX_TRUSTED + 1))

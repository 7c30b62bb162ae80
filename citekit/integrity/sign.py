"""Ed25519 keys and signatures on notes.

A key signs notes as what its algorithm says: as a log, or as a witness (``cosignature``). A public
key is written ``name+key id+key`` (a vkey), a private one ``PRIVATE+KEY+name+key id+key``:
one line each, as other tools for transparency logs read and write them. Randomness comes as an
argument. Source: C2SP signed-note, §Signatures; RFC 8032.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from typing import TYPE_CHECKING

from citekit.errors import IntegrityFailed, InvalidData, MissingExtra
from citekit.integrity.note import (
    KEY_ID_BYTES,
    Note,
    NoteSignature,
    check_key_name,
    decode_base64,
)
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

ED25519 = b"\x01"
"""The type of signature, the first byte of every encoded key: here that of a log."""
WITNESS = b"\x04"
"""The type of signature of a witness: Ed25519 over the note and a time (C2SP tlog-cosignature)."""
SEED_BYTES = 32
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64
MAX_KEY_TEXT = 4096
MAX_TRUSTED = 1000

_OWNERS = {ED25519: "a log", WITNESS: "a witness"}
_PRIVATE = "PRIVATE+KEY+"
_KEY_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)


class NoneHasSigned(IntegrityFailed):
    """No trusted key has signed a note, rightly or wrongly."""


class AnotherKind(InvalidData):
    """The key of a witness where that of a log is asked for, or the other way round."""


class VerifierKey(Value):
    """A public key, the name it signs under, and as what; printed, it is a vkey."""

    name: str
    public_key: bytes
    algorithm: bytes = ED25519

    def _check(self) -> None:
        check_key_name(self.name)
        if len(self.public_key) != PUBLIC_KEY_BYTES:
            raise InvalidData(f"a public key has {PUBLIC_KEY_BYTES} bytes")
        if self.algorithm not in _OWNERS:
            raise InvalidData("not a type of key that is known here")

    @property
    def key_id(self) -> bytes:
        """The four bytes that name the key in a signature line."""
        named = self.name.encode() + b"\n" + self.algorithm + self.public_key
        return hashlib.sha256(named).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        return _write_key(self.name, self.key_id, self.algorithm + self.public_key)

    @property
    def short(self) -> str:
        """The name and the key id, as signature lines tell them."""
        return f"{self.name}+{self.key_id.hex()}"


class SignerKey(Value):
    """A private key. Its text form is only ever given by ``write_signer_key``."""

    verifier: VerifierKey
    seed: bytes

    def __repr__(self) -> str:
        return f"SignerKey(verifier={self.verifier!r})"  # the seed is secret


def new_signer_key(name: str, seed: bytes, *, algorithm: bytes = ED25519) -> SignerKey:
    """Make a key from 32 random bytes, ``os.urandom(SEED_BYTES)``: of a log, or of a WITNESS.

    Raises InvalidData for a name or seed that is unfit, MissingExtra without cryptography.
    """
    if len(seed) != SEED_BYTES:
        raise InvalidData(f"a private key is made from {SEED_BYTES} random bytes")
    private = _ed25519().Ed25519PrivateKey.from_private_bytes(seed)
    public_key: bytes = private.public_key().public_bytes_raw()
    verifier = VerifierKey(name=name, public_key=public_key, algorithm=algorithm)
    return SignerKey(verifier=verifier, seed=seed)


def write_signer_key(key: SignerKey) -> str:
    """Write the secret text of a private key, one line without a newline."""
    verifier = key.verifier
    return _PRIVATE + _write_key(verifier.name, verifier.key_id, verifier.algorithm + key.seed)


def parse_signer_key(text: str, *, algorithm: bytes = ED25519) -> SignerKey:
    """Read a private key of a log, or of a WITNESS; one final newline is allowed.

    Raises InvalidData for any other text (the message does not repeat it), MissingExtra without
    cryptography.
    """
    if not text.startswith(_PRIVATE):
        raise InvalidData("not a private key", hint="make one with: citekit keygen")
    rest = text.removesuffix("\n").removeprefix(_PRIVATE)
    name, key_id, seed = _parse_key(rest, algorithm, secret=True)
    key = new_signer_key(name, seed, algorithm=algorithm)
    if key.verifier.key_id != key_id:
        raise InvalidData("the private key is damaged: its key id is another")
    return key


def parse_vkey(text: str, *, algorithm: bytes = ED25519) -> VerifierKey:
    """Read a public key of a log, or of a WITNESS.

    Raises InvalidData for anything but ``name+key id+key``, and for a key of another type: what it
    has signed would be read as something that it did not mean.
    """
    name, key_id, public_key = _parse_key(text, algorithm, secret=False)
    key = VerifierKey(name=name, public_key=public_key, algorithm=algorithm)
    if key.key_id != key_id:
        raise InvalidData(f"the public key of {name} is damaged: its key id is another")
    return key


def parse_trusted(text: str, *, algorithm: bytes = ED25519) -> tuple[VerifierKey, ...]:
    """Read a list of public keys, one a line; blank lines and lines that start with # are skipped.

    Raises InvalidData when a line is something else, or no key is left.
    """
    lines = [line.strip() for line in text.split("\n")]
    keys = tuple(
        parse_vkey(line, algorithm=algorithm) for line in lines if line and not line.startswith("#")
    )
    if not 0 < len(keys) <= MAX_TRUSTED:
        raise InvalidData(f"a list of trusted keys has 1 to {MAX_TRUSTED}, this one {len(keys)}")
    return keys


def sign_note(note: Note, key: SignerKey) -> Note:
    """Add a signature at the end; a note that the same key has signed comes back unchanged."""
    verifier = key.verifier
    if verifier.algorithm != ED25519:
        raise InvalidData(f"{verifier.short} is the key of a witness: it signs no log")
    if any(_signer(signature) == _identity(verifier) for signature in note.signatures):
        return note
    signature = NoteSignature(
        name=verifier.name,
        key_id=verifier.key_id,
        signature=sign_message(key, note.text.encode()),
    )
    return replace(note, signatures=(*note.signatures, signature))


def sign_message(key: SignerKey, message: bytes) -> bytes:
    """The 64 bytes of the key's signature of a message; raises MissingExtra."""
    private = _ed25519().Ed25519PrivateKey.from_private_bytes(key.seed)
    signature: bytes = private.sign(message)
    return signature


def verify_note(note: Note, trusted: Iterable[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Tell which trusted keys have signed the note, in the order of their signatures.

    Signatures of other keys are ignored, as the specification demands. Raises NoneHasSigned when
    no trusted key has, IntegrityFailed when the signature of a trusted key is wrong.
    """
    keys = _by_identity(trusted)
    found: dict[VerifierKey, None] = {}
    for signature in note.signatures:
        key = keys.get(_signer(signature))
        if key is None:
            continue
        if not is_signature(key, note.text.encode(), signature.signature):
            raise IntegrityFailed(f"the signature of {key.name} is wrong")
        found[key] = None
    if not found:
        raise NoneHasSigned("no trusted key has signed this")
    return tuple(found)


def is_signature(key: VerifierKey, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature of the message is that of the key; raises MissingExtra."""
    ed25519 = _ed25519()
    from cryptography.exceptions import InvalidSignature

    if len(signature) != SIGNATURE_BYTES:
        return False
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, message)
    except (InvalidSignature, ValueError):  # ValueError: the bytes are no point of the curve
        return False
    return True


def _by_identity(keys: Iterable[VerifierKey]) -> Mapping[tuple[str, bytes], VerifierKey]:
    """Index keys by name and id; two keys that share both are refused, not guessed between."""
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if known.setdefault(_identity(key), key) != key:
            raise InvalidData(f"two trusted keys have the name {key.name} and the same key id")
    return known


def _identity(key: VerifierKey) -> tuple[str, bytes]:
    return key.name, key.key_id


def _signer(signature: NoteSignature) -> tuple[str, bytes]:
    return signature.name, signature.key_id


def _write_key(name: str, key_id: bytes, key: bytes) -> str:
    return f"{name}+{key_id.hex()}+{b64encode(key).decode()}"


def _parse_key(text: str, algorithm: bytes, *, secret: bool) -> tuple[str, bytes, bytes]:
    """Cut the text of a key into name, key id and 32 key bytes."""
    kind = "private" if secret else "public"
    shown = "" if secret else f": {text[:80]!r}"
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    if len(text) > MAX_KEY_TEXT or not _KEY_ID.fullmatch(key_id):
        raise InvalidData(f"not a {kind} key{shown}")
    check_key_name(name)
    try:
        key = decode_base64(encoded)
    except InvalidData:
        raise InvalidData(f"not a {kind} key{shown}") from None  # the cause would show the secret
    if len(key) != len(algorithm) + SEED_BYTES or key[:1] not in _OWNERS:
        raise InvalidData(f"not an Ed25519 {kind} key{shown}")
    if key[:1] != algorithm:
        owner, wanted = _OWNERS[key[:1]], _OWNERS[algorithm]
        raise AnotherKind(f"the {kind} key of {owner}, not of {wanted}{shown}")
    return name, bytes.fromhex(key_id), key[1:]


def _ed25519() -> ModuleType:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise MissingExtra("cryptography", extra="seal", purpose="signing") from error
    return ed25519

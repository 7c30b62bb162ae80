"""What a verifier brings along: keys, certificates and checkpoints kept outside the archive.

Nothing inside an archive makes it trustworthy: who can change one file there can change them all.
So a file below the archive's own folder is refused here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from citekit.app.sealing.revoking import read_day
from citekit.errors import IntegrityFailed, InvalidData, NotFound, Place, UsageError
from citekit.integrity.checkpoint import Checkpoint, parse_checkpoint
from citekit.integrity.note import MAX_NOTE_BYTES
from citekit.integrity.revocation import Authority, Revocation, read_statement
from citekit.integrity.sign import (
    ED25519,
    WITNESS,
    AnotherKind,
    VerifierKey,
    parse_trusted,
    parse_vkey,
)
from citekit.integrity.timestamp import MAX_ROOTS_BYTES, parse_roots
from citekit.model.value import Value
from citekit.store import files
from citekit.store.layout import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

_PEM = b"-----BEGIN"


class Outside(Value):
    """Trusted keys, trusted roots of timestamp authorities, checkpoints with where they are from.

    ``roots`` are certificates of the package cryptography. ``witnesses`` are those whose
    cosignatures are asked for, ``revocations`` say which keys are trusted no more, and from when.
    """

    keys: tuple[VerifierKey, ...] = ()
    roots: tuple[Any, ...] = ()
    checkpoints: tuple[tuple[str, Checkpoint], ...] = ()
    witnesses: tuple[VerifierKey, ...] = ()
    revocations: tuple[Revocation, ...] = ()


def read_outside(
    trust: Sequence[str] = (),
    checkpoints: Sequence[str] = (),
    *,
    witnesses: Sequence[str] = (),
    revoked: Sequence[str] = (),
    archive: Path | None = None,
) -> Outside:
    """Read ``--trust`` (a vkey, a file of vkeys, a file of PEM certificates) and ``--checkpoint``.

    ``witnesses`` are their vkeys, or files of such; ``revoked`` is each ``VKEY@DATE``, or a file
    that says it and that the key has signed. Raises NotFound, InvalidData, or UsageError for a file
    inside the archive; where none is named, for one inside any: a proof and an archive may come
    from the same hand.
    """
    keys: list[VerifierKey] = []
    roots: list[Any] = []
    for value in trust:
        data = _key_or_file(value, archive)
        if isinstance(data, VerifierKey):
            keys.append(data)
        elif data.lstrip().startswith(_PEM):
            roots.extend(parse_roots(data))
        else:
            keys.extend(_parse_keys(data, value))
    kept = tuple((path, _read_outside(path, archive)) for path in checkpoints)
    if revoked and not keys:
        raise UsageError(
            "--revoked says how far a key of --trust counts, and there is none",
            hint="name the key with --trust too",
        )
    return Outside(
        keys=tuple(keys),
        roots=tuple(roots),
        checkpoints=kept,
        witnesses=tuple(key for value in witnesses for key in _read_witness(value, archive)),
        revocations=tuple(_read_revoked(value, archive) for value in revoked),
    )


def _read_witness(value: str, archive: Path | None) -> tuple[VerifierKey, ...]:
    data = _key_or_file(value, archive, algorithm=WITNESS)
    if isinstance(data, VerifierKey):
        return (data,)
    return _parse_keys(data, value, algorithm=WITNESS)


def _read_revoked(value: str, archive: Path | None) -> Revocation:
    key, at, date = value.rpartition("@")
    if at and key.count("+") > 1:  # else it is the name of a file
        return Revocation(
            key_id=parse_vkey(key).key_id.hex(),
            begins_at=read_day(date),
            authority=Authority.VERIFIER,
        )
    try:
        return read_statement(_read(value, archive, limit=MAX_NOTE_BYTES))[1]
    except NotFound as error:
        hint = "give name+id+key@2026-11-22, or a file that citekit revoke has written"
        raise NotFound(f"there is no such file: {value[:200]!r}", hint=hint) from error
    except (InvalidData, IntegrityFailed) as error:
        raise InvalidData(error.message, place=Place(path=value), hint=error.hint) from error


def _key_or_file(
    value: str, archive: Path | None, *, algorithm: bytes = ED25519
) -> VerifierKey | bytes:
    try:
        return parse_vkey(value, algorithm=algorithm)
    except AnotherKind:
        raise
    except InvalidData as error:
        try:
            return _read(value, archive, limit=MAX_ROOTS_BYTES)
        except NotFound:
            hint = "give name+id+key as citekit keygen prints it, or a file of such lines"
            message = f"there is no such file, and it is no key: {value[:200]!r}"
            raise NotFound(message, hint=hint) from error


def _parse_keys(data: bytes, path: str, *, algorithm: bytes = ED25519) -> tuple[VerifierKey, ...]:
    try:
        return parse_trusted(data.decode("utf-8"), algorithm=algorithm)
    except UnicodeDecodeError as error:
        raise InvalidData("not a file of public keys", place=Place(path=path)) from error
    except InvalidData as error:
        raise InvalidData(error.message, place=Place(path=path), hint=error.hint) from error


def read_checkpoint(value: str) -> Checkpoint:
    """The checkpoint in a file, wherever it is: by itself it vouches for nothing.

    Raises NotFound, InvalidData.
    """
    data = files.read_bytes(Path(value).expanduser(), limit=MAX_NOTE_BYTES)
    try:
        return parse_checkpoint(data)[0]
    except InvalidData as error:
        raise InvalidData(error.message, place=Place(path=value)) from error


def _read_outside(value: str, archive: Path | None) -> Checkpoint:
    checkpoint = read_checkpoint(value)
    _check_outside(Path(value).expanduser(), archive)
    return checkpoint


def _read(value: str, archive: Path | None, *, limit: int) -> bytes:
    """The bytes of a file that is not in the archive; one that is nowhere is not found first."""
    path = Path(value).expanduser()
    data = files.read_bytes(path, limit=limit)
    _check_outside(path, archive)
    return data


def _check_outside(path: Path, archive: Path | None) -> None:
    found = path.resolve()
    roots = [archive.resolve()] if archive else [p for p in found.parents if _is_archive(p)]
    if any(found.is_relative_to(root) for root in roots):
        raise UsageError(
            "a file inside the archive proves nothing about the archive",
            place=Place(path=str(path)),
            hint="keep a copy elsewhere: with another person, on another machine, in another place",
        )


def _is_archive(folder: Path) -> bool:
    return (folder / SETTINGS_FILE).is_file()

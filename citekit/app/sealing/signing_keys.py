"""Signing keys: made once, kept outside every archive and repository, found again by their name.

A key is worth what its secrecy is worth. The file is readable by its owner alone, and refused in
places that are copied around by design.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from citekit.errors import InvalidData, NotFound, Place, StoreConflict, UsageError
from citekit.integrity.note import check_key_name
from citekit.integrity.sign import (
    ED25519,
    MAX_KEY_TEXT,
    SEED_BYTES,
    WITNESS,
    SignerKey,
    VerifierKey,
    new_signer_key,
    parse_signer_key,
    write_signer_key,
)
from citekit.model.value import Value
from citekit.store import files
from citekit.store.log.folder import LogFolder

if TYPE_CHECKING:
    from citekit.store.reading import ArchiveReader


class NewKey(Value):
    """A key that was made: where its secret is, and the public key to hand out."""

    path: Path
    verifier: VerifierKey


def keygen(name: str, path: str | Path | None = None, *, algorithm: bytes = ED25519) -> NewKey:
    """Make a key for the log with this origin; ``path`` defaults to ``default_key_file(name)``.

    ``algorithm`` tells whether it is to sign a log or, as a ``WITNESS``, those of others. Raises
    StoreConflict when the file exists, UsageError for a place inside an archive or a git worktree,
    InvalidData for a name that no key can have.
    """
    check_key_name(name)
    path = Path(path or default_key_file(name, algorithm)).expanduser()
    path = path.parent.resolve() / path.name  # ../new.key is not in the folder one is in
    _check_outside(path)
    key = new_signer_key(name, os.urandom(SEED_BYTES), algorithm=algorithm)
    with files.reported(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_secret(path, f"{write_signer_key(key)}\n".encode())
    return NewKey(path=path, verifier=key.verifier)


def make_log_key(
    store: ArchiveReader, path: str | Path | None = None, *, name: str | None = None
) -> NewKey:
    """Make a signing key outside the archive, named like its log unless ``name`` says otherwise.

    Without ``path`` it is kept in the user's configuration, where ``seal`` looks. Raises
    StoreConflict when the file exists, UsageError for a place inside an archive or a git
    worktree, InvalidData for a name that no key can have.
    """
    return keygen(name or log_origin(store), path)


def read_signing_key(path: Path, *, algorithm: bytes = ED25519) -> SignerKey:
    """Read a private key; raises NotFound, InvalidData, or UsageError when others may read it.

    The key of a witness is none of a log, nor the other way round.
    """
    with files.reported(path):
        mode = path.stat().st_mode
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise UsageError(
            "others may read this private key",
            place=Place(path=str(path)),
            hint="chmod 600 it; better, make a new key",
        )
    text = files.read_bytes(path, limit=MAX_KEY_TEXT).decode("utf-8", "replace")
    try:
        return parse_signer_key(text, algorithm=algorithm)
    except InvalidData as error:
        raise InvalidData(error.message, place=Place(path=str(path)), hint=error.hint) from error


def find_signing_key(origin: str) -> SignerKey | None:
    """The key for a log where none is named; None when there is none at its default place.

    Raises NotFound when ``CITEKIT_SIGNING_KEY`` names a file that is not there.
    """
    try:
        return read_signing_key(signing_key_file(origin))
    except NotFound:
        if os.environ.get("CITEKIT_SIGNING_KEY"):
            raise
        return None


def find_witness_key() -> Path:
    """The file of the one witness' key that is kept here; raises NotFound, UsageError for more."""
    folder = default_key_file("any", WITNESS).parent
    found = [folder / name for name in files.names(folder) if name.endswith(".key")]
    if not found:
        raise NotFound(
            "there is no key of a witness here", hint="citekit keygen --witness --name NAME"
        )
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise UsageError(f"there are several witnesses here: {names}", hint="--signing-key FILE")
    return found[0]


def signing_key_file(origin: str) -> Path:
    """Where the key for a log is looked for: ``CITEKIT_SIGNING_KEY``, else its default place."""
    named = os.environ.get("CITEKIT_SIGNING_KEY")
    return Path(named) if named else default_key_file(origin)


def default_key_file(name: str, algorithm: bytes = ED25519) -> Path:
    """Where the key of a log, or of a ``WITNESS``, is kept: in the user's configuration."""
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "key"
    folder = user_folder("config") / "keys"
    return (folder / "witness" if algorithm == WITNESS else folder) / f"{plain}.key"


def user_folder(kind: Literal["config", "data"]) -> Path:
    """The folder of citekit in the user's configuration, or in their data."""
    import platformdirs

    if kind == "data":
        return platformdirs.user_data_path("citekit")
    return platformdirs.user_config_path("citekit")


def log_origin(store: ArchiveReader) -> str:
    """The name of an archive's log: what its checkpoint says, else what ``archive.toml`` says.

    Without ``[log] origin`` it is made of ``base_url``, else of the title; it never changes after
    the first seal. Raises StoreConflict when archive.toml says another name than the log.
    """
    standing = LogFolder(store.layout).standing()
    settings = store.settings
    if standing:
        if settings.origin not in (None, standing.checkpoint.origin):
            raise StoreConflict(
                f"the log is {standing.checkpoint.origin!r}, archive.toml says {settings.origin!r}",
                place=Place(path=str(store.layout.settings_file)),
                hint="a log keeps its name: set [log] origin back",
            )
        return standing.checkpoint.origin
    origin = settings.origin or _made_origin(settings.base_url, settings.title)
    check_key_name(origin)
    return origin


def _made_origin(base_url: str | None, title: str) -> str:
    parts = urlsplit(base_url or "")
    if parts.hostname:
        return f"{parts.hostname}{parts.path}".rstrip("/")
    slug = re.sub(r"[^\w.-]+", "-", title.casefold()).strip("-.")
    return f"citekit.invalid/{slug or 'archive'}"


def _check_outside(path: Path) -> None:
    for folder in path.parents:
        if (folder / "archive.toml").exists() or (folder / ".git").exists():
            raise UsageError(
                f"a private key does not belong into {folder}: what is there gets copied",
                hint="leave --output out, or choose a folder outside archives and repositories",
            )


def _write_secret(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with files.reported(path):
        try:
            descriptor = os.open(path, flags, 0o600)
        except FileExistsError as error:
            raise StoreConflict(
                "there is a key already; losing it would be for good",
                place=Place(path=str(path)),
                hint="citekit seal signs with it; for another key, name a file with --output",
            ) from error
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        except OSError:  # half a key would be in the way of a whole one
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
    files.flush_folder(path.parent)

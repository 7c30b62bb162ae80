"""What ``doctor`` knows of the log: whether this machine can sign it, and who has timestamped it.

Nobody is asked over the network, and nothing here is a verdict: that is what ``verify`` is for.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from citekit.app.doctor.checked import CheckedThing
from citekit.app.sealing.signing_keys import find_signing_key, log_origin, signing_key_file
from citekit.errors import CitekitError, IntegrityFailed
from citekit.integrity.note import Note
from citekit.integrity.sign import verify_note
from citekit.integrity.timestamp import MAX_RESPONSE_BYTES, read_timestamp
from citekit.model.records.codec import write_instant
from citekit.store import files
from citekit.store.log.folder import LogFolder
from citekit.store.log.record_kinds import action_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from citekit.integrity.sign import VerifierKey
    from citekit.integrity.timestamp import Timestamp
    from citekit.store.log.folder import Standing
    from citekit.store.reading import ArchiveReader

_KEY: Final = "signing key"
_AUTHORITIES: Final = "timestamp authorities"


def examine_log(store: ArchiveReader) -> Iterator[CheckedThing]:
    """Look at the archive's signing key and at the timestamps that it keeps."""
    try:
        standing = LogFolder(store.layout).standing()
    except CitekitError as error:
        yield _failed("log", error)
        return
    yield _signing_key(store, standing)
    yield _authorities(store, standing)


def _signing_key(store: ArchiveReader, standing: Standing | None) -> CheckedThing:
    try:
        origin = log_origin(store)
        path = signing_key_file(origin)
        key = find_signing_key(origin)
        if key is None:
            detail, hint = _no_key(standing, path)
            return CheckedThing(name=_KEY, ok=False, detail=detail, hint=hint)
        trouble = _trouble(store, standing, origin, key.verifier)
    except CitekitError as error:  # the extra is absent, or others may read the file
        return _failed(_KEY, error)
    if trouble:
        return CheckedThing(name=_KEY, ok=False, detail=f"{path}: {trouble[0]}", hint=trouble[1])
    rights = ", readable by its owner alone" if os.name == "posix" else ""
    signed = f"it has signed {standing.size} entries" if standing else "nothing is sealed yet"
    return CheckedThing(name=_KEY, ok=True, detail=f"{key.verifier} in {path}{rights}; {signed}")


def _no_key(standing: Standing | None, path: Path) -> tuple[str, str]:
    """What it means that no key was found, and what to do."""
    signers = [f"{s.name}+{s.key_id.hex()}" for s in standing.signatures] if standing else []
    if not signers:
        return "none: seals are unsigned", f"citekit keygen makes one: {path}"
    return (
        f"the log is signed by {', '.join(signers)}, and that key is not here",
        f"put it at {path}, or name its file: citekit seal --signing-key FILE",
    )


def _trouble(
    store: ArchiveReader, standing: Standing | None, origin: str, key: VerifierKey
) -> tuple[str, str] | None:
    """What is wrong with a key for this log, and what to do; None when it is the log's own."""
    if key.name != origin:
        said = f"is a key for the log {key.name!r}, this one is {origin!r}"
        return said, "citekit keygen, run for this archive, makes one"
    if standing is None:
        return None
    if not standing.signatures:
        return "the last seal is unsigned", "citekit seal signs it now"
    last, *_ = standing.signatures  # at a change of keys the new one signs first
    try:
        verify_note(Note(text=standing.note.text, signatures=(last,)), [key])
    except IntegrityFailed as error:
        signer = f"{last.name}+{last.key_id.hex()}"
        return (
            f"is not the key that signs the log, which is {signer} ({error.message})",
            "put that one here, or name its file: citekit seal --signing-key FILE",
        )
    public = store.layout.check_inside(store.layout.key_file(key.key_id.hex()))
    if files.read_bytes(public) != f"{key}\n".encode():
        return f"its public key is another in {public}", "citekit verify shows what is wrong"
    return None


def _authorities(store: ArchiveReader, standing: Standing | None) -> CheckedThing:
    try:
        stamps = sorted(_timestamps(store), key=lambda stamp: stamp[0].at)
    except CitekitError as error:
        return _failed(_AUTHORITIES, error)
    if not stamps:
        detail = (
            f"none has answered yet; {', '.join(store.settings.tsa)}: asked at each seal"
            if store.settings.tsa
            else "none was asked yet: citekit seal --tsa URL has the checkpoint timestamped"
        )
        return CheckedThing(name=_AUTHORITIES, ok=True, detail=detail)
    last, covered = stamps[-1]
    names = ", ".join(dict.fromkeys(stamp.authority for stamp, _ in stamps))
    size = standing.size if standing else 0
    return CheckedThing(
        name=_AUTHORITIES,
        ok=True,
        detail=f"{names}; the last timestamp is of {write_instant(last.at)}, "
        f"for {covered} of {size} entries (citekit verify --trust ROOT.pem checks it)",
    )


def _timestamps(store: ArchiveReader) -> Iterator[tuple[Timestamp, int]]:
    """The timestamps that are kept, with how many entries each is about."""
    folder = store.layout.trust / "timestamps"
    for name in files.names(folder):
        if action_of(f"trust/timestamps/{name}"):
            path = store.layout.check_inside(folder / name)
            response = files.read_bytes(path, limit=MAX_RESPONSE_BYTES)
            yield read_timestamp(response), int(name.partition("-")[0])


def _failed(name: str, error: CitekitError) -> CheckedThing:
    hint = error.hint or "citekit verify"
    return CheckedThing(name=name, ok=False, detail=str(error), hint=hint)

"""Having the checkpoint that stands stamped: asking authorities, and keeping what they answer.

An authority that fails never costs a seal: what was sealed is sealed, and can be stamped later.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from citekit.app.sealing.kept_checkpoints import kept_at, known_seals
from citekit.app.sealing.timestamp_authority import ask_authority
from citekit.errors import CitekitError, IntegrityFailed, MissingExtra, StoreConflict
from citekit.findings import Finding, Severity
from citekit.integrity.digest import digest_bytes
from citekit.integrity.timestamp import MAX_NONCE, Timestamp, build_query, read_timestamp
from citekit.store.log.folder import LogFolder, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.store.archive import ArchiveStore


def stamp(
    store: ArchiveStore, urls: Sequence[str], *, allow_private: bool = False
) -> tuple[tuple[Timestamp, ...], tuple[Finding, ...]]:
    """Ask each authority about the checkpoint that stands; a warning for each that gives nothing.

    The lock is free while they are asked. Raises StoreConflict when there is no checkpoint.
    """
    log = LogFolder(store.layout)
    standing = log.standing()
    if standing is None:
        raise StoreConflict("the checkpoint has gone meanwhile")
    # what was stamped before keeps its bytes, whoever has signed the checkpoint since
    kept = kept_at(store.layout, log, standing.size)
    if kept is not None and set(standing.signatures) <= set(kept.signatures):
        standing = kept
    timestamps: list[Timestamp] = []
    findings: list[Finding] = []
    for url in urls:
        try:
            response, timestamp = _ask(url, standing, allow_private=allow_private)
        except CitekitError as error:
            findings.append(not_stamped(url, error, size=standing.size))
            continue
        _keep(store, standing, response)
        timestamps.append(timestamp)
    return tuple(timestamps), tuple(findings)


def authorities_to_ask(store: ArchiveStore) -> tuple[str, ...]:
    """Those that ``archive.toml`` names, unless as many have stamped what stands already.

    Which address a timestamp came from, it does not say.
    """
    urls = store.settings.tsa
    log = LogFolder(store.layout)
    latest = log.standing() if urls else None
    if latest is None:
        return urls
    *_, last = known_seals(store, log, latest)
    try:
        authorities = {timestamp.authority for _, timestamp in last.timestamps()}
    except MissingExtra:  # the asking tells what to install
        return urls
    return () if len(authorities) >= len(urls) else urls


def _keep(store: ArchiveStore, standing: Standing, response: bytes) -> None:
    with store.writing():
        log = LogFolder(store.layout)
        log.write(store.layout.kept_checkpoint(standing.size), standing.data)
        log.write(store.layout.timestamp_file(standing.size, digest_bytes(response)), response)


def _ask(url: str, standing: Standing, *, allow_private: bool) -> tuple[bytes, Timestamp]:
    nonce = int.from_bytes(os.urandom(8), "big") % MAX_NONCE + 1
    digest = digest_bytes(standing.data)
    response = ask_authority(url, build_query(digest, nonce=nonce), allow_private=allow_private)
    timestamp = read_timestamp(response)
    if timestamp.digest != digest or timestamp.nonce != nonce:
        raise IntegrityFailed("the answer is about something else")
    return response, timestamp


def not_stamped(url: str, error: CitekitError, *, size: int | None = None) -> Finding:
    """The warning that the log, of ``size`` entries where that is known, was not stamped."""
    what = "the log" if size is None else f"the log of {size} entries"
    again = "the seal stands; citekit seal asks again"
    return Finding(
        code="CK-W601",
        message=f"{what} is not stamped by {url}: {error.message}",
        severity=Severity.WARNING,
        rule="RFC 3161",
        hint=f"{error.hint}; {again}" if error.hint else again,
    )

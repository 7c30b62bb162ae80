"""The seals of an archive, told for a PROV document."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from citekit.app.sealing.kept_checkpoints import KnownSeal, known_seals, sealing_event
from citekit.app.sealing.log_reading import sealed_keys
from citekit.errors import MissingExtra
from citekit.formats.prov.seals import Seal, Signer, Stamp
from citekit.integrity.digest import digest_bytes
from citekit.model.records.codec import write_instant
from citekit.store.log.folder import LogFolder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citekit.store.reading import ArchiveReader


def prov_seals(store: ArchiveReader) -> Iterator[Seal]:
    """Every seal whose checkpoint is here, oldest first; none where nothing was sealed."""
    log = LogFolder(store.layout)
    latest = log.standing()
    if latest is None:
        return
    vkeys = sealed_keys(log, latest.size)
    for seal in known_seals(store, log, latest):
        checkpoint = seal.standing.checkpoint
        yield Seal(
            origin=checkpoint.origin,
            first=seal.first,
            size=seal.size,
            root=b64encode(checkpoint.root).decode(),
            digest=seal.digest,
            event=sealing_event(log, seal.size),
            signers=tuple(_signers(seal, vkeys)),
            stamps=_stamps(seal),
        )


def _signers(seal: KnownSeal, vkeys: Mapping[str, str]) -> Iterator[Signer]:
    for signature in seal.standing.signatures:
        name = f"{signature.name}+{signature.key_id.hex()}"
        yield Signer(name=name, vkey=vkeys.get(name))


def _stamps(seal: KnownSeal) -> tuple[Stamp, ...]:
    try:
        return tuple(
            Stamp(
                digest=digest_bytes(response),
                at=write_instant(timestamp.at),
                authority=timestamp.authority,
            )
            for response, timestamp in seal.timestamps()
        )
    except MissingExtra:  # that there are tokens can be told without reading them
        return tuple(Stamp(digest=digest_bytes(response)) for response in seal.responses)

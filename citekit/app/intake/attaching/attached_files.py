"""A file beside an export as a capture of its item: declared, for only the export says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from citekit.app.intake.adding.sources import DEFAULT_MAX_SIZE_BYTES, check_url, read_source
from citekit.app.intake.document_reading import own_publishers, read_extraction
from citekit.app.intake.payloads import build_payloads
from citekit.errors import CitekitError
from citekit.integrity.digest import digest_bytes
from citekit.model.capture import Capture, Source
from citekit.store.writing.event_recorder import this_tool

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from citekit.findings import Finding
    from citekit.formats.attached import AttachedFile
    from citekit.store.archive import ArchiveStore
    from citekit.store.writing.writer import PayloadSource

_OF_ITEMS: frozenset[str] = frozenset({"no-title", "no-date"})
"""What a document lacks and its item has from the export."""


class FoundFile(NamedTuple):
    """A file of an entry that is there: its bytes are read again when they are needed."""

    file: AttachedFile
    path: Path
    digest: str


class ReadFile(NamedTuple):
    """A file as it will be captured, and what was noticed in it."""

    found: FoundFile
    capture: Capture
    contents: Mapping[str, PayloadSource]
    findings: tuple[Finding, ...]


def find_digest(file: AttachedFile, path: Path) -> FoundFile:
    """The file with the digest of its bytes; raises as ``read_source`` does."""
    data = read_source(path, max_size_bytes=DEFAULT_MAX_SIZE_BYTES)
    return FoundFile(file, path, digest_bytes(data))


def read_file(store: ArchiveStore, found: FoundFile, *, format_: str, now: datetime) -> ReadFile:
    """Read a document as ``add`` does, and have its capture say what the export says.

    Raises as ``read_source`` does. Its bytes are taken from the file again when they are stored.
    """
    data = read_source(found.path, max_size_bytes=DEFAULT_MAX_SIZE_BYTES)
    address = _address(found.file.url)
    extraction = read_extraction(
        data,
        name=found.path.name,
        url=address,
        encoding=None,
        publishers=own_publishers(store),
        now=now,
    )
    source = Source(
        fact="declared",
        url=address or extraction.source_url,
        file=found.path.name,
        declared_by="export" if address else "file" if extraction.source_url else None,
        declared_at=found.file.saved_at or extraction.captured_at,
    )
    payloads, contents = build_payloads(data, extraction)
    capture = Capture(
        captured_at=now,
        source=source,
        tool=this_tool({"format": format_}, extraction.libraries),
        payloads=payloads,
    )
    told = tuple(one for one in extraction.findings if one.rule not in _OF_ITEMS)
    return ReadFile(found, capture, {**contents, digest_bytes(data): found.path}, told)


def _address(url: str | None) -> str | None:
    """The address that the export names, if it is one of the web."""
    try:
        return check_url(url)
    except CitekitError:
        return None

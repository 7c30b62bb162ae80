"""Reading an original again, told what its capture record tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.intake.document_reading import own_publishers, read_extraction

if TYPE_CHECKING:
    from citekit.extract import Extraction
    from citekit.model.capture import Capture
    from citekit.store.reading import ArchiveReader


def read_again(
    store: ArchiveReader, capture: Capture, data: bytes, *, encoding: str | None
) -> Extraction:
    """What today's citekit reads out of bytes that are, or may be, the capture's original."""
    source = capture.source
    return read_extraction(
        data,
        name=source.file,
        url=capture.final_url or source.url,
        encoding=encoding,
        publishers=own_publishers(store),
        now=capture.captured_at,
    )

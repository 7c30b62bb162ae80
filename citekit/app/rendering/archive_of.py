"""Which archive a paper is made with, where its reader names none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.papers.markdown.blocks import read_blocks
from citekit.app.papers.markdown.paper import metadata_of
from citekit.store import files
from citekit.store.reading import ArchiveReader

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.app.papers.markdown.metadata import Metadata

MOST_BYTES = 20_000_000


def read_paper(path: Path) -> str:
    """The text of a paper; raises NotFound, InvalidData, StorageFailed."""
    return files.decode_text(files.read_bytes(path, limit=MOST_BYTES), path)


def archive_of(path: Path) -> ArchiveReader | None:
    """The archive that the metadata of a paper name (``citekit-archive``), or None.

    Raises NotFound where there is none, else what ``read_paper`` raises.
    """
    text = read_paper(path)
    return archive_in(metadata_of(read_blocks(text), text), path.parent)


def archive_in(metadata: Metadata, folder: Path) -> ArchiveReader | None:
    """The archive that metadata name, as seen from a folder; raises NotFound, InvalidData.

    It may lie anywhere: a paper gets nothing from an archive that is not for others.
    """
    named = metadata.text("citekit-archive")
    return ArchiveReader.open(folder / named).for_others() if named else None

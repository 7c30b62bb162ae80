"""What an entry of a bibliography brings along beside its variables: files, notes, highlights.

Pure: a file is named by the path that the export gives it, which is other people's text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from citekit.model.value import NOTHING, Value


class Mark(Value):
    """A highlight or a remark on a file, as another program has it.

    ``id`` is ``urn:uuid:…``, the same whenever it is read. ``text`` are the words of the file that
    it is about, ``note`` is Markdown, ``facts`` what else is said of it (kind, page, colour).
    """

    id: str
    text: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    creator: str = ""
    created: datetime | None = None
    facts: Mapping[str, Any] = NOTHING


class AttachedFile(Value):
    """A file, by its path as written in the export; empty where it is a link alone.

    ``saved_at`` and ``url`` are what the export says of when and where it was saved.
    """

    path: str = ""
    title: str = ""
    url: str | None = None
    saved_at: datetime | None = None
    marks: tuple[Mark, ...] = ()


class AttachedNote(Value):
    """A note in Markdown; ``quoted`` is how many words its longest marked quotation has.

    ``id`` is ``urn:uuid:…``, the same whenever it is read.
    """

    id: str
    text: str
    quoted: int = 0


class Attached(Value):
    """All that one entry brings along."""

    files: tuple[AttachedFile, ...] = ()
    notes: tuple[AttachedNote, ...] = ()

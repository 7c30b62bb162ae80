"""Reading a document in a process that can be stopped.

A hostile page can keep a parser busy for minutes or exhaust memory; here that costs a child
process (``reader_process``). Only plain text in UTF-8 is read in this process, up to a megabyte:
its reader is citekit's own, and linear.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from citekit.app.intake.libraries import libraries_of
from citekit.app.intake.reader_process import READER, TIMEOUT_S, GaveUp
from citekit.errors import InvalidData, Place
from citekit.extract import Extraction, extract, kind_of
from citekit.extract.shared.publishers import read_publishers
from citekit.findings import Finding, Severity
from citekit.model.records.codec import decode, to_json
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from citekit.app.intake.reader_process import ReaderProcess
    from citekit.store.reading import ArchiveReader

_SMALL_BYTES: Final = 1_000_000


def read_extraction(
    data: bytes,
    *,
    name: str | None,
    url: str | None,
    encoding: str | None,
    publishers: Sequence[Mapping[str, Any]],
    now: datetime,
    media_type: str | None = None,
    timeout_s: float = TIMEOUT_S,
    reader: ReaderProcess | None = None,
) -> Extraction:
    """What can be read out of the bytes; when the child fails or is stopped, a finding says so.

    ``reader`` is the child to ask, where that is not the one of this run.
    """
    facts = {
        "name": name,
        "media_type": media_type,
        "url": url,
        "encoding": encoding,
        "publishers": [dict(publisher) for publisher in publishers],
        "now": now.isoformat(),
    }
    if is_read_here(data, name):
        return _extract(data, facts)
    request = {**facts, "data": base64.b64encode(data).decode()}
    try:
        read = (reader or READER).read(
            "document", request, size_bytes=len(data), timeout_s=timeout_s
        )
    except GaveUp as error:
        return _gave_up(name, str(error))
    return decode(Extraction, read)


def answer(request: dict[str, Any]) -> Any:  # noqa: ANN401  # JSON
    """What the child says of a document: its extraction."""
    return to_json(_extract(base64.b64decode(request.pop("data")), request))


def own_publishers(store: ArchiveReader) -> tuple[Mapping[str, Any], ...]:
    """The archive's own publishers; raises InvalidData with the line of a table that is wrong.

    Checked here, before a child reads a page: the child could only give up.
    """
    for number, row in enumerate(store.settings.publishers):
        try:
            read_publishers([row])
        except InvalidData as error:
            path = store.layout.settings_file
            heads = re.finditer(
                r"^\s*\[\[\s*publisher\s*\]\]", path.read_text("utf-8"), re.MULTILINE
            )
            lines = [head.string.count("\n", 0, head.end()) + 1 for head in heads]
            place = Place(path=str(path), line=lines[number] if number < len(lines) else None)
            raise InvalidData(error.message, place=place, hint=error.hint) from error
    return store.settings.publishers


def is_read_here(data: bytes, name: str | None) -> bool:
    """Whether no parser of other people's is needed; a name alone says nothing of the bytes."""
    if len(data) > _SMALL_BYTES or kind_of(data, name=name) != "text":
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _gave_up(name: str | None, reason: str) -> Extraction:
    finding = Finding(
        code="CK-W190",
        severity=Severity.WARNING,
        message=f"{name or 'stdin'} is kept as it is, but nothing was read from it: {reason}",
        hint="give its metadata with --set",
    )
    return Extraction(media_type="application/octet-stream", kind="other", findings=(finding,))


def _extract(data: bytes, facts: Mapping[str, Any]) -> Extraction:
    extraction = extract(
        data,
        name=facts["name"],
        media_type=facts["media_type"],
        url=facts["url"],
        encoding=facts["encoding"],
        publishers=read_publishers(facts["publishers"]),
        now=datetime.fromisoformat(facts["now"]),
    )
    return replace(extraction, libraries=libraries_of(extraction.kind))

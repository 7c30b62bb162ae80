"""One page of a crawl as a row: where it stands, what it is, and what was read out of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from citekit.app.intake.describe import Declared, describe
from citekit.app.intake.document_reading import read_extraction
from citekit.app.intake.new_citekey import make_citekey
from citekit.extract.shared.names import display_name
from citekit.integrity.digest import digest_bytes
from citekit.model.item import Item
from citekit.model.value import NOTHING, Value

if TYPE_CHECKING:
    from citekit.app.intake.reader_process import ReaderProcess
    from citekit.extract import Extraction

PAGE_S: Final = 20.0
"""Seconds that the reading of one page may take."""


class Row(Value):
    """One record of a WARC file.

    ``at`` is RFC 3339 in UTC, ``offset`` counts bytes of the file ``warc``; ``digest`` and
    ``text_digest`` are SHA-256. ``csl`` is CSL-JSON, ``evidence`` has a list of candidates for each
    field. ``failure`` says why nothing was read; then the fields of the article are empty.
    """

    url: str
    at: str = ""
    warc: str = ""
    offset: int = 0
    record_id: str = ""
    status: int = 0
    media_type: str = ""
    digest: str = ""
    completeness: str = ""
    type: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    site: str = ""
    language: str = ""
    text_digest: str = ""
    text: str | None = None
    csl: Mapping[str, Any] = NOTHING
    evidence: Mapping[str, Any] = NOTHING
    findings: tuple[str, ...] = ()
    failure: str = ""

    def to_json(self) -> dict[str, Any]:
        """All fields, as a line of the output has them."""
        return {name: _plain(getattr(self, name)) for name in COLUMNS}


COLUMNS: Final = tuple(Row.__annotations__)


def extract_record(
    data: bytes,
    url: str,
    captured_at: datetime | None = None,
    *,
    media_type: str | None = None,
    with_text: bool = False,
    reader: ReaderProcess | None = None,
    timeout_s: float = PAGE_S,
) -> Row:
    """The row of one page: ``data`` are its bytes, ``media_type`` what the server called them.

    Read in a child process that may take ``timeout_s`` seconds and 1 GB; what it gives up on is a
    row with a ``failure``. Raises nothing for what the data are.
    """
    extraction = read_extraction(
        data,
        name=None,
        url=url,
        media_type=media_type,
        encoding=None,
        publishers=(),
        now=captured_at or datetime.now(UTC),
        timeout_s=timeout_s,
        reader=reader,
    )
    messages = (f.message for f in extraction.findings if f.code == "CK-W190")
    gave_up = next(messages, "").rpartition("from it: ")[2]
    place: dict[str, Any] = {
        "url": url,
        "at": _instant(captured_at),
        "media_type": media_type or "",
    }
    if gave_up:
        return Row(**place, digest=digest_bytes(data), failure=gave_up)
    return Row(**place, digest=digest_bytes(data), **_read(extraction, url, with_text=with_text))


def _read(extraction: Extraction, url: str, *, with_text: bool) -> dict[str, Any]:
    variables, facts = describe(extraction, Declared(), "restricted", visited=url)
    item = Item.from_json({"id": make_citekey(variables), **variables})
    date = item.date()
    text = extraction.text or ""
    return {
        "completeness": extraction.completeness.verdict,
        "type": item.type,
        "title": item.title or "",
        "authors": tuple(display_name(name) for name in variables.get("author", ())),
        "date": date.to_edtf() if date and date.parts else "",
        "site": item.text("container-title"),
        "language": item.text("language"),
        "text_digest": digest_bytes(text.encode()) if text else "",
        "text": text if with_text else None,
        "csl": item.csl(),
        "evidence": dict(facts.evidence),
        "findings": tuple(f"{f.code} {f.message}" for f in extraction.findings),
    }


def _instant(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def _plain(value: Any) -> Any:  # noqa: ANN401  # a JSON value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return value

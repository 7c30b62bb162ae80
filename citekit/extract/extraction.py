"""Read any document: what it is, its text, and every field with evidence.

`extract` is the one function the rest of citekit calls; a reader for each kind of document does
the work. Nothing here opens a file or a connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.extract.document import Document, read_document
from citekit.extract.evidence import Evidence, Extraction, choose
from citekit.extract.payload import write_payload
from citekit.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from citekit.extract.publishers import Publisher


def extract(
    data: bytes,
    *,
    media_type: str | None = None,
    name: str | None = None,
    url: str | None = None,
    publishers: Sequence[Publisher] = (),
    encoding: str | None = None,
    now: datetime | None = None,
) -> Extraction:
    """What a document says of itself: text, metadata with evidence, captions, findings.

    `media_type` and `name` are hints, `url` is where it came from, `publishers` are the user's own
    (they win over the known ones), `encoding` is obeyed, and dates after `now` are not believed.
    Never raises for what `data` holds.
    """
    document = read_document(data, media_type=media_type, name=name, encoding=encoding)
    match document.kind:
        case "text":
            return _from_text(document, url=url, publishers=publishers, now=now)
        case "html":
            return _from_html(document, url=url, publishers=publishers, now=now)
        case "image":
            return _original_only(document, "graphic", url)
        case _:
            return _original_only(document, "document", url)


def _from_text(
    document: Document, *, url: str | None, publishers: Sequence[Publisher], now: datetime | None
) -> Extraction:
    from citekit.extract.plaintext import read_plaintext

    decoded = document.text or ""
    reading = read_plaintext(decoded, url=url, publishers=publishers)
    text, passages = write_payload((u.text, (u.start, u.end)) for u in reading.body)
    evidence = [*encoding_evidence(document), *reading.evidence, *url_evidence(url)]
    return Extraction(
        media_type=document.media_type,
        kind="text",
        encoding=document.decoded.encoding if document.decoded else None,
        text=text,
        decoded=decoded,
        evidence=choose(doubt_future(evidence, now)),
        captions=reading.captions,
        passages=passages,
        findings=(*document.findings, *missing(evidence, text)),
    )


def _from_html(
    document: Document, *, url: str | None, publishers: Sequence[Publisher], now: datetime | None
) -> Extraction:
    from citekit.extract.html import read_html

    decoded = document.text or ""
    reading = read_html(decoded, url=url, publishers=publishers)
    text, passages = write_payload(reading.paragraphs)
    evidence = [*encoding_evidence(document), *reading.evidence, *url_evidence(url)]
    return Extraction(
        media_type=document.media_type,
        kind="html",
        encoding=document.decoded.encoding if document.decoded else None,
        text=text,
        decoded=decoded,
        evidence=choose(doubt_future(evidence, now)),
        captions=reading.captions,
        passages=passages,
        source_url=reading.source_url,
        captured_at=reading.captured_at,
        findings=(*document.findings, *missing(evidence, text)),
    )


def _original_only(document: Document, csl_type: str, url: str | None) -> Extraction:
    evidence = [
        Evidence(
            field="type",
            value=csl_type,
            origin="media-type",
            rule=document.media_type,
            confidence=0.5,
        ),
        *url_evidence(url),
    ]
    return Extraction(media_type=document.media_type, kind=document.kind, evidence=choose(evidence))


def encoding_evidence(document: Document) -> list[Evidence]:
    """The encoding as evidence: the rule tells how it is known."""
    decoded = document.decoded
    if decoded is None:
        return []
    return [
        Evidence(
            field="encoding",
            value=decoded.encoding,
            origin="bytes",
            rule=decoded.rule,
            place={"payload": "original", "declared": decoded.declared},
            confidence=decoded.confidence,
        )
    ]


def url_evidence(url: str | None) -> list[Evidence]:
    """The address the caller gave, as evidence for the item's URL."""
    if not url:
        return []
    return [Evidence(field="URL", value=url, origin="url", rule="given", confidence=0.9)]


def doubt_future(evidence: list[Evidence], now: datetime | None) -> list[Evidence]:
    """Evidence with dates after `now` (a day's grace for time zones) put below belief."""
    if now is None:
        return evidence
    from dataclasses import replace

    today = (now.year, now.month, now.day + 1)
    return [
        replace(e, confidence=0.05) if e.field == "issued" and _day(e.value) > today else e
        for e in evidence
    ]


def _day(value: Any) -> tuple[int, ...]:  # noqa: ANN401  # a CSL date
    return tuple(value.get("date-parts", [[0]])[0])


def missing(evidence: list[Evidence], text: str | None) -> list[Finding]:
    """A finding for each thing every article has and this one does not show."""
    fields = {e.field for e in evidence}
    wanted = {"title": "title", "issued": "date"}
    found = [
        Finding(
            code="CK-W110",
            severity=Severity.WARNING,
            rule=f"no-{word}",
            message=f"no {word} was found",
            hint=f"give it by hand: --set {name}=…",
        )
        for name, word in wanted.items()
        if name not in fields
    ]
    if text is None:
        found.append(
            Finding(
                code="CK-W111",
                severity=Severity.WARNING,
                rule="no-text",
                message="no body text was found",
                hint="the original is kept as it is",
            )
        )
    return found

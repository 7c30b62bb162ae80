"""Read any document: what it is, its text, and every field with evidence.

`extract` is the one function the rest of citekit calls; a reader for each kind of document does
the work. Nothing here opens a file or a connection.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from citekit.extract.completeness.judging import judge
from citekit.extract.documents.document import Document, read_document
from citekit.extract.documents.encoding import decode
from citekit.extract.documents.markdown import read_markdown
from citekit.extract.documents.mhtml import read_mhtml
from citekit.extract.documents.pdf import read_pdf, reflow
from citekit.extract.dumps.plaintext import read_plaintext
from citekit.extract.missing import missing
from citekit.extract.pages.html import read_html
from citekit.extract.payload import write_payload
from citekit.extract.shared.archives import copy_at, copy_evidence
from citekit.extract.shared.completeness import Completeness
from citekit.extract.shared.dates.doubts import date_findings
from citekit.extract.shared.evidence import Caption, Evidence, Extraction, Json, choose
from citekit.extract.shared.publishers import Publisher
from citekit.findings import Finding, Severity
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Paragraph = tuple[str, tuple[int, int] | None]


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
    context = Context(url=url, publishers=tuple(publishers), now=now)
    match document.kind:
        case "text":
            return _from_text(document, context)
        case "html":
            return _from_html(document, context)
        case "markdown":
            return _from_markdown(document, context)
        case "mhtml":
            return _from_mhtml(data, document, context)
        case "pdf":
            return _from_pdf(data, document, context)
        case "image":
            return _original_only(document, "graphic", url)
        case _:
            return _original_only(document, "document", url)


class Context(Value):
    """What the caller knows beside the bytes."""

    url: str | None
    publishers: tuple[Publisher, ...]
    now: datetime | None


def _from_text(document: Document, context: Context) -> Extraction:
    reading = read_plaintext(document.text or "", url=context.url, publishers=context.publishers)
    paragraphs = [(unit.text, (unit.start, unit.end)) for unit in reading.body]
    return _finish(
        document,
        context,
        reading.evidence,
        paragraphs,
        captions=reading.captions,
        completeness=judge(reading.shown(document.text or "")),
    )


def _from_html(document: Document, context: Context) -> Extraction:
    reading = read_html(document.text or "", url=context.url, publishers=context.publishers)
    done = _finish(
        document,
        context,
        reading.evidence,
        reading.paragraphs,
        captions=reading.captions,
        findings=reading.findings,
        completeness=reading.completeness,
    )
    return replace(done, source_url=reading.source_url, captured_at=reading.captured_at)


def _from_markdown(document: Document, context: Context) -> Extraction:
    reading = read_markdown(document.text or "")
    done = _finish(
        document,
        context,
        reading.evidence,
        reading.paragraphs,
        findings=reading.findings,
    )
    return replace(done, source_url=done.value("URL") if not context.url else None)


def _from_mhtml(data: bytes, document: Document, context: Context) -> Extraction:
    page = read_mhtml(data)
    if page is None:
        finding = Finding(
            code="CK-W140",
            severity=Severity.WARNING,
            rule="mhtml-no-page",
            message="no page was found in the saved archive",
            hint="the original is kept as it is",
        )
        return replace(_original_only(document, "document", context.url), findings=(finding,))
    inner = Document(
        media_type=document.media_type,
        kind="mhtml",
        decoded=decode(page.data, label=page.charset),
    )
    address = context.url or page.url
    done = _from_html(inner, replace(context, url=address))
    evidence = done.evidence if context.url else tuple(map(_said_by_file, done.evidence))
    return replace(
        done,
        source_url=page.url or done.source_url,
        captured_at=page.saved_at,
        evidence=evidence,
    )


def _said_by_file(evidence: Evidence) -> Evidence:
    """Nobody gave the address: the program that saved the page wrote it into the file."""
    if evidence.origin != "url" or evidence.field not in _OF_ADDRESS:
        return evidence
    sure = min(evidence.confidence, 0.8)
    return replace(evidence, origin="mhtml", rule="content-location", confidence=sure)


_OF_ADDRESS = frozenset({"URL", "archive", "archive_location", "archived-at"})


def _from_pdf(data: bytes, document: Document, context: Context) -> Extraction:
    pdf = read_pdf(data)
    decoded = reflow(pdf.pages)
    seen = read_plaintext(decoded, url=context.url, publishers=context.publishers)
    kind = Evidence(field="type", value="document", origin="media-type", rule="pdf", confidence=0.6)
    visible = [
        replace(e, origin="pdf-text", confidence=round(e.confidence * 0.8, 2))
        for e in seen.evidence
        if e.rule != "default"
    ]
    paragraphs = [(unit.text, (unit.start, unit.end)) for unit in seen.body]
    read = replace(document, decoded=None)
    done = _finish(
        read,
        context,
        [*pdf.evidence, *visible, kind],
        paragraphs,
        findings=pdf.findings,
    )
    return replace(done, decoded=decoded or None, captions=seen.captions)


def _finish(
    document: Document,
    context: Context,
    evidence: Iterable[Evidence],
    paragraphs: Iterable[Paragraph],
    *,
    captions: tuple[Caption, ...] = (),
    findings: tuple[Finding, ...] = (),
    completeness: Completeness | None = None,
) -> Extraction:
    """The extraction of a document that has text: candidates weighed, paragraphs written."""
    text, passages = write_payload(paragraphs)
    everything = [*encoding_evidence(document), *evidence, *url_evidence(context.url)]
    weighed = choose(doubt_future(everything, context.now))
    return Extraction(
        media_type=document.media_type,
        kind=document.kind,
        encoding=document.decoded.encoding if document.decoded else None,
        text=text,
        decoded=document.text,
        evidence=weighed,
        captions=captions,
        passages=passages,
        completeness=completeness or Completeness(),
        findings=(
            *document.findings,
            *findings,
            *missing(weighed, text),
            *date_findings(weighed),
        ),
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
    return Extraction(
        media_type=document.media_type,
        kind=document.kind,
        evidence=choose(evidence),
        findings=tuple(missing(choose(evidence), "")),  # nobody expects text in it
    )


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
        ),
    ]


def url_evidence(url: str | None) -> list[Evidence]:
    """The address the caller gave, as evidence for the item's URL; of a copy, the original's."""
    if not url:
        return []
    copy = copy_at(url)
    original = copy.original if copy else None
    rule = "given-copy" if copy else "given"
    sure = 0.4 if copy and not original else 0.9  # what the page says of the original is better
    given = Evidence(field="URL", value=original or url, origin="url", rule=rule, confidence=sure)
    return [given, *copy_evidence(copy, "url", rule)]


def doubt_future(evidence: list[Evidence], now: datetime | None) -> list[Evidence]:
    """Evidence with dates after `now` (a day's grace for time zones) put below belief."""
    if now is None:
        return evidence
    latest = now + timedelta(days=1)
    today = (latest.year, latest.month, latest.day)
    return [
        replace(e, confidence=0.05) if e.field == "issued" and _day(e.value) > today else e
        for e in evidence
    ]


def _day(value: Json) -> tuple[int, ...]:  # a CSL date
    return tuple(value.get("date-parts", [[0]])[0])

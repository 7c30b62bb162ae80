"""Read a PDF's information and text by pypdf, within limits of pages, text and time.

A PDF that is broken, locked or too large gives a finding, never an error.
"""

from __future__ import annotations

import io
import re
import time
import warnings
from typing import TYPE_CHECKING

from citekit.extract.shared.bylines import split_names
from citekit.extract.shared.dates.machine import parse_iso
from citekit.extract.shared.evidence import Evidence, Json
from citekit.extract.shared.names import csl_name
from citekit.findings import Finding, Severity, unheard
from citekit.model.value import Value

if TYPE_CHECKING:
    from pypdf import PdfReader

    from citekit.extract.shared.dates.found import FoundDate

_MOST_PAGES = 300
_MOST_NUMBERS = 8
_MOST_TEXT = 3_000_000  # code points
_LARGEST = 100_000_000  # bytes
_SECONDS = (7.0, 40.0)  # of a small PDF, and of any: less than the process that reads it has
_BYTES_A_SECOND = 300_000
_LONGEST_S = 45.0  # by the clock, on a machine that does much else
_USELESS = re.compile(
    r"^(?:untitled|microsoft word - .*|.*\.(?:docx?|indd|qxd|tex|dvi|pdf)|null|none)$",
    re.IGNORECASE,
)


class PdfReading(Value):
    """What a PDF gave: the text of its pages, evidence from its information, findings."""

    pages: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_pdf(data: bytes) -> PdfReading:
    """Text and document information of a PDF."""
    if len(data) > _LARGEST:
        return _refused(
            "CK-W131",
            f"the PDF is larger than {_LARGEST // 1_000_000} MB",
            "text is not read from it",
        )
    with unheard("pypdf"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _read(data)
        except Exception as error:  # noqa: BLE001  # pypdf raises much more than its own errors
            reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
            return _refused(
                "CK-W130",
                f"the PDF cannot be read: {reason}",
                "the original is kept as it is",
            )


def _read(data: bytes) -> PdfReading:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return _refused(
            "CK-W132",
            "the PDF is locked with a password",
            "add an unlocked copy to get its text",
        )
    pages, findings = _pages(reader, min(_SECONDS[0] + len(data) / _BYTES_A_SECOND, _SECONDS[1]))
    return PdfReading(pages=pages, evidence=tuple(_information(reader)), findings=findings)


def _pages(reader: PdfReader, most_s: float) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """The texts of the pages; one that cannot be read has none, and raises where it is alone."""
    texts: list[str] = []
    unread: list[int] = []
    size, end, latest = 0, time.process_time() + most_s, time.monotonic() + _LONGEST_S
    for number, page in enumerate(reader.pages):
        is_late = time.process_time() > end or time.monotonic() > latest
        if number >= _MOST_PAGES or size > _MOST_TEXT or is_late:
            return tuple(texts), (*_unread(unread), _cut(number))
        try:
            text = page.extract_text() or ""
        except Exception:  # as in read_pdf
            if len(reader.pages) == 1:
                raise
            unread.append(number + 1)
            text = ""
        size += len(text)
        texts.append(text)
    return tuple(texts), _unread(unread)


def _unread(pages: list[int]) -> tuple[Finding, ...]:
    if not pages:
        return ()
    shown = ", ".join(map(str, pages[:_MOST_NUMBERS]))
    more = f" and {len(pages) - _MOST_NUMBERS} more" if len(pages) > _MOST_NUMBERS else ""
    finding = Finding(
        code="CK-W134",
        severity=Severity.WARNING,
        rule="pdf-pages",
        message=f"pages of the PDF that cannot be read: {shown}{more}",
        hint="the original is kept whole",
    )
    return (finding,)


def _cut(page: int) -> Finding:
    return Finding(
        code="CK-W133",
        severity=Severity.WARNING,
        rule="pdf-limits",
        message=f"only the first {page} pages were read: the PDF is very large",
        hint="the original is kept whole",
    )


def _information(reader: PdfReader) -> list[Evidence]:
    info = reader.metadata
    if info is None:
        return []
    found: list[Evidence] = []
    title = _text(info.get("/Title"))
    if title and not _USELESS.match(title):
        found.append(_fact("title", title, "/Title", 0.6))
    author = _text(info.get("/Author"))
    if author:
        names = split_names(author)
        if names:
            found.append(_fact("author", [csl_name(name) for name in names], "/Author", 0.5))
    date = _pdf_date(_text(info.get("/CreationDate")))
    if date:
        found.append(_fact("issued", date.csl, "/CreationDate", 0.3))
    return found


def _fact(name: str, value: Json, key: str, sure: float) -> Evidence:
    return Evidence(
        field=name,
        value=value,
        origin="pdf-info",
        rule=key,
        place={"path": key},
        confidence=sure,
    )


def _text(value: Json) -> str:  # a pypdf object
    return " ".join(str(value).replace("\0", "").split())[:1000] if value is not None else ""


def _pdf_date(text: str) -> FoundDate | None:
    """A date such as ``D:20230604102100+02'00'`` (ISO 32000 §7.9.4)."""
    match = re.match(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?", text)
    return (
        parse_iso("-".join(part for part in match.groups() if part)) if match and match[2] else None
    )


def _refused(code: str, message: str, hint: str) -> PdfReading:
    finding = Finding(code=code, severity=Severity.WARNING, rule="pdf", message=message, hint=hint)
    return PdfReading(findings=(finding,))


def reflow(pages: tuple[str, ...]) -> str:
    """The pages' lines as paragraphs with blank lines between them.

    A line that ends a sentence and stops short of the usual width ends a paragraph; words cut by
    a hyphen at the line's end are whole again.
    """
    paragraphs: list[str] = []
    for page in pages:
        lines = [" ".join(line.split()) for line in page.splitlines()]
        widths = sorted(len(line) for line in lines if line)
        usual = widths[int(len(widths) * 0.7)] if widths else 0
        block: list[str] = []
        for line in lines:
            if not line:
                _close(block, paragraphs)
                continue
            block.append(line)
            short = len(line) < 0.8 * usual
            if short and (line[-1] in '.!?:…”"»)。' or len(block) == 1):
                _close(block, paragraphs)
        _close(block, paragraphs)
    return "\n\n".join(paragraphs)


def _close(block: list[str], paragraphs: list[str]) -> None:
    if block:
        joined = re.sub(r"(?<=[^\W\d_])- (?=[a-zà-ÿ])", "", " ".join(block))
        paragraphs.append(joined)
        block.clear()

"""Pages, saved archives, Markdown and PDFs: what is read, and what hostile ones do (nothing)."""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.extract import extract

PARAGRAPHS = [
    "The harbour council met on Monday and agreed that the old crane will stay where it stands.",
    "Officials said that the crane, built long ago, would be painted again before the summer.",
    "Visitors to the harbour welcomed the news and asked for a new path along the water.",
]
LINKED = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Crane stays: council",
    "datePublished": "2023-06-04T10:21:00+03:00",
    "dateModified": "2023-06-09T08:00:00+03:00",
    "author": [{"@type": "Person", "name": "Jane Doe"}],
    "publisher": {"@type": "Organization", "name": "Quay Courier"},
}
PAGE = f"""<!DOCTYPE html><html lang="en"><head>
<title>Harbour council keeps crane | Quay Courier</title>
<meta property="og:title" content="Harbour council keeps crane | Quay Courier">
<meta property="og:site_name" content="Quay Courier">
<link rel="canonical" href="https://quay.example/crane">
<script type="application/ld+json">{json.dumps(LINKED)}</script></head><body>
<nav><a href="/">Home</a></nav><main><article><h1>Harbour council keeps the old crane</h1>
<figure><img src="a.jpg"><figcaption>The crane in the rain
<span class="credit">Ann Lens</span></figcaption></figure>
{"".join(f"<p>{p}</p>" for p in PARAGRAPHS)}</article></main></body></html>"""


def test_page() -> None:
    """The visible headline is cited; author, date, site and caption come from where they stand."""
    read = extract(PAGE.encode())
    assert read.value("title") == "Harbour council keeps the old crane"
    assert read.value("author") == [{"family": "Doe", "given": "Jane"}]
    assert read.value("issued") == {"date-parts": [[2023, 6, 4]]}
    assert read.value("issued-time") == {"time": "10:21:00", "zone": "+03:00", "note": None}
    assert read.value("container-title") == "Quay Courier"
    assert read.value("language") == "en"
    assert [(c.caption, c.credit) for c in read.captions] == [("The crane in the rain", "Ann Lens")]
    assert read.source_url == "https://quay.example/crane"
    assert read.text == "\n\n".join(PARAGRAPHS)


def test_page_keeps_every_candidate() -> None:
    """The machine headline is kept as evidence beside the visible one, with its path."""
    found = {(e.origin, e.rule) for e in extract(PAGE.encode()).candidates("title")}
    assert {("visible", "h1"), ("json-ld", "headline"), ("meta", "og:title")} <= found


def test_singlefile_comment_is_declared() -> None:
    """A page that SingleFile saved carries its address and time."""
    saved = PAGE.replace(
        '<html lang="en">',
        '<html lang="en"><!--\n Page saved with SingleFile \n url: https://quay.example/a?b=1 \n'
        " saved date: Mon Jun 05 2023 10:00:00 GMT+0200 (Central European Summer Time)\n-->",
    )
    read = extract(saved.encode())
    assert read.source_url == "https://quay.example/a?b=1"
    assert read.captured_at is not None
    assert read.captured_at.astimezone(UTC) == datetime(2023, 6, 5, 8, tzinfo=UTC)


def test_mhtml() -> None:
    """A saved archive gives its main page, address and time."""
    data = (
        "From: <Saved>\r\nSnapshot-Content-Location: https://quay.example/crane\r\n"
        "Date: Mon, 5 Jun 2023 10:00:00 +0200\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="B"\r\n\r\n--B\r\n'
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"{PAGE}\r\n--B--\r\n"
    )
    read = extract(data.encode(), name="page.mhtml")
    assert (read.kind, read.source_url) == ("mhtml", "https://quay.example/crane")
    assert read.captured_at == datetime(2023, 6, 5, 8, tzinfo=UTC)
    assert read.value("title") == "Harbour council keeps the old crane"


def test_markdown() -> None:
    """Front matter is declared, marks are left out, paragraphs are numbered."""
    text = (
        "---\ntitle: Crane stays\nauthor: [Jane Doe, {family: Roe, given: John}]\n"
        "date: 2023-06-04\n---\n\n"
        "# Crane stays\n\n"
        + PARAGRAPHS[0]
        + "\n\nA [link](https://a.example) and **bold** words.\n"
    )
    read = extract(text.encode(), name="a.md")
    assert read.value("title") == "Crane stays"
    assert [name["family"] for name in read.value("author")] == ["Doe", "Roe"]
    assert read.value("issued") == {"date-parts": [[2023, 6, 4]]}
    assert read.text == PARAGRAPHS[0] + "\n\nA link and bold words."


def test_markdown_is_read_as_commonmark() -> None:
    """A title may be underlined; entities are letters; definitions, tags and code are no text."""
    text = (
        "The crane\r\nof *old*\r\n=========\r\n\r\n"
        "Tom &amp; Jerry saw [the <b>plan</b>][1].\r\n\r\n"
        "> A quoted\r\n> word\r\n\r\n[1]: https://a.example/plan\r\n\r\n```\r\nx = 1\r\n```\r\n"
        "<div>\r\nFish &lt; chips\r\n</div>\r\n"
    )
    read = extract(text.encode(), name="a.md")
    place = read.candidates("title")[0].place
    assert read.value("title") == "The crane of old"
    assert text[place["start"] : place["end"]] == "The crane\r\nof *old*"
    assert place["line"] == 1
    assert read.text == "Tom & Jerry saw the plan.\n\nA quoted word\n\nFish < chips"
    assert [text[slice(*(p.original or (0, 0)))] for p in read.passages][1] == "A quoted\r\n> word"


def test_front_matter_holds_texts() -> None:
    """Words that YAML takes for truth or nothing, and numbers without end, are what is written."""
    front = f"title: Yes\nauthor: null\nsection: 0x{'f' * 9000}\nlang: no"
    read = extract(f"---\n{front}\n---\n\n{PARAGRAPHS[0]}\n".encode(), name="a.md")
    assert (read.value("title"), read.value("author")) == ("Yes", None)
    assert "no" in [e.value for e in read.candidates("language")]


@pytest.mark.parametrize(
    "front", ["a: &a [x]\nb: [*a, *a]", "a: [", "- list", "x: 1\n" * 5000, "? {" * 500]
)
def test_bad_front_matter_is_a_finding(front: str) -> None:
    """Aliases, errors and floods in front matter are reported; the text is read all the same."""
    read = extract(f"---\n{front}\n---\n\n{PARAGRAPHS[0]}\n".encode(), name="a.md")
    assert PARAGRAPHS[0] in (read.text or "")
    assert len(front) > 20_000 or "CK-W120" in [f.code for f in read.findings]


def test_a_flood_of_brackets_is_read_as_words() -> None:
    """Where links would take all time, they are words; paragraphs and headings stay."""
    text = f"# The quay\n\n{PARAGRAPHS[0]}\n\n" + "![[](" * 25_001
    read = extract(text.encode(), name="a.md")
    assert "CK-W121" in [f.code for f in read.findings]
    assert read.value("title") == "The quay"
    assert PARAGRAPHS[0] in (read.text or "")


def test_of_a_flood_of_lines_the_first_are_read() -> None:
    """Paragraphs of a letter are read as far as that takes seconds, and it is told how far."""
    text = f"# The quay\n\n{PARAGRAPHS[0]}\n\n" + "a\n\n" * 100_000 + PARAGRAPHS[1]
    read = extract(text.encode(), name="a.md")
    assert "CK-W122" in [f.code for f in read.findings]
    assert read.value("title") == "The quay"
    assert PARAGRAPHS[0] in (read.text or "")
    assert PARAGRAPHS[1] not in (read.text or "")


def test_pdf() -> None:
    """A PDF's information is evidence; its type is document."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    writer.add_metadata({"/Title": "Crane report", "/Author": "Jane Doe"})
    out = io.BytesIO()
    writer.write(out)
    read = extract(out.getvalue())
    assert read.value("title") == "Crane report"
    assert read.value("author") == [{"family": "Doe", "given": "Jane"}]
    assert read.value("type") == "document"
    assert read.text is None


def test_broken_and_locked_pdfs_are_findings() -> None:
    """A PDF that cannot be read is kept, and the reason is told."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert "CK-W132" in [f.code for f in extract(out.getvalue()).findings]
    assert "CK-W130" in [f.code for f in extract(b"%PDF-1.7\njunk").findings]


def test_a_page_that_cannot_be_read_costs_no_other_page() -> None:
    """The words of the other pages are there, and a finding names the page that is not."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    kinds = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(k): NameObject(v) for k, v in kinds.items()})
    fonts = DictionaryObject({NameObject("/F"): writer._add_object(font)})
    for words, packing in (("The quay", ""), ("Lost", "/NoSuchFilter"), ("The crane", "")):
        page = writer.add_blank_page(width=200, height=200)
        drawn = DecodedStreamObject()
        drawn.set_data(b"BT /F 12 Tf (%s) Tj ET" % words.encode())
        if packing:
            drawn[NameObject("/Filter")] = NameObject(packing)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        page[NameObject("/Contents")] = writer._add_object(drawn)
    out = io.BytesIO()
    writer.write(out)

    read = extract(out.getvalue())

    assert read.decoded == "The quay\n\nThe crane"
    told = [f.message for f in read.findings if f.code == "CK-W134"]
    assert told == ["pages of the PDF that cannot be read: 2"]


def test_images_and_others_are_originals_only() -> None:
    """An image is a graphic; nothing else is claimed of it."""
    read = extract(b"\xff\xd8\xff\xe0 ...")
    assert (read.kind, read.value("type"), read.text) == ("image", "graphic", None)


HOSTILE = {
    "deep elements": b"<html><body>" + b"<div>" * 100_000 + b"x",
    "deep JSON": b"<html><script type='application/ld+json'>" + b"[" * 50_000 + b"</script><h1>x",
    "entities": b'<!DOCTYPE html [<!ENTITY a "xxxxx"><!ENTITY b "&a;&a;&a;">]><html><p>&b;</p>',
    "one long line": b"a " * 1_000_000,
    "empty lines": b"\n" * 1_000_000,
    "brackets": b"[(" * 200_000,
    "digits": b"12.12.12 " * 100_000,
    "short lines": b"By A B\n" * 60_000,
    "comments": b"<!--" * 100_000,
    "headers": b"a: b\n" * 60_000,
    "stars": b"# T\n\n" + b"*a " * 60_000,
    "many elements": b"<html><body>" + b"<span class=author>By A B 12 May 2020</span>" * 8_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_take_bounded_time(name: str) -> None:
    """No input of some hundred kilobytes makes the reader recurse, explode or go quadratic."""
    started = time.process_time()
    extract(HOSTILE[name], name="a.md" if name == "stars" else None)
    assert time.process_time() - started < 30


@pytest.mark.parametrize("quote", ["'", '"', ""])
def test_an_element_of_a_thousand_attributes_is_read_without_them(quote: str) -> None:
    """Its text is there, and other elements keep theirs, whatever signs they hold."""
    many = " ".join(f"a{i}={quote}>{quote}" if quote else f"a{i}" for i in range(2000))
    page = (
        f"<html><head><title>The quay</title></head><body><h1 {many}>The quay</h1>"
        "<time title='a > b' datetime=2021-05-04>in spring</time>"
    )

    read = extract(page.encode(), name="a.html")

    assert read.value("title") == "The quay"
    assert read.value("issued") == {"date-parts": [[2021, 5, 4]]}


@given(st.binary(max_size=1500), st.sampled_from(["text/plain", "text/html", "text/markdown"]))
def test_any_bytes_are_read(data: bytes, media_type: str) -> None:
    """Whatever the bytes, an extraction comes back, and its payload is canonical."""
    read = extract(data, media_type=media_type)
    text = read.text or ""
    assert "\r" not in text
    assert "\n\n\n" not in text
    assert all(line == line.strip() for line in text.split("\n"))


def test_import_is_light() -> None:
    """Importing the package loads no parser and no model."""
    import subprocess
    import sys

    heavy = "{'lxml', 'trafilatura', 'pypdf', 'yaml', 'markdown_it'}"
    code = f"import sys, citekit.extract; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"

"""WARC files and WACZ packages: those of others come in, ours are read by warcio."""

from __future__ import annotations

import gzip
import json
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from citekit import Archive
from citekit.app.packages.wacz import surt
from citekit.capture.exchange import Hop
from citekit.capture.visitor import Visitor
from citekit.capture.warc import write_warc
from citekit.errors import CitekitError, InvalidData, NotFound, UsageError
from citekit.testing.network.news_site import Answer, article, serve_news_site

if TYPE_CHECKING:
    from citekit.model.item import Access

NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)
PIER, GULL = "https://quay.example/pier", "https://quay.example/gull"


def _hop(url: str, body: bytes, head: str = "Content-Type: text/html", status: int = 200) -> Hop:
    response = f"HTTP/1.1 {status} X\r\n{head}\r\n\r\n".encode() + body
    request = f"GET {url} HTTP/1.1\r\nCookie: id=MARKER\r\n\r\n".encode()
    return Hop(
        url=url, address="192.0.2.1", at=NOON, seconds=0.1, request=request, response=response
    )


ONE = _hop(PIER, article())
OTHERS = (
    _hop("https://quay.example/style.css", b"p {}", "Content-Type: text/css"),
    _hop("https://quay.example/none", b"not here", status=404),
)


def _warc(folder: Path, *hops: Hop, name: str = "crawl.warc.gz") -> Path:
    path = folder / name
    path.write_bytes(write_warc(hops, NOON))
    return path


def _wacz(folder: Path, *hops: Hop, pages: tuple[str, ...]) -> Path:
    path = folder / "crawl.wacz"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("archive/data.warc.gz", write_warc(hops, NOON))
        lines = [{"format": "json-pages-1.0"}, *({"url": url} for url in pages)]
        package.writestr("pages/pages.jsonl", "\n".join(map(json.dumps, lines)))
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive."""
    return Archive.create(tmp_path / "archive")


def test_the_only_page_of_a_file_comes_in(archive: Archive, tmp_path: Path) -> None:
    """As somebody's word: the file is named, and when it says the page was fetched."""
    (key,) = archive.import_file(_warc(tmp_path, ONE, *OTHERS)).new
    item = archive.store.item(key)
    assert (item.text("title"), item.text("URL")) == ("Old pier closed after the storm", PIER)
    (capture,) = archive.store.captures(key).values()
    source = capture.source
    assert (source.fact, source.url, source.file) == ("declared", PIER, "crawl.warc.gz")
    assert (source.declared_by, source.declared_at) == ("file", NOON)
    assert sorted(capture.payloads) == ["original", "text", "warc"]
    assert archive.store.payload(capture.payloads["original"].digest, 10_000) == article()
    warc = archive.store.payload(capture.payloads["warc"].digest, 100_000) or b""
    assert b"MARKER" not in gzip.decompress(warc)
    assert [r.rec_type for r in ArchiveIterator(BytesIO(warc))][1:3] == ["response", "request"]
    again = archive.import_file(tmp_path / "crawl.warc.gz")
    assert (again.new, again.known) == ((), (key,))
    assert archive.verify().ok


def test_of_several_pages_some_are_chosen(archive: Archive, tmp_path: Path) -> None:
    """By address, or all; a file that lists its pages has chosen."""
    hops = (ONE, _hop(GULL, article("June")), *OTHERS)
    path = _warc(tmp_path, *hops)
    with pytest.raises(UsageError, match="holds 2 pages") as caught:
        archive.import_file(path)
    assert PIER in (caught.value.hint or "")
    assert archive.import_file(path, pages=["all"], dry_run=True).new == (PIER, GULL)
    assert len(archive.import_file(path, pages=[GULL]).new) == 1
    assert len(archive.import_file(path, pages=["all"]).new) == 1
    other = Archive.create(tmp_path / "other")
    listed = _wacz(tmp_path, *hops, pages=(PIER, "https://quay.example/elsewhere"))
    (key,) = other.import_file(listed).new
    assert other.store.item(key).text("URL") == PIER
    with pytest.raises(NotFound, match="holds no answer of"):
        other.import_file(path, pages=["https://quay.example/none"])


CODED = {
    "chunked": ("Transfer-Encoding: chunked", b"%x\r\n%b\r\n0\r\n\r\n"),
    "coded": ("Content-Encoding: gzip", None),
    "no longer chunked": ("Transfer-Encoding: chunked", b""),
    "no longer coded": ("Content-Encoding: gzip", b""),
    "a wrong length": ("Content-Length: 99999", b""),
}


@pytest.mark.parametrize("how", CODED)
def test_bodies_are_decoded_as_they_were_recorded(
    how: str, archive: Archive, tmp_path: Path
) -> None:
    """Programs that record take codings off, and leave the headers that name them."""
    head, form = CODED[how]
    page = article()
    body = gzip.compress(page) if form is None else form % (len(page), page) if form else page
    hop = _hop(PIER, body, f"Content-Type: text/html\r\n{head}")
    (key,) = archive.import_file(_warc(tmp_path, hop)).new
    (capture,) = archive.store.captures(key).values()
    assert archive.store.payload(capture.payloads["original"].digest, 10_000) == page


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def test_of_a_file_that_was_cut_off_what_is_whole_counts(archive: Archive, tmp_path: Path) -> None:
    """A crawl that was stopped is the usual case."""
    path = _warc(tmp_path, ONE, _hop(GULL, article("June")))
    _cut(path)
    assert PIER in archive.import_file(path, pages=["all"], dry_run=True).new


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.warc", b"no warc at all"), ("a.warc.gz", gzip.compress(b"nor this", mtime=0)),
     ("a.warc", b""), ("a.wacz", b"PK\x03\x04 no zip"), ("a.warc.gz", b"\x1f\x8b\x08")],
)  # fmt: skip
def test_what_is_no_web_archive_is_refused(
    name: str, data: bytes, archive: Archive, tmp_path: Path
) -> None:
    """With its place, and nothing is written."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises((InvalidData, NotFound)) as caught:
        archive.import_file(path)
    assert str(path) in str(caught.value)
    assert archive.store.keys() == ()


@given(st.binary(max_size=300), st.integers(min_value=0, max_value=600))
def test_damaged_bytes_end_with_an_error_of_ours(data: bytes, at: int) -> None:
    """Whatever stands in the middle of a file."""
    with TemporaryDirectory() as folder:  # one for each example
        path = Path(folder) / "a.warc"
        whole = gzip.decompress(write_warc([ONE], NOON))
        path.write_bytes(whole[:at] + data + whole[at:])
        archive = Archive.create(Path(folder) / "archive")
        with suppress(CitekitError):
            archive.import_file(path, dry_run=True)


def test_other_files_have_no_pages_to_choose(archive: Archive, tmp_path: Path) -> None:
    """A bibliography, for one."""
    (tmp_path / "a.bib").write_text("@misc{a, title={A}}")
    with pytest.raises(UsageError, match="WARC and WACZ"):
        archive.import_file(tmp_path / "a.bib", pages=["all"])


# ── ours ───────────────────────────────────────────────────────────────────────────────────────


def _exported(archive: Archive, path: Path, **more: Any) -> dict[str, bytes]:  # noqa: ANN401
    archive.export(path, format="wacz", **more)
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_a_package_is_whole_and_leads_to_its_records(archive: Archive, tmp_path: Path) -> None:
    """Every digest fits, and the index names where each page is."""
    visitor = Visitor(allow_private=True, ignore_robots=True, pause_s=0.0)
    with serve_news_site({"/pier": Answer(body=article())}) as site:
        for _ in range(2):
            key = archive.add(f"{site.url}/pier", visitor=visitor, access="public").key
        url = f"{site.url}/pier"
    (tmp_path / "gull.html").write_bytes(article("June"))
    archive.add(tmp_path / "gull.html", url=GULL, access="public", key="gull2024")
    (tmp_path / "mine.txt").write_text("A title of mine\n\nNobody knows where this text was.\n")
    archive.add(tmp_path / "mine.txt", access="public", key="mine2024")
    files = _exported(archive, tmp_path / "out.wacz")
    described = json.loads(files["datapackage.json"])
    for part in described["resources"]:
        data = files[part["path"]]
        assert (part["hash"], part["bytes"]) == (f"sha256:{sha256(data).hexdigest()}", len(data))
    digest = json.loads(files["datapackage-digest.json"])["hash"]
    assert digest == f"sha256:{sha256(files['datapackage.json']).hexdigest()}"
    pages = [json.loads(line) for line in files["pages/pages.jsonl"].splitlines()[1:]]
    assert [page["url"] for page in pages] == [GULL, url, url]
    assert pages[1]["id"].startswith(key)
    lines = files["indexes/index.cdx"].decode().splitlines()
    assert lines == sorted(lines)
    for line in lines:
        about = json.loads(line.split(" ", 2)[2])
        start, length = int(about["offset"]), int(about["length"])
        data = files["archive/data.warc.gz"][start : start + length]
        (record,) = ArchiveIterator(BytesIO(data))
        assert record.rec_headers.get_header("WARC-Target-URI") == about["url"]
    back = Archive.create(tmp_path / "back").import_file(tmp_path / "out.wacz")
    assert len(back.new) == 1  # what a server answered; of a file nobody saw that


def test_nothing_restricted_or_private_is_in_a_package(archive: Archive, tmp_path: Path) -> None:
    """Unless restricted texts are asked for."""
    accesses: tuple[Access, ...] = ("restricted", "private")
    for name, access in zip(("one", "two"), accesses, strict=True):
        (tmp_path / f"{name}.html").write_bytes(article(name))
        url = f"https://quay.example/{name}"
        archive.add(tmp_path / f"{name}.html", url=url, access=access, key=name)
    with pytest.raises(NotFound, match="no capture with an address"):
        archive.export(tmp_path / "out.wacz", format="wacz")
    assert not (tmp_path / "out.wacz").exists()
    files = _exported(archive, tmp_path / "out.wacz", with_restricted=True)
    everything = gzip.decompress(files["archive/data.warc.gz"])
    assert b"begin in one" in everything
    assert b"begin in two" not in everything


@pytest.mark.parametrize(
    ("url", "key"),
    [("https://www.Paper.example/News?b=1&a=2#top", "example,paper)/news?a=2&b=1"),
     ("http://a.example", "example,a)/"), ("https://a.example:8080/x/", "example,a:8080)/x"),
     ("http://192.0.2.7/x", "7,2,0,192)/x"), ("https://b.example//a//b?", "example,b)/a/b")],
)  # fmt: skip
def test_keys_of_addresses_are_those_of_others(url: str, key: str) -> None:
    """As the library that pywb uses writes them."""
    assert surt(url) == key

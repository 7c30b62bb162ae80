"""Visits: polite, recorded byte for byte, without secrets."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import brotli
import pytest
import zstandard
from warcio.archiveiterator import ArchiveIterator

from citekit.capture.exchange import Limits
from citekit.capture.fetch import fetch
from citekit.capture.visitor import Visitor
from citekit.capture.warc import REMOVED, write_warc
from citekit.errors import CaptureFailed
from citekit.testing.network.news_site import Answer, NewsSite, article, serve_news_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = article()
CHUNKED = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (PAGE[:100], PAGE[100:]))
BOMB = bytes(50_000_000)
CODED = {
    "gzip": gzip.compress(PAGE),
    "deflate": zlib.compress(PAGE),
    "br": brotli.compress(PAGE),
    "zstd": zstandard.compress(PAGE) + zstandard.compress(b"<!-- second frame -->"),
}
ANSWERS = {
    "/pier": Answer(body=PAGE, headers={"Set-Cookie": "session=MARKER", "X-Auth-Token": "MARKER"}),
    "/old": Answer(body=b"moved there", status=301, headers={"Location": "/pier"}),
    "/chunked": Answer(
        body=CHUNKED + b"0\r\n\r\n", headers={"Transfer-Encoding": "chunked"}
    ),
    "/secret/pier": Answer(body=PAGE),
    "/robots.txt": Answer(body=b"User-agent: citekit\nDisallow: /secret/\nCrawl-delay: 0.3\n"),
    "/into": Answer(status=302, headers={"Location": "/secret/pier"}),
    **{f"/{name}": Answer(body=data, headers={"Content-Encoding": name})
       for name, data in CODED.items()},
    "/br-bomb": Answer(body=brotli.compress(BOMB), headers={"Content-Encoding": "br"}),
    "/zstd-bomb": Answer(body=zstandard.compress(BOMB), headers={"Content-Encoding": "zstd"}),
    "/gzip-bomb": Answer(body=gzip.compress(BOMB), headers={"Content-Encoding": "gzip"}),
    "/br-wrong": Answer(body=b"no brotli at all", headers={"Content-Encoding": "br"}),
    "/zstd-wrong": Answer(body=b"no zstd", headers={"Content-Encoding": "zstd"}),
    "/br-cut": Answer(body=CODED["br"][:-9], headers={"Content-Encoding": "br"}),
    "/zstd-cut": Answer(body=CODED["zstd"][:-9], headers={"Content-Encoding": "zstd"}),
}  # fmt: skip


@pytest.fixture
def site() -> Iterator[NewsSite]:
    """A site with every habit that is of interest here."""
    with serve_news_site(ANSWERS) as site:
        yield site


def _visitor(**options: Any) -> Visitor:  # noqa: ANN401
    return Visitor(allow_private=True, **{"pause_s": 0.0, **options})


# ── manners ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/secret/pier", "/into"])
def test_what_a_site_asks_to_leave_alone_is_not_asked_for(path: str, site: NewsSite) -> None:
    """Nor is it where another page leads there; who may can say so."""
    with pytest.raises(CaptureFailed, match=r"asks robots to leave /secret/pier alone"):
        _visitor().visit(site.url + path)
    assert "/secret/pier" not in site.asked
    assert _visitor(ignore_robots=True).visit(site.url + path).body == PAGE


def test_robots_are_asked_once_and_hosts_get_pauses(site: NewsSite) -> None:
    """The longer of what the site asks for and the visitor's own."""
    visitor = _visitor()
    begin = time.monotonic()
    for _ in range(3):
        visitor.visit(f"{site.url}/pier")
    assert time.monotonic() - begin >= 0.6
    assert site.asked == ["/robots.txt", "/pier", "/pier", "/pier"]


@pytest.mark.parametrize(("status", "is_allowed"), [(404, True), (403, True), (503, False)])
def test_a_site_whose_robots_cannot_be_had(
    status: int, site: NewsSite, *, is_allowed: bool
) -> None:
    """RFC 9309 section 2.3.1: none there means all may; broken means nothing may."""
    site.answers["/robots.txt"] = Answer(status=status)
    if is_allowed:
        assert _visitor().visit(f"{site.url}/secret/pier").status == 200
    else:
        with pytest.raises(CaptureFailed, match="robots"):
            _visitor().visit(f"{site.url}/pier")


def test_pauses_take_nothing_of_the_time_for_an_answer(site: NewsSite) -> None:
    """A site that asks for a long pause gets its answers read all the same."""
    waits = Limits(total_s=0.5)
    fetched = fetch(
        f"{site.url}/pier", limits=waits, allow_private=True, before=lambda _: time.sleep(0.7)
    )
    assert fetched.body == PAGE


# ── what comes in ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", CODED)
def test_every_known_coding_is_undone(name: str, site: NewsSite) -> None:
    """Asked for or not; and it is in the record as it was sent."""
    exchange = _visitor().visit(f"{site.url}/{name}")
    assert exchange.body.startswith(PAGE)
    assert exchange.hops[0].response.endswith(CODED[name])


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("br-bomb", "unpacks to more than 500 times"),
        ("zstd-bomb", "unpacks to more than 500 times"),
        ("gzip-bomb", "unpacks to more than 500 times"),
        ("br-wrong", "brotli coding is wrong"),
        ("zstd-wrong", "zstd coding is wrong"),
        ("br-cut", "cut off"),
        ("zstd-cut", "cut off"),
    ],
)
def test_bad_codings_end_within_the_limits(path: str, message: str, site: NewsSite) -> None:
    """However small the answer is."""
    with pytest.raises(CaptureFailed, match=message):
        _visitor().visit(f"{site.url}/{path}")


# ── the record ─────────────────────────────────────────────────────────────────────────────────


def _records(data: bytes) -> list[tuple[str, str, bytes]]:
    """Type, address and block of each record, as warcio reads them."""
    return [
        (
            record.rec_type,
            (record.rec_headers.get_header("WARC-Target-URI") or "").rpartition("/")[2],
            record.raw_stream.read(),
        )
        for record in ArchiveIterator(BytesIO(data), no_record_parse=True)
    ]


def test_each_hop_is_recorded_as_it_passed(site: NewsSite) -> None:
    """Redirects with their bodies, chunks as they were sent, the request that was made."""
    for path, hops in (("/old", ["old", "pier"]), ("/chunked", ["chunked"])):
        exchange = _visitor(ignore_robots=True).visit(site.url + path)
        records = _records(write_warc(exchange.hops, datetime.now(UTC)))
        kinds = [(kind, name) for kind, name, _ in records]
        each = ("response", "request", "metadata")
        assert kinds == [("warcinfo", ""), *((kind, hop) for hop in hops for kind in each)]
        assert all(f"GET /{hop} HTTP/1.1".encode() in records[3 * n + 2][2]
                   for n, hop in enumerate(hops))  # fmt: skip
    assert records[1][2].endswith(CHUNKED + b"0\r\n\r\n")
    moved = _visitor(ignore_robots=True).visit(f"{site.url}/old").hops[0].response
    assert moved.endswith(b"\r\n\r\nmoved there")


def test_no_secret_is_in_the_record(site: NewsSite) -> None:
    """Values are replaced, and metadata names the headers; the body is whole."""
    exchange = _visitor(ignore_robots=True).visit(f"{site.url}/pier")
    records = _records(write_warc(exchange.hops, datetime.now(UTC)))
    everything = b"".join(block for _, _, block in records)
    assert b"MARKER" not in everything
    assert everything.count(REMOVED) == 2
    assert records[1][2].endswith(b"\r\n\r\n" + PAGE)
    assert b"replaced-headers: set-cookie, x-auth-token\r\n" in records[3][2]
    assert not any("MARKER" in value for _, value in exchange.headers)


def test_other_programs_find_no_fault_in_the_record(site: NewsSite, tmp_path: Path) -> None:
    """``warcio check`` verifies every digest, and no two records have one name."""
    file = tmp_path / "visit.warc.gz"
    visitor = _visitor(ignore_robots=True)
    hops = [
        hop for path in ("/old", "/chunked", "/gzip") for hop in visitor.visit(site.url + path).hops
    ]
    file.write_bytes(write_warc(hops, datetime.now(UTC)))
    program = [sys.executable, "-m", "warcio.cli", "check", "-v", str(file)]
    told = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout.count("digest pass")) == (0, 13)
    with file.open("rb") as stream:
        ids = [r.rec_headers.get_header("WARC-Record-ID") for r in ArchiveIterator(stream)]
    assert len(set(ids)) == 13

"""Addresses as sources: what a visit leaves in the archive, and asking again later."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from citekit import Archive
from citekit.app.intake.recapture import keys_to_capture, read_age, recapture
from citekit.app.intake.web.observed import cited_address
from citekit.app.intake.web.visiting import told_of_secrets
from citekit.capture.exchange import Exchange
from citekit.capture.visitor import Visitor
from citekit.errors import CaptureFailed, NotFound, UsageError
from citekit.extract import Extraction
from citekit.testing.network.news_site import Answer, NewsSite, article, serve_news_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE = article()
MOVED = {"Location": "/pier"}


@pytest.fixture
def site() -> Iterator[NewsSite]:
    """A paper with one page, an address that leads there, and an error."""
    answers = {
        "/pier": Answer(body=PAGE, headers={"Set-Cookie": "id=MARKER"}),
        "/old": Answer(status=301, headers=MOVED),
        "/gone": Answer(body=b"<title>Gone</title><p>Gone.</p>", status=410),
        "/empty": Answer(),
    }
    with serve_news_site(answers) as site:
        yield site


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive."""
    return Archive.create(tmp_path / "archive")


def _visitor() -> Visitor:
    return Visitor(allow_private=True, ignore_robots=True, pause_s=0.0)


def _add(archive: Archive, source: str, **more: Any) -> Any:  # noqa: ANN401
    return archive.add(source, visitor=_visitor(), **more)


def test_a_visit_is_kept_as_it_was_seen(archive: Archive, site: NewsSite) -> None:
    """The page, its record, its text; the address is observed, and nobody's word."""
    added = _add(archive, f"{site.url}/old", now=NOON)
    capture = archive.store.captures(added.key)["20261122T120000Z"]
    assert (capture.source.fact, capture.source.url) == ("observed", f"{site.url}/old")
    assert (capture.final_url, capture.redirects) == (f"{site.url}/pier", (f"{site.url}/pier",))
    assert (capture.status, capture.address) == (200, "127.0.0.1")
    assert capture.completeness["scrubbed"] == ["set-cookie"]
    assert sorted(capture.payloads) == ["original", "text", "warc"]
    assert archive.store.payload(capture.payloads["original"].digest, 10_000) == PAGE
    warc = archive.store.payload(capture.payloads["warc"].digest, 100_000) or b""
    assert warc.startswith(b"\x1f\x8b")
    item = archive.store.item(added.key)
    assert item.text("title") == "Old pier closed after the storm"
    assert item.text("URL") == f"{site.url}/pier"
    (chosen,) = [e for e in item.facts.evidence["URL"] if e["chosen"]]
    assert (chosen["value"], chosen["fact"]) == (f"{site.url}/pier", "observed")


def test_the_archive_verifies_and_holds_no_secret(archive: Archive, site: NewsSite) -> None:
    """Nothing of a cookie is in any file, and all that was written is accounted for."""
    _add(archive, f"{site.url}/pier")
    files = [path for path in archive.store.root.rglob("*") if path.is_file()]
    assert not any(b"MARKER" in path.read_bytes() for path in files)
    assert archive.verify().ok


@pytest.mark.parametrize("path", ["/pier", "/old"])
def test_a_known_address_is_captured_again(path: str, archive: Archive, site: NewsSite) -> None:
    """Under the name it had or where it leads; the same bytes are stored once."""
    first = _add(archive, f"{site.url}/pier", now=NOON)
    again = _add(archive, site.url + path, now=NOON + timedelta(days=1))
    assert (again.key, again.is_new) == (first.key, False)
    assert [finding.code for finding in again.findings] == ["CK-I102"]
    one, other = archive.store.captures(first.key).values()
    assert one.payloads["original"].digest == other.payloads["original"].digest
    other_item = _add(archive, f"{site.url}/pier", new_item=True, now=NOON + timedelta(days=2))
    assert other_item.is_new


@pytest.mark.parametrize(
    ("path", "message"),
    [("/gone", "answers 410: that is not the page"), ("/empty", "answers 200 without a page")],
)
def test_an_answer_that_is_no_page_is_refused(
    path: str, message: str, archive: Archive, site: NewsSite
) -> None:
    """Unless it is to be kept, and there is something to keep."""
    with pytest.raises(CaptureFailed, match=message):
        _add(archive, site.url + path)
    assert archive.store.keys() == ()
    if path == "/gone":
        added = _add(archive, site.url + path, keep=True)
        (capture,) = archive.store.captures(added.key).values()
        assert capture.status == 410


def test_an_address_says_itself_where_it_was(archive: Archive, site: NewsSite) -> None:
    """What is said beside it may contradict it."""
    with pytest.raises(UsageError, match="--url says where a file was"):
        _add(archive, f"{site.url}/pier", url="https://paper.example/pier")


def test_no_visit_goes_inside_unless_it_is_said(archive: Archive, site: NewsSite) -> None:
    """Loopback is private: nothing was asked for there."""
    with pytest.raises(CaptureFailed, match="private address"):
        archive.add(f"{site.url}/pier")
    assert site.asked == []


# ── asking again ───────────────────────────────────────────────────────────────────────────────


def test_an_item_is_captured_again_and_compared(archive: Archive, site: NewsSite) -> None:
    """By its text: what a page says, not how."""
    key = _add(archive, f"{site.url}/pier", now=NOON).key
    site.answers["/pier"] = Answer(body=PAGE.replace(b"<body>", b"<body class='dark'>"))
    same = recapture(archive.store, key, visitor=_visitor(), now=NOON + timedelta(days=1))
    site.answers["/pier"] = Answer(body=article("June"))
    other = recapture(archive.store, key, visitor=_visitor(), now=NOON + timedelta(days=2))
    assert (same.is_changed, other.is_changed) == (False, True)
    assert list(archive.store.captures(key)) == ["20261122T120000Z", same.capture, other.capture]


def test_an_item_of_a_list_gets_its_first_capture(archive: Archive, site: NewsSite) -> None:
    """Its record stays as the list has it."""
    entry = {"id": "a", "type": "webpage", "title": "Mine", "URL": f"{site.url}/pier"}
    path = archive.store.root.parent / "items.json"
    path.write_text(json.dumps([entry, {"id": "b", "type": "book", "title": "B"}]))
    archive.import_file(path)
    assert list(keys_to_capture(archive.store, missing=True, now=NOON)) == ["a"]
    made = recapture(archive.store, "a", visitor=_visitor(), now=NOON)
    assert made.is_changed is None
    assert archive.store.item("a").text("title") == "Mine"
    assert list(keys_to_capture(archive.store, missing=True, now=NOON)) == []
    with pytest.raises(NotFound, match="b has no address to ask"):
        recapture(archive.store, "b", visitor=_visitor())


def test_the_oldest_capture_comes_first(archive: Archive, site: NewsSite) -> None:
    """What is young enough is left out, so a batch that was stopped goes on where it was."""
    site.answers |= {f"/{n}": Answer(body=article(f"week {n}")) for n in (1, 2, 3)}
    days = {1: 3, 2: 1, 3: 2}
    keys = {
        n: _add(archive, f"{site.url}/{n}", now=NOON - timedelta(days=days[n]), key=f"n{n}").key
        for n in (1, 2, 3)
    }
    assert list(keys_to_capture(archive.store, now=NOON)) == [keys[1], keys[3], keys[2]]
    old = keys_to_capture(archive.store, older_than=timedelta(days=2), now=NOON)
    assert list(old) == [keys[1], keys[3]]
    archive.set_access("n1", "private")
    assert list(keys_to_capture(archive.store, now=NOON)) == [keys[3], keys[2]]


@pytest.mark.parametrize("text", ["", "30", "d", "-1d", "1.5d", "99999d", "1 day"])
def test_what_is_no_age(text: str) -> None:
    """An age is a whole number and a unit."""
    with pytest.raises(UsageError, match="is no age"):
        read_age(text)


# ── addresses ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("final", "own", "cited"),
    [
        ("https://paper.example/a?utm=1", "https://paper.example/a", "https://paper.example/a"),
        ("https://m.paper.example/a", "https://www.paper.example/a", "https://www.paper.example/a"),
        ("https://paper.example/a", "https://paper.example/", "https://paper.example/a"),
        ("https://paper.example/", "https://paper.example/", "https://paper.example/"),
        ("https://paper.example/a", "https://other.example/a", "https://paper.example/a"),
        ("https://paper.example/a", None, "https://paper.example/a"),
    ],
)
def test_under_which_address_a_page_is_cited(final: str, own: str | None, cited: str) -> None:
    """The page's own word counts for its own site."""
    extraction = Extraction(media_type="text/html", kind="html", source_url=own)
    assert cited_address(_exchange(final), extraction) == cited


@pytest.mark.parametrize(
    ("query", "names"),
    [("page=2&token=", ""), ("access_token=abc&b=1", "access_token"),
     ("X-Amz-Signature=1", "X-Amz-Signature"), ("monkey=1&keyword=x&design=2", ""),
     ("api_key=1&sid=2", "api_key, sid")],
)  # fmt: skip
def test_addresses_that_may_open_something_are_told(query: str, names: str) -> None:
    """By the names of what they hand over; values are not repeated beyond the address."""
    told = [f.message for f in told_of_secrets(_exchange(f"https://paper.example/a?{query}"))]
    assert [message.rpartition(": ")[2] for message in told] == ([names] if names else [])


def _exchange(url: str) -> Exchange:
    return Exchange(url=url, final_url=url, status=200, headers=(), body=b"x", address="192.0.2.1")

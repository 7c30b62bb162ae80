"""``restore``: bytes that are no payload are graded, and kept as a capture of their own or not."""

from __future__ import annotations

import http.server
import shutil
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.changing.purge import purge
from citekit.app.intake.restore import restore
from citekit.app.verifying.verify import verify
from citekit.errors import CaptureFailed, IntegrityFailed, NotFound, StoreConflict
from citekit.model.value import replace
from citekit.testing.store_builders import build_item

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from citekit import Archive

PAGE = """<html><head><title>{title}</title></head><body><article><h1>{title}</h1>
<p>The harbour of Lanternfish closed at dusk on Wednesday after three ferries ran aground.</p>
<p>{second}</p></article><footer>{footer}</footer></body></html>"""
SECOND = "The mayor said that forty passengers were carried ashore in the first hour."
FIRST = PAGE.format(title="Ferries aground", second=SECOND, footer="2024").encode()
SAME_TEXT = PAGE.format(title="Ferries aground", second=SECOND, footer="2026 edition").encode()
OTHER_TEXT = PAGE.format(
    title="Ferries aground", second="The council will meet on Friday instead.", footer=""
).encode()


@pytest.fixture
def archive(archive: Archive, tmp_path: Path) -> Archive:
    """A clone without the payloads of an item that quotes its first paragraph."""
    source = tmp_path / "page.html"
    source.write_bytes(FIRST)
    archive.add(source, key="ferry2024", url="https://coast.example/ferry")
    archive.annotate("ferry2024", quote="closed at dusk", note="when")
    shutil.rmtree(archive.store.layout.restricted)
    return archive


def _file(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "found.html"
    path.write_bytes(data)
    return path


def test_the_same_text_becomes_a_linked_capture(archive: Archive, tmp_path: Path) -> None:
    """Another page with the same article: the text is back, and the new capture says whose."""
    (old,) = archive.store.stamps("ferry2024")
    restored = restore(archive.store, "ferry2024", _file(tmp_path, SAME_TEXT))
    assert restored.grade == "same text"
    assert [payload.role for payload in restored.payloads] == ["text"]
    assert "forty passengers" in (archive.store.text("ferry2024", old) or "")
    made = archive.store.capture("ferry2024", restored.capture)
    assert made is not None
    assert made.extra["restores"] == {"capture": old, "grade": "same text"}
    assert made.source.fact == "declared"
    wrong = {f.code for f in verify(archive.store).findings if f.severity == "error"}
    assert wrong == {"CK-E302"}  # the old original is missing all the same


def test_one_quote_of_two_is_not_enough(archive: Archive, tmp_path: Path) -> None:
    """Where a quote is gone the other text is no source of the annotations, not even with leave."""
    (before,) = archive.store.stamps("ferry2024")
    source = tmp_path / "page.html"
    restore(archive.store, "ferry2024", source)
    archive.annotate("ferry2024", quote="mayor", note="who")
    shutil.rmtree(archive.store.layout.restricted)
    with pytest.raises(IntegrityFailed, match="is not a payload"):
        restore(archive.store, "ferry2024", _file(tmp_path, OTHER_TEXT), accept=True)
    assert archive.store.stamps("ferry2024") == (before,)


def test_another_text_needs_leave_and_every_quote(archive: Archive, tmp_path: Path) -> None:
    """Where only the quotes are found it is refused, until --accept; the old text stays absent."""
    before = archive.store.stamps("ferry2024")
    with pytest.raises(IntegrityFailed, match="1 of 1 quotes") as caught:
        restore(archive.store, "ferry2024", _file(tmp_path, OTHER_TEXT))
    assert "--accept" in (caught.value.hint or "")
    assert archive.store.stamps("ferry2024") == before
    restored = restore(archive.store, "ferry2024", _file(tmp_path, OTHER_TEXT), accept=True)
    assert restored.grade == "anchors only"
    assert restored.payloads == ()
    assert archive.store.text("ferry2024", before[0]) is None
    made = archive.store.capture("ferry2024", restored.capture)
    assert made is not None
    assert made.extra["restores"] == {"capture": before[0], "grade": "anchors only", "quotes": 1}
    assert restored.told().startswith("kept as the new capture")


def test_a_text_without_the_quotes_is_refused_even_so(archive: Archive, tmp_path: Path) -> None:
    """--accept does not take what has nothing of the article."""
    other = _file(tmp_path, FIRST.replace(b"closed at dusk", b"opened at dawn"))
    with pytest.raises(IntegrityFailed, match="is not a payload"):
        restore(archive.store, "ferry2024", other, accept=True)
    assert len(archive.store.stamps("ferry2024")) == 1


def test_what_was_purged_is_not_restored(archive: Archive, tmp_path: Path) -> None:
    """Neither the bytes nor a page with the same text undo a purge."""
    purge(archive.store, "ferry2024")
    for data in (FIRST, SAME_TEXT):
        with pytest.raises(StoreConflict, match="purged"):
            restore(archive.store, "ferry2024", _file(tmp_path, data))
    assert verify(archive.store).ok


# ── from the item's address ────────────────────────────────────────────────────────────────────


@contextmanager
def _serving(status: int, body: bytes) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer everything alike."""
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Set-Cookie", "session=secret")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:  # noqa: ANN401
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/ferry"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _captured_from(archive: Archive, url: str) -> None:
    """Have the item's record name an address of this test."""
    capture = archive.store.capture("ferry2024")
    assert capture is not None
    moved = replace(capture, source=replace(capture.source, url=url))
    item = archive.item("ferry2024")
    archive.remove("ferry2024")
    with archive.store.writing() as writer:
        writer.add_item(item, captures={"20260101T000000Z": replace(
            moved, captured_at=moved.captured_at.replace(2026, 1, 1, 0, 0, 0))})  # fmt: skip


def test_the_address_gives_the_same_bytes(archive: Archive) -> None:
    """Without SOURCE the address is asked; the same bytes go where they belong."""
    with _serving(200, FIRST) as url:
        _captured_from(archive, url)
        restored = restore(archive.store, "ferry2024", allow_private=True)
    assert (restored.grade, restored.capture) == ("same bytes", None)
    assert {payload.role for payload in restored.payloads} == {"original", "text"}
    assert verify(archive.store).ok


def test_the_address_gives_the_same_text(archive: Archive) -> None:
    """The new capture is what was observed, with the server's answer and without its secrets."""
    with _serving(200, SAME_TEXT) as url:
        _captured_from(archive, url)
        restored = restore(archive.store, "ferry2024", allow_private=True)
    made = archive.store.capture("ferry2024", restored.capture)
    assert made is not None
    assert (restored.grade, made.source.fact, made.status) == ("same text", "observed", 200)
    assert made.address == "127.0.0.1"
    assert "secret" not in repr(made)
    assert made.completeness == {"scrubbed": ["set-cookie"]}


def test_the_address_is_judged_first(archive: Archive) -> None:
    """A private address needs leave, an error page is no article, no address is not found."""
    with _serving(503, b"try later") as url:
        _captured_from(archive, url)
        with pytest.raises(CaptureFailed, match="private address"):
            restore(archive.store, "ferry2024")
        with pytest.raises(CaptureFailed, match="503"):
            restore(archive.store, "ferry2024", allow_private=True)
    with archive.store.writing() as writer:
        writer.add_item(build_item("bare2026"))
    with pytest.raises(NotFound):
        restore(archive.store, "bare2026")


def test_a_refusal_names_the_way_to_a_new_capture(archive: Archive, tmp_path: Path) -> None:
    """A later copy is no payload of the old capture; the hint says what can be done with it."""
    other = tmp_path / "later.html"
    other.write_text("<p>Something else altogether stands on this page by now.</p>", "utf-8")
    with pytest.raises(IntegrityFailed) as caught:
        archive.restore("ferry2024", other)
    hint = caught.value.hint or ""
    assert "--accept" in hint
    assert "citekit add FILE --to ferry2024" in hint

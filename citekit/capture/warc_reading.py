"""Pages out of WARC files and WACZ packages of others, within limits.

What such a file says was sent is somebody's word: it is read as what it claims, and never called
observed. Source: ISO 28500 (WARC), the WACZ 1.1.1 specification.
"""

from __future__ import annotations

import json
import zipfile
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any, Final, cast

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from citekit.capture.exchange import Hop, Limits
from citekit.errors import InvalidData
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_PIECE_BYTES: Final = 1 << 16
_MOST_BYTES: Final = 4 << 30
"""Of all records of a file, unpacked."""
_MOST_RECORDS: Final = 1_000_000
_MOST_ENTRIES: Final = 10_000
_MOST_PAGES_BYTES: Final = 32 << 20


class Listed(Value):
    """A response in a file: its address, instant, status and media type."""

    url: str
    at: datetime
    status: int
    media_type: str

    @property
    def is_page(self) -> bool:
        """Whether people read it: a page that was found."""
        return self.status == 200 and self.media_type in ("text/html", "application/xhtml+xml")


class Contents(Value):
    """What a file holds: its responses, and which addresses it lists as pages itself."""

    responses: tuple[Listed, ...]
    pages: tuple[str, ...] = ()


def list_web_archive(path: Path) -> Contents:
    """The responses of a file, in its order; raises InvalidData for what is none, or too large."""
    with _opened(path) as (streams, pages):
        responses = tuple(
            Listed(url=_target(record), at=_instant(record), status=status, media_type=media_type)
            for record in _records(path, streams, Limits().size_bytes)
            for status, media_type in _answer_of(record)
        )
    return Contents(responses=responses, pages=pages)


def read_hops(path: Path, urls: frozenset[str], *, size_bytes: int) -> Iterator[Hop]:
    """The first response of each of these addresses, with its request where there is one.

    Raises InvalidData as ``list_web_archive``; a response over ``size_bytes`` is left out.
    """
    hops: dict[str, dict[str, Any]] = {}
    by_id: dict[str, str] = {}
    with _opened(path) as (streams, _):
        for record in _records(path, streams, size_bytes):
            url, kind = _target(record), record.rec_type
            if kind == "response" and url in urls and url not in hops and _answer_of(record):
                hops[url] = {
                    "url": url,
                    "address": _header(record, "WARC-IP-Address"),
                    "at": _instant(record),
                    "response": record.block,
                    "is_cut": bool(_header(record, "WARC-Truncated")),
                }
                by_id[_header(record, "WARC-Record-ID")] = url
            elif kind == "request":
                answered = by_id.get(_header(record, "WARC-Concurrent-To"), url)
                if answered in hops:
                    hops[answered].setdefault("request", record.block)
    for hop in hops.values():
        yield Hop(**{"seconds": 0.0, "request": b"", **hop})


def read_responses(path: Path, *, size_bytes: int) -> Iterator[Recorded]:
    """Every response over HTTP in a file, in its order, with where it stands.

    One over ``size_bytes`` has no hop and a fault, and so has the place where a file is cut off.
    Raises InvalidData for what is no WARC file, or is larger than is read at once.
    """
    faults: list[str] = []
    with _opened(path) as (streams, _):
        for record in _records(path, streams, size_bytes, faults):
            if record.rec_type != "response":
                continue
            place: dict[str, Any] = {
                "record_id": _header(record, "WARC-Record-ID"),
                "offset": record.offset,
            }
            if record.is_short:
                yield Recorded(url=_target(record), fault="the file is cut off here", **place)
            elif record.is_large:
                fault = f"the record is larger than {size_bytes} bytes"
                yield Recorded(url=_target(record), fault=fault, **place)
            elif _answer_of(record):
                yield Recorded(url=_target(record), hop=_hop(record), **place)
    if faults:
        yield Recorded(url="", fault=f"the file is cut off: {faults[0]}")


class Recorded(Value):
    """A response of a file: its bytes as they passed, or the fault for which there are none.

    ``offset`` counts bytes of the WARC file, packed where it is.
    """

    url: str
    hop: Hop | None = None
    record_id: str = ""
    offset: int = 0
    fault: str = ""


def _hop(record: _Record) -> Hop:
    return Hop(
        url=_target(record),
        address=_header(record, "WARC-IP-Address"),
        at=_instant(record),
        seconds=0.0,
        request=b"",
        response=record.block,
        is_cut=bool(_header(record, "WARC-Truncated")),
    )


class _Record:
    """A record with its block, read within its limit; an empty block where it is larger."""

    def __init__(
        self,
        record: Any,  # noqa: ANN401  # warcio has no types
        block: bytes,
        *,
        is_large: bool = False,
        is_short: bool = False,
        offset: int = 0,
    ) -> None:
        self.rec_type: str = record.rec_type
        self.rec_headers = record.rec_headers
        self.block = block
        self.is_large = is_large
        self.is_short = is_short
        self.offset = offset


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Iterator[IO[bytes]], tuple[str, ...]]]:
    """The WARC files in a file, one after the other, and the pages that it lists."""
    if path.name.lower().endswith(".wacz"):
        try:
            with zipfile.ZipFile(path) as package:
                yield _inner(package), _listed_pages(package)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise InvalidData("is no WACZ package", place=str(path)) from error
    else:
        with path.open("rb") as stream:
            yield iter([stream]), ()


def _inner(package: zipfile.ZipFile) -> Iterator[IO[bytes]]:
    entries = package.infolist()
    if len(entries) > _MOST_ENTRIES:
        raise InvalidData(f"holds more than {_MOST_ENTRIES} files")
    for entry in entries:
        name = entry.filename.lower()
        if name.startswith("archive/") and name.endswith((".warc", ".warc.gz")):
            with package.open(entry) as stream:
                yield stream


def _listed_pages(package: zipfile.ZipFile) -> tuple[str, ...]:
    """The addresses of ``pages/pages.jsonl``, where there is one that can be read."""
    try:
        with package.open("pages/pages.jsonl") as stream:
            lines = stream.read(_MOST_PAGES_BYTES).decode("utf-8", "replace").splitlines()
    except KeyError:
        return ()
    urls: dict[str, None] = {}
    for line in lines:
        with suppress(ValueError, RecursionError):
            page = json.loads(line)
            if isinstance(page, dict) and isinstance(page.get("url"), str):
                urls[page["url"]] = None
    return tuple(urls)


def _records(
    path: Path,
    streams: Iterator[IO[bytes]],
    size_bytes: int,
    faults: list[str] | None = None,
) -> Iterator[_Record]:
    """The records of the files, each with its block; raises InvalidData.

    Of a file that was cut off what is whole counts, and ``faults`` hears of it.
    """
    left, number = _MOST_BYTES, 0
    try:
        for stream in streams:
            records = ArchiveIterator(stream, no_record_parse=True, arc2warc=False)
            for record in records:
                number += 1
                block, passed = _block(record.raw_stream, size_bytes)
                left -= passed
                if left < 0 or number > _MOST_RECORDS:
                    raise InvalidData("is larger than citekit reads at once", place=str(path))
                yield _Record(
                    record,
                    block,
                    is_large=passed > size_bytes,
                    is_short=passed < _length(record),
                    offset=int(records.get_record_offset() or 0),
                )
    except (ArchiveLoadFailed, EOFError, OSError, ValueError, AttributeError) as error:
        if number == 0:
            raise InvalidData(f"is no WARC file: {error}", place=str(path)) from error
        if faults is not None:
            faults.append(str(error) or type(error).__name__)


def _length(record: Any) -> int:  # noqa: ANN401  # warcio has no types
    """How many bytes the block has by the record's own word."""
    said = str(record.rec_headers.get_header("Content-Length") or "")
    return int(said) if said.isdecimal() else 0


def _block(stream: IO[bytes], size_bytes: int) -> tuple[bytes, int]:
    """The bytes of a block, and how many passed; none where they are too many."""
    pieces: list[bytes] = []
    passed = 0
    while piece := stream.read(_PIECE_BYTES):
        passed += len(piece)
        if passed <= size_bytes:
            pieces.append(piece)
        if passed > _MOST_BYTES:
            break
    return (b"".join(pieces) if passed <= size_bytes else b""), passed


def _answer_of(record: _Record) -> list[tuple[int, str]]:
    """Status and media type of a response over HTTP, in a list; an empty one for anything else."""
    if record.rec_type != "response" or not record.block.startswith(b"HTTP/"):
        return []
    head = record.block[:_PIECE_BYTES].partition(b"\r\n\r\n")[0].decode("latin-1")
    first, *lines = head.split("\n")
    words = first.split()
    if len(words) < 2 or not words[1].isdecimal():
        return []
    types = [line.partition(":")[2] for line in lines if line.lower().startswith("content-type:")]
    media_type = (types or [""])[0].partition(";")[0].strip().lower()
    return [(int(words[1][:3]), media_type)]


def _target(record: _Record) -> str:
    return _header(record, "WARC-Target-URI").strip("<>")


def _instant(record: _Record) -> datetime:
    text = _header(record, "WARC-Date").rstrip("Z")[:26]
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def _header(record: _Record, name: str) -> str:
    headers = cast("Mapping[str, Any]", record.rec_headers)
    return str(headers.get_header(name) or "")  # type: ignore[attr-defined]  # warcio has no types

"""WACZ packages: the captures of items so that replay programs show them.

A capture with the record of a visit goes in as that record; of one that was made from a file, the
original goes in as a ``resource`` under its declared address. Source: WACZ 1.1.1, CDXJ 1.0.
"""

from __future__ import annotations

import json
import re
import zipfile
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator

from citekit.capture.warc import write_resource
from citekit.errors import NotFound
from citekit.model.records.codec import write_instant
from citekit.store import files
from citekit.version import __version__

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from citekit.app.packages.contents import Package
    from citekit.model.capture import Capture
    from citekit.store.reading import ArchiveReader

_DATA: Final = "data.warc.gz"
_MOST_BYTES: Final = 1 << 30  # of one payload
_OLDEST_IN_ZIP: Final = (1980, 1, 1, 0, 0, 0)
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class _Page(NamedTuple):
    url: str
    instant: str
    title: str
    identifier: str


def write_wacz(place: Path, store: ArchiveReader, package: Package, now: datetime) -> None:
    """Write a package of the captures whose payloads are in a citekit package.

    Raises NotFound where there is none with an address, StorageFailed where it cannot be written.
    """
    warc, pages = _collect(store, package)
    parts = {
        f"archive/{_DATA}": warc,
        "indexes/index.cdx": _index(warc),
        "pages/pages.jsonl": _pages(package.title, pages),
    }
    described = _datapackage(package.title, parts, now)
    parts["datapackage.json"] = described
    parts["datapackage-digest.json"] = _json({"path": "datapackage.json", "hash": _hash(described)})
    with files.reported(place), zipfile.ZipFile(place, "x") as archive:
        for name, data in parts.items():  # stored: replay programs read parts of it where they are
            archive.writestr(zipfile.ZipInfo(name, _OLDEST_IN_ZIP), data)


def surt(url: str) -> str:
    """The key of an address in an index: the host turned round, the query sorted.

    >>> surt("https://www.Paper.example/News?b=1&a=2#top")
    'example,paper)/news?a=2&b=1'
    """
    parts = urlsplit(url)
    host = re.sub(r"^www\d*\.", "", (parts.hostname or "").lower())
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    name = ",".join(reversed(host.split(".")))  # of numbers, too: so does everybody
    path = re.sub(r"/{2,}", "/", parts.path.lower()) or "/"
    path = path.rstrip("/") if len(path) > 1 else path
    query = "&".join(sorted(parts.query.lower().split("&"))) if parts.query else ""
    return f"{name}{port}){path}" + (f"?{query}" if query else "")


def _collect(store: ArchiveReader, package: Package) -> tuple[bytes, list[_Page]]:
    """All records, one after the other, and the pages among them."""
    records: list[bytes] = []
    pages: list[_Page] = []
    for packed in package.items:
        for stamp, capture in packed.captures.items():
            record = _record(store, package, capture)
            if record is None:
                continue
            records.append(record)
            url, instant = _page_in(record, capture.final_url or capture.source.url or "")
            title = packed.item.text("title") or packed.item.key
            pages.append(_Page(url, instant, title, f"{packed.item.key}-{stamp}"))
    if not records:
        raise NotFound(
            "no capture with an address may go into the package",
            hint="public items have their payloads in it; --with-restricted takes others too",
        )
    return b"".join(records), pages


def _page_in(record: bytes, url: str) -> tuple[str, str]:
    """The address and the instant under which a replay program finds the page of a record."""
    found = {
        one.rec_headers.get_header("WARC-Target-URI"): one.rec_headers.get_header("WARC-Date")
        for one in ArchiveIterator(BytesIO(record))
        if one.rec_type in ("response", "resource")
    }
    last = next(reversed(found), url)
    return (url, found[url]) if url in found else (last, found.get(last, ""))


def _record(store: ArchiveReader, package: Package, capture: Capture) -> bytes | None:
    """The record of a capture; None where nothing may or can go in."""
    digests = {name.rpartition("sha256/")[2].replace("/", "") for name in package.files}
    url = capture.source.url
    for role in ("warc", "original"):
        payload = capture.payloads.get(role)
        if payload is None or payload.digest.removeprefix("sha256:") not in digests:
            continue
        data = store.payload(payload.digest, _MOST_BYTES)
        if data is None:
            continue
        if role == "warc":
            return data
        if url:
            return write_resource(url, capture.captured_at, data, payload.media_type)
    return None


def _index(warc: bytes) -> bytes:
    """A line for each response and resource, sorted: key, instant, and where the record is."""
    lines = []
    iterator = ArchiveIterator(BytesIO(warc))
    for record in iterator:
        if record.rec_type not in ("response", "resource"):
            continue
        headers = record.rec_headers
        http = record.http_headers
        url = headers.get_header("WARC-Target-URI")
        status = http.get_statuscode() if http else "200"
        media_type = (http or headers).get_header("Content-Type") or ""
        digest = headers.get_header("WARC-Payload-Digest")
        iterator.read_to_end(record)
        about = {
            "url": url,
            "mime": media_type.partition(";")[0].strip() or "unk",
            "status": status,
            "digest": digest,
            "length": str(iterator.get_record_length()),
            "offset": str(iterator.get_record_offset()),
            "filename": _DATA,
        }
        instant = re.sub(r"\D", "", headers.get_header("WARC-Date"))[:14]
        lines.append(f"{surt(url)} {instant} {json.dumps(about, ensure_ascii=False)}\n")
    return "".join(sorted(lines)).encode()


def _pages(title: str, pages: list[_Page]) -> bytes:
    head = {"format": "json-pages-1.0", "id": "pages", "title": title, "hasText": False}
    lines: list[dict[str, Any]] = [head]
    lines += [
        {"id": page.identifier, "url": page.url, "ts": page.instant, "title": page.title}
        for page in pages
    ]
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


def _datapackage(title: str, parts: dict[str, bytes], now: datetime) -> bytes:
    resources = [
        {
            "name": name.rpartition("/")[2],
            "path": name,
            "hash": _hash(data),
            "bytes": len(data),
        }
        for name, data in parts.items()
    ]
    return _json(
        {
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "title": title,
            "created": write_instant(now),
            "software": f"citekit {__version__}",
            "resources": resources,
        }
    )


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _hash(data: bytes) -> str:
    return f"sha256:{sha256(data).hexdigest()}"

"""The record of a visit as WARC: each request and answer as it passed, and what secured it.

The values of headers that may open something are replaced, and ``metadata`` names those headers:
the block of such an answer is not what the server sent, its body always is. The digests are of what
stands in the file. Source: ISO 28500:2017 (WARC 1.1).
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Final

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser
from warcio.warcwriter import WARCWriter

from citekit.capture.exchange import is_secret
from citekit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from citekit.capture.exchange import Hop

MEDIA_TYPE: Final = "application/warc"
REMOVED: Final = b"[removed by citekit]"
_VERSION: Final = "WARC/1.1"
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_LINE: Final = re.compile(rb"^([^\s:]+)(:[ \t]*)([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.MULTILINE)

Fields = list[tuple[str, str]]


def write_warc(hops: Iterable[Hop], at: datetime) -> bytes:
    """A gzipped WARC file of the hops of one visit that began at an instant."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version=_VERSION)
    about = {
        "software": f"citekit/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "description": "one visit over HTTP/1.1; values of secret headers were replaced",
    }
    info = _record("warcinfo", _fields(about), [_date(at)], "application/warc-fields")
    writer.write_record(info)
    for hop in hops:
        for record in _records_of(hop):
            writer.write_record(record)
    return out.getvalue()


def write_resource(url: str, at: datetime, data: bytes, media_type: str) -> bytes:
    """A gzipped record of bytes that somebody says are the page at an address."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version=_VERSION)
    writer.write_record(
        _record("resource", data, [("WARC-Target-URI", url), _date(at)], media_type)
    )
    return out.getvalue()


def _records_of(hop: Hop) -> Iterable[ArcWarcRecord]:
    response, replaced = scrub(hop.response)
    request, _ = scrub(hop.request)
    place = [("WARC-Target-URI", hop.url), _date(hop.at)]
    cut = [("WARC-Truncated", "length")] if hop.is_cut else []
    answered = _record(
        "response", response, [*place, ("WARC-IP-Address", hop.address), *cut],
        "application/http; msgtype=response",
    )  # fmt: skip
    same = ("WARC-Concurrent-To", answered.rec_headers.get_header("WARC-Record-ID"))
    yield answered
    yield _record("request", request, [*place, same], "application/http; msgtype=request")
    about = {"fetchTimeMs": str(round(hop.seconds * 1000))}
    if replaced:
        about["replaced-headers"] = ", ".join(replaced)
    if hop.tls:
        about["tls-version"] = hop.tls.version
        about["tls-cipher"] = hop.tls.cipher
        about["tls-certificate"] = b64encode(hop.tls.certificate).decode()
    yield _record("metadata", _fields(about), [*place, same], "application/warc-fields")


def scrub(message: bytes) -> tuple[bytes, tuple[str, ...]]:
    r"""An HTTP message with secret values replaced, and the names of those headers.

    >>> scrub(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\n\r\nbody")
    (b'HTTP/1.1 200 OK\r\nSet-Cookie: [removed by citekit]\r\n\r\nbody', ('set-cookie',))
    """
    end = _HEAD_END.search(message)
    size = end.start() if end else len(message)
    names: dict[str, None] = {}

    def replaced(line: re.Match[bytes]) -> bytes:
        name = line[1].decode("latin-1")
        if not is_secret(name):
            return line[0]
        names[name.lower()] = None
        return line[1] + line[2] + REMOVED

    return _LINE.sub(replaced, message[:size]) + message[size:], tuple(names)


def _record(kind: str, block: bytes, fields: Fields, media_type: str) -> ArcWarcRecord:
    """A record with this very block: warcio would write the headers of a message anew."""
    named = [("WARC-Type", kind), ("WARC-Record-ID", StatusAndHeadersParser.make_warc_id())]
    headers = StatusAndHeaders("", [*named, *fields], protocol=_VERSION)
    headers.add_header("WARC-Block-Digest", _digest(block))
    end = _HEAD_END.search(block) if media_type.startswith("application/http") else None
    headers.add_header("WARC-Payload-Digest", _digest(block[end.end() if end else 0 :]))
    return ArcWarcRecord("warc", kind, headers, BytesIO(block), None, media_type, len(block))


def _date(at: datetime) -> tuple[str, str]:
    return "WARC-Date", at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _fields(about: dict[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in about.items()).encode()


def _digest(data: bytes) -> str:
    return f"sha256:{sha256(data).hexdigest()}"

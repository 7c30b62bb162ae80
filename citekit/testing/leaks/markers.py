"""Looking for words that must not be in an output, however that is packed or written.

A marker is a word of seven letters or more that stands nowhere else. Everything is unpacked first,
what is inside too: zip files (EPUB, too), gzip, zlib streams wherever they begin (PDF, Sphinx's
inventories), SQLite, git objects, base64. What is left is read as UTF-16, with percent signs, HTML
entities, backslashes and quoted-printable undone, and without tags; and the marker is looked for as
it is, in hexadecimal and in base64. Letter case never counts: search indexes fold it.

>>> import base64, gzip
>>> packed = b"x" + base64.b64encode(gzip.compress(b"It says qzxword."))
>>> [found.marker for found in search_bytes("packed", packed, {"a word": b"qzxword"})]
['a word']
"""

from __future__ import annotations

import bz2
import html
import io
import lzma
import re
import sqlite3
import subprocess
import zipfile
import zlib
from base64 import b64decode, b64encode
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from citekit.extract.documents.pdf import read_pdf
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    Part = tuple[str, bytes]

_DEEPEST: Final = 6
_SHORTEST: Final = 7
# what bytes that only look like a zip file come to
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, OSError, EOFError)
_ZLIB: Final = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_GZIP: Final = re.compile(rb"\x1f\x8b\x08")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{32,}={0,2}")
_WRAPPED: Final = re.compile(rb"(?<=[A-Za-z0-9+/]{60})\r?\n(?=[A-Za-z0-9+/=])")
_BACKSLASHED: Final = re.compile(rb"\\(?:u00|x)([0-9a-fA-F]{2})")
_QUOTED: Final = re.compile(rb"=([0-9A-F]{2})|=\r?\n")
_TAG: Final = re.compile(rb"<[^<>]{1,2000}>")
_INVISIBLE: Final = re.compile("|".join("\u00ad\u200b\u200c\u200d\u2060\ufeff").encode())


class Found(Value):
    """A marker that is where it must not be: its name, the place, and how it is written there."""

    marker: str
    place: str
    form: str

    def __str__(self) -> str:
        return f"{self.marker}: {self.place} ({self.form})"


def search_folder(folder: Path, markers: Mapping[str, bytes]) -> list[Found]:
    """Every marker (name -> bytes) in the files of a folder and in their names, unpacked."""
    found: list[Found] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        found += _find(name, name.encode(), markers)
        if path.is_file():
            found += search_bytes(name, path.read_bytes(), markers)
        elif (path / "objects").is_dir() and (path / "HEAD").is_file():
            found += search_bytes(f"{name}!git", git_objects(path), markers)
    return found


def search_bytes(name: str, data: bytes, markers: Mapping[str, bytes]) -> list[Found]:
    """Every marker in these bytes, unpacked; each once, where it is least deep inside."""
    found: dict[str, Found] = {}
    for place, part in unpacked(name, data):
        left = {marker: data for marker, data in markers.items() if marker not in found}
        found |= {one.marker: one for one in _find(place, part, left)}
    return list(found.values())


def git_objects(folder: Path) -> bytes:
    """All objects of a repository, packed ones as well, one after the other."""
    command = ["git", "-C", str(folder), "cat-file", "--batch", "--batch-all-objects"]
    return subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603  # fixed words


def unpacked(name: str, data: bytes) -> Iterator[Part]:
    """The bytes, and all that is in them or can be read out of them, each once, with its place."""
    seen: set[bytes] = set()
    parts = [(name, data)]
    for _ in range(_DEEPEST):
        inside: list[Part] = []
        for place, part in parts:
            digest = sha256(part).digest()
            if digest not in seen:
                seen.add(digest)
                yield place, part
                read = (one for unpack in _UNPACKERS for one in unpack(part))
                inside += [(f"{place}!{kind}", inner) for kind, inner in read]
        parts = inside


def needles(marker: bytes) -> Iterator[Part]:
    """How a marker may be written in bytes that can be searched: the form's name, and its bytes.

    In base64 it has three forms, by where it begins, of which the ends are its neighbours' too.
    Raises ValueError for one so short that chance writes it.
    """
    if len(marker) < _SHORTEST:
        raise ValueError(f"a marker has at least {_SHORTEST} bytes: {marker!r}")
    yield "as it is", marker
    cases = (marker, marker.lower(), marker.capitalize(), marker.upper())
    for one in dict.fromkeys(cases if marker.isalnum() else cases[:1]):
        yield "hexadecimal", one.hex().encode()
        for before in range(3):
            coded = b64encode(b"\0" * before + one)
            start, end = (0, 2, 3)[before], (0, -3, -2)[(before + len(one)) % 3]
            middle = coded[start : end or None]
            yield "base64", middle
            yield "base64", middle.translate(bytes.maketrans(b"+/", b"-_"))


def _find(place: str, data: bytes, markers: Mapping[str, bytes]) -> Iterator[Found]:
    folded = data.lower()
    for name, marker in markers.items():
        for form, needle in needles(marker):
            if needle in data if form == "base64" else needle.lower() in folded:
                yield Found(marker=name, place=place, form=form)
                break


# ── what is inside ─────────────────────────────────────────────────────────────────────────────


def _zipped(data: bytes) -> Iterator[Part]:
    if b"PK\x03\x04" in data:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for entry in archive.infolist():
                    yield entry.filename, entry.filename.encode() + b"\n" + archive.read(entry)
        except _BROKEN:
            return


def _inflated(data: bytes) -> Iterator[Part]:
    """Zlib and gzip streams, wherever they begin; what a broken one gave before it broke."""
    for pattern, bits in ((_ZLIB, 15), (_GZIP, 31)):
        for match in pattern.finditer(data):
            inner = _as_far_as_it_goes(data[match.start() :], bits)
            if len(inner) > 8:  # two bytes look like a stream in a picture, and give nothing
                yield f"inflated@{match.start()}", inner


def _as_far_as_it_goes(data: bytes, bits: int) -> bytes:
    inflate, parts = zlib.decompressobj(bits), []
    try:
        for start in range(0, len(data), 4096):
            parts.append(inflate.decompress(data[start : start + 4096]))
            if inflate.eof:
                break
    except zlib.error:
        pass
    return b"".join(parts)


def _otherwise_packed(data: bytes) -> Iterator[Part]:
    for magic, unpack in ((b"BZh", bz2.decompress), (b"\xfd7zXZ\0", lzma.decompress)):
        if data.startswith(magic):
            with suppress(lzma.LZMAError, *_BROKEN):
                yield "unpacked", unpack(data)


def _in_tables(data: bytes) -> Iterator[Part]:
    """What the tables of an SQLite database hold; its file may cut a long text into pages."""
    if not data.startswith(b"SQLite format 3\0"):
        return
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(data)
        tables = database.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in tables:
            for row in database.execute(f'select * from "{table}"'):  # noqa: S608  # its own name
                values = (v if isinstance(v, bytes) else str(v).encode() for v in row)
                yield f"table {table}", b"\n".join(values)
    except sqlite3.DatabaseError:  # a virtual table whose module is not here: its own tables are
        return
    finally:
        database.close()


def _in_base64(data: bytes) -> Iterator[Part]:
    for match in _BASE64.finditer(_WRAPPED.sub(b"", data)):
        run = match[0].rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        for start in range(4):
            kept = run[start : start + (len(run) - start) // 4 * 4]
            decoded = b64decode(kept)
            if _ZLIB.search(decoded) or _GZIP.search(decoded) or b"PK\x03\x04" in decoded:
                yield f"base64@{match.start()}", decoded


def _in_pdf(data: bytes) -> Iterator[Part]:
    """A PDF as it reads: its letters may be placed one by one, and fonts number them anyhow."""
    if data.startswith(b"%PDF"):
        reading = read_pdf(data)
        told = (str(evidence.value) for evidence in reading.evidence)
        yield "pages", "\n".join((*told, *reading.pages)).encode()


# ── other ways to write the same ───────────────────────────────────────────────────────────────


def _rewritten(data: bytes) -> Iterator[Part]:
    """The bytes with one way of writing undone, where that is in them."""
    for name, undo in _UNDONE.items():
        plain = undo(data)
        if plain != data:
            yield name, plain


def _from_hex(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex(match[1].decode()) if match[1] else b""


def _unescaped(data: bytes) -> bytes:
    if b"&" not in data:
        return data
    return html.unescape(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


_UNDONE: Final[dict[str, Callable[[bytes], bytes]]] = {
    "UTF-16": lambda data: data.replace(b"\0", b""),
    "percent": unquote_to_bytes,
    "entities": _unescaped,
    "backslashes": lambda data: _BACKSLASHED.sub(_from_hex, data),
    "quoted-printable": lambda data: _QUOTED.sub(_from_hex, data),
    "without tags": lambda data: _TAG.sub(b"", data),
    "invisible": lambda data: _INVISIBLE.sub(b"", data),
}
_UNPACKERS: Final = (
    *(_zipped, _inflated, _otherwise_packed, _in_tables, _in_base64, _in_pdf),
    _rewritten,
)

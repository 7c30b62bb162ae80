"""Whether the search for markers finds them: however they are packed, written, or both."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import pickle
import sqlite3
import subprocess
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pytest
from docutils import nodes

from citekit.testing.leaks.markers import search_bytes, search_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORD: Final = "Qzxsecret"
MARKS: Final = {"secret": WORD.lower().encode()}


def _zipped(data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/file", data)
    return packed.getvalue()


def _in_tar(data: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo("file")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def _in_database(data: bytes) -> bytes:
    with sqlite3.connect(":memory:") as database:
        database.execute("create table t (x)")
        database.execute("insert into t values (?)", (gzip.compress(data),))
    return database.serialize()


def _in_doctree(data: bytes) -> bytes:
    return pickle.dumps(nodes.paragraph("", data.decode()))


def _in_pdf(data: bytes) -> bytes:
    """A page whose every letter is placed by itself."""
    spaced = " ".join(f"({letter}) 0" for letter in data.decode())
    page = zlib.compress(f"BT /F 9 Tf 9 9 Td [{spaced}] TJ ET".encode())
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 900 90]/Contents 4 0 R/Resources 5 0 R>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(page), page),
        b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Courier>>>>>>",
    )
    parts = [b"%d 0 obj%b endobj\n" % (number, inner) for number, inner in enumerate(objects, 1)]
    return b"%PDF-1.4\n" + b"".join(parts) + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


WRITTEN = {
    "as it is": WORD.encode(),
    "in capitals": WORD.upper().encode(),
    "utf-16": WORD.encode("utf-16"),
    "utf-16-be": WORD.encode("utf-16-be"),
    "percent": "".join(f"%{byte:02x}" for byte in WORD.encode()).encode(),
    "percent twice": quote(quote(f"ä{WORD[:3]} ").replace("x", "%78") + WORD[3:]).encode()
    + quote("".join(f"%{byte:02X}" for byte in WORD.encode())).encode(),
    "entities": "".join(f"&#{ord(c)};" for c in WORD).encode(),
    "entities in sixteens": "".join(f"&#x{ord(c):x};" for c in WORD).encode(),
    "JSON": "".join(f"\\u{ord(c):04x}" for c in WORD).encode(),
    "Python": "".join(f"\\x{ord(c):02x}" for c in WORD).encode(),
    "quoted-printable": f"{WORD[:4]}=\r\n={ord(WORD[4]):02X}{WORD[5:]}".encode(),
    "hexadecimal": WORD.encode().hex().upper().encode(),
    "base64 at 0": base64.b64encode(WORD.encode() + b"..."),
    "base64 at 1": base64.b64encode(b"." + WORD.encode() + b".."),
    "base64 at 2": base64.b64encode(b".." + WORD.encode()),
    "base64 of addresses": base64.urlsafe_b64encode(b"\xff" + WORD.encode()),
    "between tags": f"{WORD[:3]}<mark class='x'>{WORD[3:6]}</mark>{WORD[6:]}".encode(),
    "with soft hyphens": "\u00ad".join(WORD).encode(),
}
PACKED: Final[dict[str, Callable[[bytes], bytes]]] = {
    "plain": lambda data: data,
    "zip": _zipped,
    "gzip": gzip.compress,
    "gzip behind something": lambda data: b"head\n" + gzip.compress(data),
    "zlib": zlib.compress,
    "zlib cut short": lambda data: b"x" + zlib.compress(data + bytes(range(256)) * 9)[:-9],
    "inventory": lambda data: b"# Sphinx inventory version 2\n" + zlib.compress(data, 9),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "tar": _in_tar,
    "SQLite": _in_database,
    "doctree": _in_doctree,
    "PDF": _in_pdf,
    "zip in a zip": lambda data: _zipped(_zipped(data)),
    "gzip in base64": lambda data: b'"data:' + base64.b64encode(gzip.compress(data)) + b'"',
    "gzip in lines of base64": lambda data: base64.encodebytes(gzip.compress(data)),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_it_is_found_however_it_is_written(written: str) -> None:
    """In a text of other words, and as a part of a zip file."""
    text = b"Before, " + WRITTEN[written] + b", after."

    assert [found.marker for found in search_bytes("text", text, MARKS)] == ["secret"]
    assert [found.marker for found in search_bytes("zip", _zipped(text), MARKS)] == ["secret"]


@pytest.mark.parametrize("packed", PACKED)
def test_it_is_found_however_it_is_packed(packed: str) -> None:
    """And nothing is where it is not."""
    text = f"It says {WORD} and nothing else.".encode()

    assert search_bytes("file", PACKED[packed](text), MARKS)
    assert search_bytes("file", PACKED[packed](b"It says nothing."), MARKS) == []


def test_names_and_objects_of_git_are_looked_at(tmp_path: Path) -> None:
    """What was committed and taken out again, in a pack too; and what a file is called."""
    (tmp_path / "qzxsecret.txt").write_text("nothing")
    work, name = tmp_path / "work", ("-c", "user.name=a", "-c", "user.email=a@example.org")
    work.mkdir()
    (work / "file").write_text(f"{WORD}\n")

    def git(*words: str) -> None:
        subprocess.run(["git", *name, *words], cwd=work, check=True, capture_output=True)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-q", "-m", "one")
    (work / "file").write_text("nothing\n")
    git("commit", "-q", "-a", "-m", "two")
    git("gc", "-q")

    places = {found.place for found in search_folder(tmp_path, MARKS)}

    assert "qzxsecret.txt" in places
    assert any(place.startswith("work/.git!git") for place in places)


def test_a_short_marker_is_refused() -> None:
    """What chance writes in base64 would be found everywhere."""
    with pytest.raises(ValueError, match="at least 7 bytes"):
        search_bytes("x", b"x", {"short": b"qzx"})

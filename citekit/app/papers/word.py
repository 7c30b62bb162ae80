"""Word documents: keys in their text, and the fields in which reference managers keep citations.

A field holds the works it cites as CSL-JSON (``ADDIN ZOTERO_ITEM CSL_CITATION {…}``), so that a
document brings what it cites along. The line of a place is the number of the paragraph. Sources:
ECMA-376 part 1, §17.16 (fields); Zotero's and Mendeley's field codes as they write them.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, Final

from citekit.app.papers.found import CitedKey, Found
from citekit.app.papers.markdown_dialects import keys_in_brackets
from citekit.app.papers.xml_events import XmlEvents
from citekit.errors import InvalidData, Place
from citekit.model.records.json_text import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PARTS: Final = re.compile(r"word/(?:document|footnotes|endnotes)\d*\.xml")
_FIELD: Final = re.compile(r"CSL_CITATION\s*(\{.*)", re.DOTALL)
_TAG: Final = "MENDELEY_CITATION_v3_"
_MOST_PART_BYTES: Final = 100_000_000
"""Of one part unpacked: a thousand pages with tracked changes have some 30 MB."""
_MOST_PARTS: Final = 10_000
_UNREADABLE: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError,
    ValueError, OSError, zlib.error,
)  # fmt: skip


def find_in_word(data: bytes) -> Found:
    """What a ``.docx`` file cites; raises InvalidData for what is none, or is too large."""
    keys: list[CitedKey] = []
    paragraphs = 0
    for part in _unpacked(data):
        reader = _Part(paragraphs)
        reader.read(part)
        keys += reader.keys
        paragraphs = reader.paragraphs
    return Found(keys=tuple(keys))


def _unpacked(data: bytes) -> Iterator[bytes]:
    """The parts that have text, the document before its notes."""
    if data.count(b"PK\1\2") > _MOST_PARTS:  # each part has one: counted before any is made
        raise InvalidData(f"has more than {_MOST_PARTS:,} parts")
    left = _MOST_PART_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = {name for name in packed.namelist() if _PARTS.fullmatch(name)}
            if not names:
                raise InvalidData("is no Word document: it has no word/document.xml")
            for name in sorted(names):
                with packed.open(name) as inside:
                    part = inside.read(left + 1)
                left -= len(part)
                if left < 0:
                    raise InvalidData(f"would become larger than {_MOST_PART_BYTES:,} bytes")
                yield part
    except _UNREADABLE as error:
        raise InvalidData(f"is no Word document that can be read: {error}") from error


class _Part(XmlEvents):
    """One part, element by element: the text of paragraphs, and the fields in it."""

    def __init__(self, paragraphs: int) -> None:
        """``paragraphs`` is how many there are in the parts before."""
        super().__init__()
        self.keys: list[CitedKey] = []
        self.paragraphs = paragraphs
        self._open: list[tuple[int, list[str]]] = []  # a text box is a paragraph in another
        self._fields: list[list[str]] = []
        self._takes: list[str] | None = None

    def began(self, kind: str, attributes: Mapping[str, str]) -> None:
        """Text and instructions are taken from now on; a field may begin."""
        if kind == "p":
            self.paragraphs += 1
            self._open.append((self.paragraphs, []))
        elif kind == "t":
            self._takes = self._open[-1][1] if self._open else None
        elif kind == "instrText":
            self._takes = self._fields[-1] if self._fields else None
        elif kind == "fldChar":
            self._field(attributes.get("fldCharType", ""))
        elif kind == "fldSimple":
            self._cited(attributes.get("instr", ""))
        elif kind == "tag" and attributes.get("val", "").startswith(_TAG):
            self._cited(f"CSL_CITATION {_decoded(attributes['val'].removeprefix(_TAG))}")

    def ended(self, kind: str) -> None:
        """At the end of a paragraph its text is looked at."""
        if kind in ("t", "instrText"):
            self._takes = None
        elif kind == "p" and self._open:
            number, text = self._open.pop()
            for key, at in keys_in_brackets("".join(text)):
                self.keys.append(CitedKey(key=key, place=Place(line=number, column=at + 1)))

    def said(self, text: str) -> None:
        """Text of a run, or of a field's instruction."""
        if self._takes is not None:
            self._takes.append(text)

    def _field(self, kind: str) -> None:
        """A field begins; behind its instruction comes what it shows, then its end."""
        if kind == "begin":
            self._fields.append([])
        elif self._fields:
            self._cited("".join(self._fields[-1]))
            self._fields[-1] = []
            if kind == "end":
                self._fields.pop()

    def _cited(self, instruction: str) -> None:
        field = _FIELD.search(instruction)
        if field:
            place = Place(line=self._open[-1][0] if self._open else self.paragraphs or 1)
            self.keys += [CitedKey(key=key, place=place, data=data)
                              for key, data in _works(field[1])]  # fmt: skip


def _works(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The works of a field, each by the name it has there, with what is said of it."""
    try:
        said = parse_json(text.strip())
    except InvalidData:  # a field that somebody cut: Word shows its text all the same
        return
    items = said.get("citationItems") if isinstance(said, dict) else None
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict):
            continue
        data = item.get("itemData")
        data = data if isinstance(data, dict) else {}
        uris = item.get("uris") or item.get("uri")
        uri = uris[0] if isinstance(uris, list) and uris else uris
        names = (data.get("citation-key"), uri, item.get("id"), data.get("id"))
        name = next((str(n) for n in names if isinstance(n, str | int) and str(n).strip()), "")
        if name:
            yield name, data


def _decoded(text: str) -> str:
    """Base64 as JSON text; nothing for what is none."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""

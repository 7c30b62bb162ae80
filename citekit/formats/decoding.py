"""Bytes of a bibliography as text: never refused, and what was guessed is told.

Order: a byte order mark; UTF-16 by its zero bytes; UTF-8 where all of it is; the encoding that the
file names itself (``% Encoding: ISO-8859-1``, as JabRef and others write it); UTF-8 with some other
bytes in it; else windows-1252, or latin-1 where there are bytes that windows-1252 has not.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from citekit.findings import Severity
from citekit.formats.result import finding

if TYPE_CHECKING:
    from citekit.findings import Finding

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMED: Final = re.compile(rb"encoding\s*[:=]\s*\"?([A-Za-z][A-Za-z0-9_.:-]{1,30})", re.IGNORECASE)
_SEQUENCE: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_TEXT_CODECS: Final = re.compile(
    r"utf|iso8859|cp\d|mac|koi8|latin|ascii|shift|euc|gb|big5|johab|hz|tis|viscii|kz"
)


def decode_bibliography(data: bytes) -> tuple[str, Finding | None]:
    r"""The text, and a finding where its encoding is not UTF-8 or had to be guessed.

    >>> decode_bibliography(b"% Encoding: ISO-8859-2\n@misc{k, title={\xb1}}")[0][-4:]
    '{ą}}'
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(name, errors="replace")
            return text, None if "\ufffd" not in text else _told("has bytes that are not", name, 1)
    zeros = data[:4000].count(0)
    if zeros * 4 > min(len(data), 4000):
        name = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        return data.decode(name, errors="replace"), _told("is read as", name, 1)
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    named = _named(data)
    if named is not None:
        return data.decode(named, errors="replace"), _told("says that it is", named, line)
    sequences = len(_SEQUENCE.findall(data))
    others = len(_HIGH.findall(_SEQUENCE.sub(b"", data)))
    if sequences >= others:
        shown = f"has {others:,} bytes that are no UTF-8; they are read as"
        return data.decode("utf-8", errors=_AS_WINDOWS), _told(shown, "windows-1252", line)
    name = "latin-1" if re.search(rb"[\x81\x8d\x8f\x90\x9d]", data) else "windows-1252"
    return data.decode(name), _told("is no UTF-8, and read as", name, line)


def _named(data: bytes) -> str | None:
    """The codec that the head of the file names, if Python has one and it is not UTF-8 again."""
    found = _NAMED.search(data[:2000])
    if found is None:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return None
    return name if _TEXT_CODECS.match(name) and name not in ("utf-8", "ascii") else None


def _told(message: str, name: str, line: int) -> Finding:
    hint = "save it as UTF-8 if letters are wrong"
    shown = f"the file {message} {name}"
    return finding("CK-W410", shown, line=line, hint=hint, severity=Severity.WARNING)


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """A byte that is no UTF-8 as windows-1252 has it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("windows-1252", errors="replace"), error.end


_AS_WINDOWS: Final = "citekit-as-windows-1252"
codecs.register_error(_AS_WINDOWS, _as_windows)

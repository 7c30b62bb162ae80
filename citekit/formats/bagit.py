"""BagIt tag files: the declaration, manifests, fetch list and metadata of a bag, as values.

Reading is strict where lenience would hide something: one spelling of each path, no path out of
the bag on any system, no algorithm or encoding that is unknown. Source: RFC 8493, and its drafts
0.93 to 0.97 where they allow more.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from citekit.errors import InvalidData
from citekit.model.value import Value

ALGORITHMS: Final = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
"""Of manifests; md5 and sha1 are read because old bags have them, and never written."""

_HEX_DIGITS: Final = {
    "md5": 32,
    "sha1": 40,
    "sha224": 56,
    "sha256": 64,
    "sha384": 96,
    "sha512": 128,
}
_MANIFEST: Final = re.compile(r"(tag)?manifest-([A-Za-z0-9-]{1,20})\.txt")
_DECLARATION: Final = re.compile(
    rb"BagIt-Version: (\d{1,3})\.(\d{1,3})(?:\r\n|\r|\n)"
    rb"Tag-File-Character-Encoding: ([!-~]{1,40})(?:\r\n|\r|\n)?"
)
_ENCODINGS: Final = re.compile(r"ascii|utf-(?:8|16|32)(?:-[bl]e)?|iso8859-\d+|cp125\d")
_LINE: Final = re.compile(r"(\S+)[ \t]+(\*?)(.+)")
_TAG: Final = re.compile(r"([^\s:][^:]*+):[ \t]*+(.*)")
_WINDOWS: Final = re.compile(r"[A-Za-z]:|%[^%/]+%")
_MOST_LINES: Final = 1_000_000


class Declaration(Value):
    """``bagit.txt``: the version as a pair of numbers, and Python's name of the encoding."""

    version: tuple[int, int]
    encoding: str

    @property
    def is_final(self) -> bool:
        """Whether RFC 8493 itself counts, not one of its drafts."""
        return self.version >= (1, 0)


class Manifest(Value):
    """One manifest: path -> lower-case hex. ``warnings`` are what a bag may do, barely."""

    algorithm: str
    digests: Mapping[str, str]
    warnings: tuple[str, ...] = ()


def parse_declaration(data: bytes) -> Declaration:
    """Read ``bagit.txt``; raises InvalidData (RFC 8493 §2.1.1: no BOM, exactly these two lines)."""
    match = _DECLARATION.fullmatch(data)
    if match is None:
        raise InvalidData("bagit.txt is not the two lines that RFC 8493 asks for")
    version = int(match[1]), int(match[2])
    if not (0, 93) <= version <= (1, 0):
        raise InvalidData(f"BagIt {version[0]}.{version[1]} is unknown")
    name = match[3].decode()
    try:
        encoding = codecs.lookup(name).name
    except LookupError as error:
        raise InvalidData(f"the encoding {name} is unknown") from error
    if not _ENCODINGS.fullmatch(encoding):
        raise InvalidData(f"the encoding {name} is not one of text files")
    return Declaration(version=version, encoding=encoding)


def manifest_of(name: str) -> tuple[bool, str] | None:
    """Whether a file at the top is a tag manifest, and its algorithm; None when it is none.

    Raises InvalidData for a manifest whose algorithm is unknown.

    >>> manifest_of("tagmanifest-sha512.txt")
    (True, 'sha512')
    """
    match = _MANIFEST.fullmatch(name)
    if match is None:
        return None
    algorithm = match[2].lower().replace("-", "")
    if algorithm not in ALGORITHMS:
        raise InvalidData(f"the algorithm of {name} is unknown")
    return match[1] is not None, algorithm


def parse_manifest(data: bytes, algorithm: str, declaration: Declaration) -> Manifest:
    """Read a manifest; raises InvalidData with the number of the line (RFC 8493 §2.1.3)."""
    digests: dict[str, str] = {}
    warnings: list[str] = []
    for number, line in _lines(data, declaration):
        match = _LINE.fullmatch(line)
        if match is None:
            raise InvalidData(f"line {number} is no digest and path")
        digest, path = match[1].lower(), _written_path(match[3], declaration)
        if not re.fullmatch(rf"[0-9a-f]{{{_HEX_DIGITS[algorithm]}}}", digest):
            raise InvalidData(f"line {number} has no {algorithm} digest")
        if match[2]:
            warnings.append(f"line {number} marks its file as binary, as md5sum does")
        if path.startswith("./"):
            warnings.append(f"line {number} begins with ./")
        path = check_path(path)
        if path in digests:
            if declaration.is_final or digests[path] != digest:
                raise InvalidData(f"line {number} lists {path!r} again")
            warnings.append(f"line {number} lists {path!r} again")
        digests[path] = digest
    _check_collisions(digests)
    return Manifest(algorithm=algorithm, digests=digests, warnings=tuple(warnings))


def parse_fetch(data: bytes, declaration: Declaration) -> tuple[str, ...]:
    """The paths that ``fetch.txt`` would bring; raises InvalidData (RFC 8493 §2.2.3)."""
    paths = []
    for number, line in _lines(data, declaration):
        match = re.fullmatch(r"\S+[ \t]+(?:\d+|-)[ \t]+(.+)", line)
        if match is None:
            raise InvalidData(f"line {number} is no address, size and path")
        paths.append(check_path(_written_path(match[1], declaration)))
    return tuple(paths)


def parse_info(data: bytes, declaration: Declaration) -> tuple[tuple[str, str], ...]:
    """Labels and values of ``bag-info.txt`` in order; raises InvalidData (RFC 8493 §2.2.2)."""
    pairs: list[tuple[str, list[str]]] = []  # a value's lines are joined once, not one by one
    for number, line in _lines(data, declaration):
        if line[0] in " \t" and pairs:
            pairs[-1][1].append(line.strip())
            continue
        match = _TAG.fullmatch(line)
        if match is None:
            raise InvalidData(f"line {number} is no label and value")
        pairs.append((match[1].rstrip(" \t"), [match[2].rstrip()]))
    return tuple((label, " ".join(lines).strip()) for label, lines in pairs)


def check_path(path: str) -> str:
    """The path without a leading ``./``, if it stays inside a bag on every system.

    Raises InvalidData for one that leads out, or means something else on Windows or in a shell.

    >>> check_path("./data/a.txt")
    'data/a.txt'
    """
    plain = path.removeprefix("./")
    parts = plain.split("/")
    is_strange = (
        "\\" in plain
        or plain.startswith("~")
        or _WINDOWS.match(plain) is not None
        or any(unicodedata.category(c) == "Cc" for c in plain)
    )
    if is_strange or any(part in ("", ".", "..") for part in parts) or len(plain) > 4096:
        raise InvalidData(f"a path that leads out of the bag, or elsewhere: {path[:120]!r}")
    return plain


def write_declaration() -> bytes:
    """``bagit.txt`` of a new bag."""
    return b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def write_manifest(digests: Mapping[str, str]) -> bytes:
    """A manifest of path -> hex digest, sorted by path; raises InvalidData for an unsafe path."""
    lines = (f"{digests[path]}  {_encode_path(check_path(path))}\n" for path in sorted(digests))
    return "".join(lines).encode()


def write_info(pairs: Iterable[tuple[str, str]]) -> bytes:
    """``bag-info.txt``; line breaks in a value become spaces."""
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in pairs).encode()


def _lines(data: bytes, declaration: Declaration) -> Iterable[tuple[int, str]]:
    """The lines that say something, with their numbers; LF, CR and CRLF end one."""
    try:
        text = data.decode(declaration.encoding)
    except UnicodeDecodeError as error:
        raise InvalidData(f"is not {declaration.encoding}") from error
    text = text.removeprefix("\ufeff") if declaration.encoding != "utf-8" else text
    lines = re.split(r"\r\n|\r|\n", text)
    if len(lines) > _MOST_LINES:
        raise InvalidData(f"has more than {_MOST_LINES} lines")
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _written_path(text: str, declaration: Declaration) -> str:
    """The path that a manifest writes; RFC 8493 encodes line ends and the percent sign."""
    if not declaration.is_final:
        return text
    return re.sub(r"%(0A|0D|25)", lambda m: chr(int(m[1], 16)), text, flags=re.IGNORECASE)


def _encode_path(path: str) -> str:
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _check_collisions(paths: Iterable[str]) -> None:
    """Raise InvalidData for two paths that are one where case or Unicode form does not count."""
    seen: dict[str, str] = {}
    for path in paths:
        form = unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())
        other = seen.setdefault(form, path)
        if other != path:
            raise InvalidData(f"{other!r} and {path!r} are one file on some systems")

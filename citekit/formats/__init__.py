"""CSL-JSON items to and from the bibliography formats; pure.

``write(items, format)`` and ``read(text, format)`` are the whole interface. Items are plain
CSL-JSON objects. A format is imported when it is asked for: start-up time is a promise.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citekit.formats.result import ReadResult

_WRITERS: Final = {
    "biblatex": "bibtex.write:write_bibtex",
    "bibtex": "bibtex.write:write_bibtex",
    "csl-json": "csl_json:write_csl_json",
    "csl-yaml": "csl_yaml:write_csl_yaml",
    "hayagriva": "hayagriva.write:write_hayagriva",
    "ris": "ris.write:write_ris",
    "wikipedia": "wikipedia.write:write_wikipedia",
}
_READERS: Final = {
    "bbt-json": "zotero.better_bibtex:read_better_bibtex",
    "biblatex": "bibtex.read:read_bibtex",
    "bibtex": "bibtex.read:read_bibtex",
    "csl-json": "csl_json:read_csl_json",
    "csl-yaml": "csl_yaml:read_csl_yaml",
    "hayagriva": "hayagriva.read:read_hayagriva",
    "nbib": "nbib:read_nbib",
    "ris": "ris.read:read_ris",
    "wikipedia": "wikipedia.read:read_wikipedia",
    "zotero-rdf": "zotero.rdf:read_zotero_rdf",
}
FORMATS: Final = tuple(_WRITERS)
"""What can be written."""
READ: Final = tuple(_READERS)
"""What can be read."""


def write(items: Iterable[Mapping[str, Any]], format: str) -> str:  # noqa: A002  # the CLI's word
    """The items in one of FORMATS, ids unchanged; raises UsageError, InvalidData."""
    if format not in _WRITERS:
        raise _no_such(format, FORMATS)
    writer = _function(_WRITERS[format])
    return str(writer(items, format) if "bib" in format else writer(items))


def read(text: str, format: str | None = None) -> ReadResult:  # noqa: A002  # the CLI's word
    """The items in a text, ids kept, and a finding for whatever could not be read.

    Without a format it is told from the text. Raises UsageError for a format that does not exist
    and InvalidData where the text as a whole is not of its format.
    """
    name = format or _function("guess:guess_format")(text)
    if name not in _READERS:
        raise _no_such(name, READ)
    result: ReadResult = _function(_READERS[name])(text)
    return result


def _function(door: str) -> Any:  # noqa: ANN401  # a reader or a writer
    module, _, name = door.partition(":")
    return getattr(import_module(f"citekit.formats.{module}"), name)


def _no_such(format: str, known: Iterable[str]) -> UsageError:  # noqa: A002  # as above
    is_other = format in _WRITERS or format in _READERS
    way = "written, not read" if format in _WRITERS else "read, not written"
    said = f"{format} is {way}" if is_other else f"no such format: {format!r}"
    return UsageError(said, hint=f"one of: {', '.join(known)}")

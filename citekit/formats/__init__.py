"""CSL-JSON items to and from the bibliography formats; pure.

``write(items, format)`` and ``read(text, format)`` are the whole interface. Items are plain
CSL-JSON objects. A format is imported when it is asked for: start-up time is a promise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citekit.formats.result import ReadResult

FORMATS: Final = ("biblatex", "bibtex", "csl-json", "csl-yaml", "hayagriva", "ris", "wikipedia")
"""What can be written; ``wikipedia`` is not read, and what Zotero hands out is read alone."""

_OF_ZOTERO: Final = r'"(?:label"\s*:\s*"BetterBibTeX JSON"|itemType"\s*:)'
_HEAD_SIGNS: Final = 100_000
"""So many signs of a text in JSON tell whose items are in it: collections stand before them."""


def write(items: Iterable[Mapping[str, Any]], format: str) -> str:  # noqa: A002  # the CLI's word
    """The items in one of FORMATS, ids unchanged; raises UsageError, InvalidData."""
    match format:
        case "biblatex" | "bibtex":
            from citekit.formats.bibtex.write import write_bibtex

            return write_bibtex(items, format)
        case _ if format in FORMATS:
            from citekit.formats.writers import WRITERS

            return WRITERS[format](items)
        case _:
            raise _no_such(format)


def read(text: str, format: str | None = None) -> ReadResult:  # noqa: A002  # the CLI's word
    """The items in a text, ids kept, and a finding for whatever could not be read.

    Without a format it is told from the text. Raises UsageError for a format that does not exist
    and InvalidData where the text as a whole is not of its format.
    """
    from citekit.formats.readers import READERS

    name = format or guess_format(text)
    if name not in READERS:
        raise _no_such(name, READERS)
    return READERS[name](text)


def guess_format(text: str) -> str:
    """The format a text seems to be in; every text is taken for some format."""
    start = text[:4000].lstrip("\ufeff \t\r\n")
    if start.startswith(("[", "{")):
        return "bbt-json" if re.search(_OF_ZOTERO, text[:_HEAD_SIGNS]) else "csl-json"
    if start.startswith("<") and "rdf" in start.casefold():
        return "zotero-rdf"
    if start.startswith("TY  -") or "\nTY  -" in start:
        return "ris"
    if _is_hayagriva(start):
        return "hayagriva"
    if start.startswith(("---", "- ", "references:")):
        return "csl-yaml"
    return "bibtex"


def _is_hayagriva(start: str) -> bool:
    """Whether a text begins with a key and fields below it, and is no item of CSL-YAML."""
    lines = [line for line in start.split("\n") if line.strip() and line.lstrip()[0] != "#"]
    first, below, *others = [*lines[lines[:1] == ["---"] :], "", ""]
    is_key = first.rstrip().endswith(":") and first[0] not in " \t@%"
    has_field = below[:1] in (" ", "\t") and ":" in below and below.lstrip()[0] != "-"
    return is_key and has_field and not any(o.startswith(("id:", "type:", "@")) for o in others)


def _no_such(format: str, known: Iterable[str] = FORMATS) -> UsageError:  # noqa: A002  # as above
    said = f"{format} is written, not read" if format in FORMATS else f"no such format: {format!r}"
    return UsageError(said, hint=f"one of: {', '.join(known)}")

"""BibTeX text as entries with their values put together; bibtexparser splits the blocks.

Only its splitter is used: its middlewares cut URLs at ``%`` and drop the braces that protect
capitals. Every block that cannot be read is a finding with its line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from citekit.errors import InvalidData
from citekit.findings import unheard
from citekit.formats.bibtex.dates import MONTHS
from citekit.formats.result import finding
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.findings import Finding


class RawEntry(Value):
    """One entry: its type and field names in lower case, values without their delimiters."""

    type: str
    key: str
    fields: Mapping[str, str]
    line: int


def split_entries(text: str) -> tuple[list[RawEntry], list[Finding]]:
    """The entries of a file and what is wrong with the rest."""
    from bibtexparser import entrypoint, exceptions

    try:
        with unheard("bibtexparser"):
            library = entrypoint.parse_string(text, parse_stack=[])
    except (exceptions.ParsingException, RecursionError) as error:
        raise InvalidData(f"bibtexparser cannot split this text: {error}") from error
    macros: dict[str, str] = {month: month for month in MONTHS}
    for string in library.strings:
        macros[string.key.casefold()] = _join(str(string.value), macros)
    findings = [_of_failed(block) for block in library.failed_blocks]
    entries = []
    for entry in library.entries:
        line = (entry.start_line or 0) + 1
        if entry.key:
            entries.append(_raw_entry(entry, macros, line))
        else:
            findings.append(finding("CK-E412", "an entry without a key", line=line))
    return entries, findings


def _raw_entry(entry: Any, macros: Mapping[str, str], line: int) -> RawEntry:  # noqa: ANN401  # bibtexparser ships no types
    fields: dict[str, str] = {}
    for field in entry.fields:
        fields.setdefault(field.key.casefold(), _join(str(field.value), macros))
    return RawEntry(type=entry.entry_type.casefold(), key=entry.key, fields=fields, line=line)


def _of_failed(block: Any) -> Finding:  # noqa: ANN401  # as above
    line = (block.start_line or 0) + 1
    key = getattr(getattr(block, "ignore_error_block", None), "key", "")
    kind = type(block).__name__
    if kind == "DuplicateBlockKeyBlock":
        return finding("CK-E413", f"the key {key!r} stands twice; the first counts", line=line)
    if kind == "DuplicateFieldKeyBlock":
        return finding("CK-E414", f"the entry {key!r} has a field twice", line=line)
    reason = getattr(block.error, "abort_reason", "") or str(block.error) or "it does not end"
    return finding("CK-E411", f"a block that cannot be read: {reason}", line=line)


def _join(raw: str, macros: Mapping[str, str]) -> str:
    """A value without its delimiters: pieces joined by ``#``, macros put in.

    >>> _join('"Jan" # { 2} # feb', {"feb": "February"})
    'Jan 2February'
    """
    return "".join(_piece(piece.strip(), macros) for piece in _pieces(raw))


def _piece(piece: str, macros: Mapping[str, str]) -> str:
    if len(piece) > 1 and (piece[0], piece[-1]) in (("{", "}"), ('"', '"')):
        return piece[1:-1]
    return macros.get(piece.casefold(), piece)


def _pieces(raw: str) -> Iterable[str]:
    """The text between the ``#`` that are in no braces and no quotes."""
    depth, quoted, start = 0, False, 0
    for match in re.finditer(r'(?<!\\)[{}"#]', raw):
        sign = match[0]
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if sign == '"' and depth == 0:
            quoted = not quoted
        elif sign == "#" and depth == 0 and not quoted:
            yield raw[start : match.start()]
            start = match.end()
    yield raw[start:]

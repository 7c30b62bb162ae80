"""BibTeX text as entries with their values put together; bibtexparser splits the blocks.

Only its splitter is used: its middlewares cut URLs at ``%`` and drop the braces that protect
capitals. Every block that cannot be read is a finding with its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import InvalidData
from citekit.findings import unheard
from citekit.formats.bibtex.strings import MOST_SIGNS, Strings, TooLong
from citekit.formats.result import finding
from citekit.model.value import Value

if TYPE_CHECKING:
    from citekit.findings import Finding

MOST_TEXT: Final = 16_000_000
"""Signs of one file: some 20,000 entries with their abstracts."""


class RawEntry(Value):
    """One entry: its type and field names in lower case, values without their delimiters."""

    type: str
    key: str
    fields: Mapping[str, str]
    line: int


def split_entries(text: str) -> tuple[list[RawEntry], list[Finding]]:
    """The entries of a file and what is wrong with the rest; raises InvalidData.

    bibtexparser keeps up to 250 bytes for each that it reads, so the size of a file is bounded.
    """
    from bibtexparser import entrypoint, exceptions

    if len(text) > MOST_TEXT:
        hint = "import it in parts"
        raise InvalidData(f"more than {MOST_TEXT:,} signs of BibTeX", hint=hint)
    try:
        with unheard("bibtexparser"):
            library = entrypoint.parse_string(text, parse_stack=[])
    except (exceptions.ParsingException, RecursionError) as error:
        raise InvalidData(f"bibtexparser cannot split this text: {error}") from error
    findings = [_of_failed(block) for block in library.failed_blocks]
    strings = Strings(text)
    for string in library.strings:
        try:
            strings.define(string.key, str(string.value))
        except TooLong as error:
            findings.append(_of_too_long(string, "string", error))
    entries = []
    for entry in library.entries:
        line = (entry.start_line or 0) + 1
        if not entry.key:
            findings.append(finding("CK-E412", "an entry without a key", line=line))
            continue
        try:
            entries.append(_raw_entry(entry, strings, line))
        except TooLong as error:
            findings.append(_of_too_long(entry, "entry", error))
    return entries, findings


def _raw_entry(entry: Any, strings: Strings, line: int) -> RawEntry:  # noqa: ANN401  # bibtexparser ships no types
    """The entry; raises TooLong."""
    fields: dict[str, str] = {}
    room = MOST_SIGNS
    for field in entry.fields:
        name = field.key.casefold()
        if name not in fields:
            fields[name] = strings.join(str(field.value), room)
            room -= len(fields[name])
    return RawEntry(type=entry.entry_type.casefold(), key=entry.key, fields=fields, line=line)


def _of_too_long(block: Any, kind: str, error: TooLong) -> Finding:  # noqa: ANN401  # as above
    line = (block.start_line or 0) + 1
    return finding("CK-E416", f"the {kind} {block.key[:80]!r} is left out: {error}", line=line)


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

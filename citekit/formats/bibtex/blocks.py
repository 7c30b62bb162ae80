"""BibTeX text as entries with their values put together; bibtexparser splits the blocks.

Only its splitter is used: its middlewares cut URLs at ``%`` and drop the braces that protect
capitals. Every block that cannot be read is a finding with its line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import InvalidData
from citekit.findings import Severity, unheard
from citekit.formats.bibtex.strings import MOST_SIGNS, Strings, TooLong
from citekit.formats.result import finding
from citekit.model.value import NOTHING, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.findings import Finding

MOST_TEXT: Final = 16_000_000
"""Signs of one file: some 20,000 entries with their abstracts."""


class RawEntry(Value):
    """One entry: its type and field names in lower case, values without their delimiters.

    ``raw`` has the values as they are typed, delimiters and strings as well; ``parents`` the key of
    the entry that a field was taken from.
    """

    type: str
    key: str
    fields: Mapping[str, str]
    raw: Mapping[str, str]
    line: int
    parents: Mapping[str, str] = NOTHING


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
    findings = [*map(_of_failed, library.failed_blocks), *_loose_ends(library.blocks)]
    strings = Strings(text)
    for string in library.strings:
        try:
            strings.define(string.key, str(string.value))
        except TooLong as error:
            findings.append(_of_too_long(string, "string", error))
    entries = []
    for entry in _in_order(library):
        line = (entry.start_line or 0) + 1
        if not entry.key:
            findings.append(finding("CK-E412", "an entry without a key", line=line))
            continue
        try:
            entries.append(_raw_entry(entry, strings, line))
        except TooLong as error:
            findings.append(_of_too_long(entry, "entry", error))
        findings += [_undefined(entry.key, name, line) for name in dict.fromkeys(strings.undefined)]
        strings.undefined.clear()
    return entries, findings


def _in_order(library: Any) -> Iterator[Any]:  # noqa: ANN401  # bibtexparser ships no types
    """The entries as they stand, those with a doubled field among them; a key counts once."""
    keys: set[str] = set()
    for block in library.blocks:
        kind = type(block).__name__
        entry = block.ignore_error_block if kind == "DuplicateFieldKeyBlock" else block
        if kind in ("Entry", "DuplicateFieldKeyBlock") and entry.key not in keys:
            keys |= {entry.key} if entry.key else set()
            yield entry


def _raw_entry(entry: Any, strings: Strings, line: int) -> RawEntry:  # noqa: ANN401  # as above
    """The entry; of a field that stands twice the first counts. Raises TooLong."""
    fields: dict[str, str] = {}
    raw: dict[str, str] = {}
    room = MOST_SIGNS
    for field in entry.fields:
        name = field.key.casefold()
        if name not in fields:
            raw[name] = str(field.value)
            fields[name] = strings.join(raw[name], room)
            room -= len(fields[name])
    kind = entry.entry_type.casefold()
    return RawEntry(type=kind, key=entry.key, fields=fields, raw=raw, line=line)


def _undefined(key: str, name: str, line: int) -> Finding:
    message = f"{key}: the string {name[:80]!r} is not defined; its name stands for it"
    return finding("CK-W418", message, line=line, severity=Severity.WARNING)


def _loose_ends(blocks: Iterable[Any]) -> Iterator[Finding]:
    """Text behind an entry that looks like the rest of it: a brace too many has closed it."""
    before: Any = None
    for block in blocks:
        text = (
            str(getattr(block, "comment", "")) if type(block).__name__ == "ImplicitComment" else ""
        )
        if before is not None and re.match(r"\s*[^@%\s]?[^@%\n]{0,200}=\s*[{\"\d]", text):
            line = (block.start_line or 0) + 1
            message = (
                f"the entry {before.key!r} ends before {text.strip()[:40]!r}: a brace too many?"
            )
            yield finding("CK-E411", message, line=line)
        before = block if type(block).__name__ == "Entry" else None


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
        names = ", ".join(map(repr, sorted(block.duplicate_keys)))
        message = f"{key}: {names} stands twice; the first counts"
        return finding("CK-W414", message, line=line, severity=Severity.WARNING)
    reason = getattr(block.error, "abort_reason", "") or str(block.error) or "it does not end"
    return finding("CK-E411", f"a block that cannot be read: {reason}", line=line)

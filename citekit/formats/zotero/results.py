"""Entries of Zotero as the result of a reader: checked, and each with what it brings along."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from citekit.findings import Severity
from citekit.formats.csl_json import check_items
from citekit.formats.result import finding
from citekit.formats.zotero.entries import Entry
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from citekit.errors import Place
    from citekit.findings import Finding
    from citekit.formats.attached import Attached
    from citekit.formats.result import ReadResult
    from citekit.model.records.json_text import JsonPath

_NUMBER: Final = "zotero-entry"
"""Under this key an entry carries its number while it is checked."""


def read_entries(
    found: Iterable[tuple[Entry | Any, JsonPath]], place_of: Callable[[JsonPath], Place]
) -> ReadResult:
    """The entries that are items, as CSL-JSON is checked; what is no entry is a finding.

    Fields that no variable holds are kept (``custom.citekit.entry``), and counted in one note.
    """
    brought: list[Attached] = []
    left: Counter[str] = Counter()

    def numbered() -> Iterator[tuple[Any, JsonPath]]:
        for entry, path in found:
            if isinstance(entry, Entry):
                brought.append(entry.attached)
                left.update(entry.left)
                yield {**entry.data, _NUMBER: len(brought) - 1}, path
            else:
                yield entry, path

    result = check_items(numbered(), place_of)
    attached = tuple(brought[item.pop(_NUMBER)] for item in result.items)
    findings = (*result.findings, *_told_of(left))
    return replace(result, attached=attached, findings=findings)


def _told_of(left: Counter[str]) -> Iterator[Finding]:
    if left:
        fields = ", ".join(f"{name} ({number})" for name, number in left.most_common())
        message = f"kept as they stand, since no variable holds them: {fields}"
        yield finding("CK-I436", message, severity=Severity.NOTE)

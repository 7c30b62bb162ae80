"""Items from bibliography files: good entries come in, bad ones are reported with their line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.app.intake.bibliography_reading import read_bibliography
from citekit.app.intake.import_keys import ImportKeys
from citekit.errors import CitekitError, InvalidData, Place, UsageError
from citekit.findings import Finding, FindingClass, Severity
from citekit.formats import guess_format
from citekit.model.item import Access, Item, ItemFacts
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from citekit.store.archive import ArchiveStore
    from citekit.store.writing.writer import Writer

_SUFFIXES: Final = {
    ".json": "csl-json",
    ".yaml": "csl-yaml",
    ".yml": "csl-yaml",
    ".bib": "biblatex",
    ".ris": "ris",
}


MOST_LOOKED_AT: Final = 100_000
"""Signs of a text by which its format is told."""


class Imported(Value):
    """The keys that came in, the keys that were there already, and what was wrong."""

    new: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def format_of(name: str, text: str) -> str:
    """The format of a file by its name, and where that says nothing by its text; UsageError."""
    for suffix, format_ in _SUFFIXES.items():
        if name.lower().endswith(suffix):
            return format_
    format_ = guess_format(text)
    if format_ == "bibtex" and not re.search(r"@\s*[A-Za-z]+\s*[{(]", text[:MOST_LOOKED_AT]):
        hint = "name it: --format csl-json, csl-yaml …"
        raise UsageError(f"cannot tell the format of {name}", hint=hint)
    return format_


def import_items(
    store: ArchiveStore,
    text: str,
    *,
    format: str = "csl-json",  # noqa: A002  # the word users know
    place: str | None = None,
    access: Access | None = None,
) -> Imported:
    """Take in every good entry under its own key; one writer for all of them.

    ``place`` is what findings call the text. An entry whose key or id is that of an item that says
    the same is known; of one that says something else, a finding. Raises InvalidData when the whole
    text is not in that format.
    """
    try:
        result = read_bibliography(text, format)
    except InvalidData as error:
        inside = (error.place or Place())._replace(path=place)
        raise InvalidData(error.message, place=inside, hint=error.hint) from error
    new: list[str] = []
    known: list[str] = []
    findings = [_at(place, finding) for finding in result.findings]
    facts = ItemFacts(access=access or store.settings.access)
    with store.writing(options={"format": format, "access": access}) as writer:
        ids = {str(data.get("id")) for data in result.items}
        keys = ImportKeys(store, writer, format, ids)
        for number, data in enumerate(result.items):
            try:
                item, is_new = _take(writer, keys, data, facts)
            except CitekitError as error:
                findings.append(_at(place, _refused(error, result.place_of(number), data)))
                continue
            (new if is_new else known).append(item.key)
            if is_new and keys.refused:
                findings.append(_at(place, _left(item, keys.refused, result.place_of(number))))
    return Imported(new=tuple(new), known=tuple(known), findings=tuple(findings))


def _take(
    writer: Writer, keys: ImportKeys, data: Mapping[str, object], facts: ItemFacts
) -> tuple[Item, bool]:
    """Add one entry, or find that the archive has it."""
    known = keys.find(data)
    if known is not None:
        return known, False
    item = keys.make(data, facts)
    writer.add_item(item)
    keys.note(item)
    return item, True


def _at(path: str | None, finding: Finding) -> Finding:
    """The finding with the file's name; an entry that stays out is invalid."""
    inside = finding.place or Place()
    kind = FindingClass.INVALID if finding.severity is Severity.ERROR else finding.kind
    return replace(finding, place=inside._replace(path=path or inside.path), kind=kind)


def _left(item: Item, aliases: Sequence[str], place: Place) -> Finding:
    """Other keys that the entry could not bring along."""
    return Finding(
        code="CK-W424",
        severity=Severity.WARNING,
        message=f"{item.key} has no other key {', '.join(map(repr, aliases))}: taken, or no key",
        place=place,
    )


def _refused(error: CitekitError, place: Place, data: Mapping[str, object]) -> Finding:
    return Finding(
        code="CK-E423",
        severity=Severity.ERROR,
        message=f"{data.get('id') or 'an entry without id'}: {error}",
        place=place,
        hint=error.hint or "",
    )

"""Items from bibliography files: good entries come in, bad ones are reported with their line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from citekit.app.intake.attaching.bringing import Bringing, Brought
from citekit.app.intake.bibliography_reading import read_bibliography
from citekit.app.intake.import_keys import ImportKeys
from citekit.app.intake.recognising.merging import (
    Difference,
    Doubt,
    Merging,
    told_of,
    told_of_doubt,
)
from citekit.errors import CitekitError, InvalidData, Place, UsageError
from citekit.findings import Finding, FindingClass, Severity
from citekit.formats.attached import Attached
from citekit.formats.guess import guess_format
from citekit.model.item import ItemFacts
from citekit.model.value import Value, replace
from citekit.store.writing.arrivals import Arrival, grouped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from citekit.app.intake.recognising.known_works import Match
    from citekit.app.intake.recognising.merging import Merge, MergeAsk
    from citekit.model.item import Access, Item
    from citekit.store.archive import ArchiveStore
    from citekit.store.writing.writer import Writer

SUFFIXES: Final = {
    ".json": "csl-json",
    ".yaml": "csl-yaml",
    ".yml": "csl-yaml",
    ".bib": "biblatex",
    ".nbib": "nbib",
    ".ris": "ris",
    ".rdf": "zotero-rdf",
    ".wiki": "wikipedia",
    ".wikitext": "wikipedia",
    ".mediawiki": "wikipedia",
}
"""How files are called, with the format that is in them."""

_OTHER: Final = {"csl-json": "bbt-json", "csl-yaml": "hayagriva"}
"""The other format of files that are called so: the text tells which it is."""

NOTHING_ATTACHED: Final = Attached()
MOST_LOOKED_AT: Final = 100_000
"""Signs of a text by which its format is told."""


class Imported(Value):
    """The keys that came in, those whose items say the same already, and what was wrong.

    ``changed`` are the entries whose items do not say the same, ``doubtful`` those among the new
    ones that may be an item of the archive, ``brought`` what came along with entries. Of a dry run:
    what would come in.
    """

    new: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    changed: tuple[Difference, ...] = ()
    doubtful: tuple[Doubt, ...] = ()
    brought: tuple[Brought, ...] = ()
    findings: tuple[Finding, ...] = ()


def format_of(name: str, text: str) -> str:
    """The format of a file by its name, and where that says nothing by its text; UsageError."""
    named = (kind for suffix, kind in SUFFIXES.items() if name.lower().endswith(suffix))
    format_ = next(named, None)
    if format_ is not None and not format_.startswith("csl-"):
        return format_
    told = guess_format(text)
    if format_ is not None:
        return told if told == _OTHER[format_] else format_
    format_ = told
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
    merge: Merge = "keep",
    ask: MergeAsk | None = None,
    folder: Path | None = None,
    with_files: bool = True,
    dry_run: bool = False,
) -> Imported:
    """Take in every good entry under its own key; one writer for all of them.

    ``place`` is what findings call the text. An entry that is an item already stays out: it is
    recognised by key or id, DOI, address, or title, year and author, and its key is another name
    of the item then. Where it says something else, ``merge`` ``theirs`` takes over what nobody
    edited here; ``ask`` is asked instead, for each. One that has the key of another work is a
    finding. Files that entries of Zotero bring along are taken from ``folder``, that of the text.
    A dry run writes nothing. Raises InvalidData when the whole text is not in that format.
    """
    try:
        result = read_bibliography(text, format)
    except InvalidData as error:
        inside = (error.place or Place())._replace(path=place)
        raise InvalidData(error.message, place=inside, hint=error.hint) from error
    facts = ItemFacts(access=access or store.settings.access)
    if dry_run:  # what it plans is not what the store knows
        store = type(store).open(store.root)
    with store.writing(options={"format": format, "access": access}) as writer:
        ids = {str(data.get("id")) for data in result.items}
        keys = ImportKeys(store, writer, format, ids)
        merging = Merging(merge=merge, ask=ask)
        intake = _Intake(writer, keys, facts, merging)
        for number, data in enumerate(result.items):
            intake.take(data, result.place_of(number))
        if not dry_run:
            intake.write()
    bringing = Bringing(
        store, folder, format_=format, merging=merging, with_files=with_files, dry_run=dry_run
    )
    for number, attached in enumerate(result.attached):
        key = intake.key_of(number)
        if key is not None and attached != NOTHING_ATTACHED:
            bringing.take(key, attached, result.place_of(number))
    found = (*result.findings, *intake.findings, *bringing.findings)
    imported = intake.imported([_at(place, finding) for finding in found])
    return replace(imported, brought=bringing.brought)


class _Taken(NamedTuple):
    """An entry that is to become an item, or to change one; where it stands."""

    data: Mapping[str, object]
    place: Place


class _Intake:
    """One import: what is to become of each entry, then all of it written.

    Nothing is written before every entry was looked at, so one item that several entries are about
    is written once, as the last of them leaves it.
    """

    def __init__(
        self, writer: Writer, keys: ImportKeys, facts: ItemFacts, merging: Merging
    ) -> None:
        self._writer = writer
        self._keys = keys
        self._facts = facts
        self._merging = merging
        self._new: dict[str, _Taken] = {}
        self._changes: dict[str, _Taken] = {}
        self._failed: set[str] = set()
        self._known: list[str] = []
        self._changed: list[Difference] = []
        self._doubtful: list[Doubt] = []
        self._keys_of: list[str | None] = []
        self.findings: list[Finding] = []

    def key_of(self, number: int) -> str | None:
        """The key of the item that the entry of this number is; None for one that stays out."""
        key = self._keys_of[number]
        return None if key in self._failed else key

    def take(self, data: Mapping[str, object], place: Place) -> None:
        """Plan one entry, or find that the archive has it; an error is a finding."""
        taken, key = _Taken(data, place), None
        try:
            match = self._keys.find(data)
            is_sure = match is not None and match.is_sure
            key = self._settle(match, taken) if match and is_sure else self._add(taken, match)
        except CitekitError as error:
            self.findings.append(_refused(error, taken))
        self._keys_of.append(key)

    def write(self) -> None:
        """Have new items come in, so many together, and others as they are to be."""
        for together in grouped(self._new.items()):
            arrivals = [Arrival(item=self._keys.item(key)) for key, _ in together]
            for (key, taken), error in zip(together, self._writer.add_items(arrivals), strict=True):
                if error is not None:
                    self._fail(key, error, taken)
        for key, taken in self._changes.items():
            try:
                self._writer.replace_item(self._keys.item(key))
            except CitekitError as error:
                self._fail(key, error, taken)

    def imported(self, findings: Sequence[Finding]) -> Imported:
        """What came of it, or would."""
        return Imported(
            new=tuple(key for key in self._new if key not in self._failed),
            known=tuple(key for key in self._known if key not in self._failed),
            changed=tuple(one for one in self._changed if one.key not in self._failed),
            doubtful=tuple(one for one in self._doubtful if one.key not in self._failed),
            findings=tuple(findings),
        )

    def _fail(self, key: str, error: CitekitError, taken: _Taken) -> None:
        self._failed.add(key)
        self.findings.append(_refused(error, taken))

    def _settle(self, match: Match, taken: _Taken) -> str:
        """Have the item as the file says, as far as it may be; its key."""
        item, difference = self._merging.settle(match, taken.data)
        item = self._keys.with_names_of(item, taken.data)
        if item != match.item:
            self._writer.plan_change(item)
            self._keys.note(item)
            if item.key not in self._new:
                self._changes[item.key] = taken
        if difference is None:
            self._known.append(item.key)
            return item.key
        self._changed.append(difference)
        finding = told_of(difference, taken.place)
        self.findings += [finding] if finding else []
        return item.key

    def _add(self, taken: _Taken, like: Match | None) -> str:
        """Have a new item; its key."""
        item = self._keys.make(taken.data, self._facts)
        self._writer.plan_item(item)
        self._new[item.key] = taken
        self.findings += _told(item, self._keys, taken.place)
        if like is not None:
            doubt = Doubt(key=item.key, like=like.item.key)
            self._doubtful.append(doubt)
            self.findings.append(told_of_doubt(doubt, taken.place))
        return item.key


def _at(path: str | None, finding: Finding) -> Finding:
    """The finding with the file's name; an entry that stays out is invalid."""
    inside = finding.place or Place()
    kind = FindingClass.INVALID if finding.severity is Severity.ERROR else finding.kind
    return replace(finding, place=inside._replace(path=path or inside.path), kind=kind)


def _told(item: Item, keys: ImportKeys, place: Place) -> Iterator[Finding]:
    """What is said of an item that has come in: keys that it could not bring along, its twin."""
    if keys.refused:
        message = (
            f"{item.key} has no other key {', '.join(map(repr, keys.refused))}: taken, or no key"
        )
        yield Finding(code="CK-W424", severity=Severity.WARNING, message=message, place=place)
    twin = keys.same_doi(item)
    keys.note(item)
    if twin is not None:
        message = f"{item.key} has the DOI of {twin}: {item.text('DOI')}"
        hint = f"citekit remove {item.key}, if they are one work"
        yield Finding(
            code="CK-W425", severity=Severity.WARNING, message=message, place=place, hint=hint
        )


def _refused(error: CitekitError, taken: _Taken) -> Finding:
    return Finding(
        code="CK-E423",
        severity=Severity.ERROR,
        message=f"{taken.data.get('id') or 'an entry without id'}: {error}",
        place=taken.place,
        hint=error.hint or "",
    )

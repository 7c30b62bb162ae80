"""What entries take from others: ``crossref`` and ``xdata``, by biblatex's rules.

Source: biblatex manual, §2.4.1 and §2.11.6 (data inheritance) and appendix B (its default rules).
Of those rules one is not followed: what says something of the parent alone (its address, DOI,
abstract, pages, notes, files) is not taken over, since no reader wants it in a chapter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.findings import Severity
from citekit.formats.result import finding
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.findings import Finding
    from citekit.formats.bibtex.blocks import RawEntry

DATA_ONLY: Final = frozenset({"xdata", "set"})
"""Entry types that are there for other entries: nobody cites the one, and the other is a list."""

_BOOKS: Final = frozenset(
    """book mvbook collection mvcollection reference mvreference proceedings mvproceedings booklet
    manual""".split()  # noqa: SIM905  # words are read more easily
)
_PARTS: Final = frozenset(
    """inbook bookinbook suppbook incollection suppcollection inreference inproceedings
    conference""".split()  # noqa: SIM905  # as above
)
_DATES: Final = frozenset({"date", "year", "month", "day"})
_TITLES: Final = {"title": "", "subtitle": "sub", "titleaddon": "addon"}
_OF_THE_PARENT: Final = frozenset(
    [
        "ids",
        "crossref",
        "xref",
        "xdata",
        "entryset",
        "entrysubtype",
        "execute",
        "label",
        "options",
        "presort",
        "related",
        "relatedoptions",
        "relatedstring",
        "relatedtype",
        "shorthand",
        "shorthandintro",
        "sortkey",
        "key",
        "title",
        "subtitle",
        "titleaddon",
        "shorttitle",
        "sorttitle",
        "indextitle",
        "indexsorttitle",
        "doi",
        "url",
        "urldate",
        "abstract",
        "annotation",
        "annote",
        "note",
        "addendum",
        "file",
        "pdf",
        "keywords",
        "pages",
        "pagetotal",
        "eprint",
        "eprinttype",
        "eprintclass",
        "archiveprefix",
        "primaryclass",
        "timestamp",
        "owner",
    ]
)
_MOST_STEPS: Final = 8


def with_inherited(entries: Sequence[RawEntry]) -> tuple[list[RawEntry], list[Finding]]:
    """The entries with what they take from others, and what is wrong with their references."""
    heirs = _Heirs(entries)
    return [heirs.completed(entry) for entry in entries], heirs.findings


class _Heirs:
    """The entries of a file by key, and what has been found while they were completed."""

    def __init__(self, entries: Sequence[RawEntry]) -> None:
        self._by_key = {entry.key: entry for entry in reversed(entries)}
        self._folded = {entry.key.casefold(): entry for entry in reversed(entries)}
        self.findings: list[Finding] = []

    def completed(self, entry: RawEntry) -> RawEntry:
        """The entry with the fields of its parents; its own come first."""
        if not {"crossref", "xdata"} & entry.fields.keys():
            return entry
        fields, raw, parents = dict(entry.fields), dict(entry.raw), dict(entry.parents)
        for reference, parent in self._parents(entry, (entry.key,)):
            for source, name, taken in self._taken(entry, reference, parent, (entry.key,)):
                if name in fields or (name in _DATES and _DATES & entry.fields.keys()):
                    continue
                fields[name], raw[name] = source.fields[taken], source.raw[taken]
                if reference == "crossref":
                    parents[name] = entry.fields["crossref"].strip()
        return replace(entry, fields=fields, raw=raw, parents=parents)

    def _taken(
        self, entry: RawEntry, reference: str, parent: RawEntry, way: tuple[str, ...]
    ) -> Iterator[tuple[RawEntry, str, str]]:
        """What an entry may take from a parent, or through it: whose, its name here and there."""
        for name in parent.fields:
            here = name if reference == "xdata" else _name_in(entry, parent, name)
            if here:
                yield parent, here, name
        for farther, older in self._parents(parent, (*way, parent.key)):
            for source, shown, name in self._taken(parent, farther, older, (*way, parent.key)):
                here = shown if reference == "xdata" else _name_in(entry, parent, shown)
                if here:
                    yield source, here, name

    def _parents(self, entry: RawEntry, way: tuple[str, ...]) -> Iterator[tuple[str, RawEntry]]:
        for reference in ("xdata", "crossref"):
            for key in filter(None, map(str.strip, entry.fields.get(reference, "").split(","))):
                parent = self._by_key.get(key) or self._folded.get(key.casefold())
                if parent is None:
                    self._say("CK-W417", entry, f"its {reference} {key!r} is not in this file")
                elif parent.key in way or len(way) > _MOST_STEPS:
                    self._say("CK-W417", entry, f"its {reference} {key!r} leads back to itself")
                else:
                    yield reference, parent

    def _say(self, code: str, entry: RawEntry, message: str) -> None:
        told = finding(code, f"{entry.key}: {message}", line=entry.line, severity=Severity.WARNING)
        if told not in self.findings:
            self.findings.append(told)


def _name_in(child: RawEntry, parent: RawEntry, name: str) -> str:
    """What a field of the parent of a crossref is in the child; empty where it is not taken."""
    if name in _TITLES:
        return _title_in(child, parent, name)
    if name == "author" and child.type in _PARTS and parent.type in _BOOKS:
        return "" if "author" in child.fields else name
    return "" if name in _OF_THE_PARENT else name


def _title_in(child: RawEntry, parent: RawEntry, name: str) -> str:
    """The parent's titles as those of what holds the child."""
    if child.type in _PARTS and parent.type in _BOOKS:
        if "booktitle" in parent.fields:  # BibTeX's way: the parent says its title as a book
            return ""
        holder = "maintitle" if parent.type.startswith("mv") else "booktitle"
    elif parent.type.startswith("mv"):
        holder = "maintitle"
    elif parent.type == "periodical":
        holder = "journaltitle"
    else:
        return ""
    return {"title": holder, "subtitle": holder.replace("title", "subtitle")}.get(
        name, f"{holder}addon"
    )

"""One CSL item as the fields of a BibTeX entry: the crosswalk applied.

A variable goes to the field that the tables name; what has none, or would not come back from it as
it was, is kept as ``{:variable: value}`` in ``annotation``, so that nothing is lost and no field
is one that biber refuses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from citekit.formats.bibtex.dates import MONTHS, literal_date, write_date, year_and_month, year_of
from citekit.formats.bibtex.languages import babel_name, is_english, language_tag
from citekit.formats.bibtex.mapping import other_names
from citekit.formats.bibtex.write_names import write_names
from citekit.formats.facts import facts_of
from citekit.formats.latex.write import LatexWriter, escape_url, url_command
from citekit.model.citekey import is_citekey
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Collection

    from citekit.formats.bibtex.mapping import Crosswalk, EntryType

_NOT_FIELDS = frozenset({"id", "type", "custom", "note", "archive", "archive_location"})
_ALIASES = {"shortTitle": "title-short", "journalAbbreviation": "container-title-short"}
# Patterns are text, compiled at first use: most items need none of them, and start-up counts.
_VARIABLE = r"[A-Za-z][A-Za-z_-]{0,60}"
_RANGE = r"(?<=\d)\s*(?:-\{\}-|[-–—])\s*(?=[^\W\d_]*\d)"
_SLOTS = ("namea", "nameb", "namec")
_THESES = {
    "phdthesis": ("PhD thesis", "phdthesis", "ph.d. thesis", "doctoral thesis", "phd dissertation",
                  "ph.d. dissertation", "doctoral dissertation", "dissertation"),
    "mathesis": ("Master’s thesis", "mastersthesis", "mathesis", "master's thesis", "ma thesis",
                 "masters thesis", "master thesis"),
}  # fmt: skip


class Entry:
    """An entry under construction: field names to LaTeX, and what has no field."""

    def __init__(self, item: Mapping[str, Any], walk: Crosswalk, latex: LatexWriter) -> None:
        self.item = item
        self.unsaid = item
        """The variables that no field says yet."""
        self.walk = walk
        self.kind: EntryType = walk.for_item(item)
        self.latex = latex
        self.type = self.kind.entry
        self.fields: dict[str, str] = {}
        self.typed: frozenset[str] = frozenset()
        """Fields whose text is what stands behind the ``=``, as somebody typed it."""
        self.leftover: list[str] = []

    def put(self, name: str, text: str) -> bool:
        """Fill a field; False when there is nothing to say or the field is taken."""
        if not text or name in self.fields:
            return False
        self.fields[name] = text
        return True

    def keep(self, variable: str, value: object) -> None:
        """Keep a variable that no field holds."""
        text = _plain_value(variable, value, self.latex)
        if text and re.fullmatch(_VARIABLE, variable):
            self.leftover.append(f"{{:{variable}: {text}}}")

    @property
    def is_biblatex(self) -> bool:
        """Whether the dialect is BibLaTeX."""
        return self.walk.dialect == "biblatex"


def entry_of(
    item: Mapping[str, Any], walk: Crosswalk, latex: LatexWriter, *, beside: Collection[str] = ()
) -> Entry:
    """The entry of an item, its fields in the order of the tables.

    What is kept of the entry that the item was read from is as it was typed. ``beside`` are the
    keys of the items written with it: what an entry inherits from one of them is not repeated.
    """
    entry = Entry(item, walk, latex)
    _put_kept(entry, beside)
    for alias, value in entry.unsaid.items():
        variable = _ALIASES.get(alias, alias)
        if variable not in _NOT_FIELDS and not _says_nothing_new(alias, variable, item):
            _put_variable(entry, variable, value)
    _put_archive(entry)
    _put_ids(entry)
    _put_fixed(entry)
    _put_annotation(entry)
    last = len(walk.order)
    entry.fields = dict(
        sorted(entry.fields.items(), key=lambda pair: walk.order.get(pair[0], last))
    )
    return entry


def _put_kept(entry: Entry, beside: Collection[str]) -> None:
    """Put in what is kept of the entry as it was typed."""
    if not facts_of(entry.item).get("entry"):
        return
    from citekit.formats.bibtex.kept import kept_entry  # most items were not read from a .bib file

    kept = kept_entry(entry.item, entry.walk, beside)
    entry.unsaid = {n: value for n, value in entry.item.items() if n not in kept.variables}
    entry.type = kept.type or entry.type
    entry.fields, entry.typed = dict(kept.fields), frozenset(kept.fields)


def _put_ids(entry: Entry) -> None:
    """Old keys of the item, by which BibLaTeX finds the entry too."""
    aliases = facts_of(entry.item).get("aliases")
    if entry.is_biblatex and isinstance(aliases, list | tuple):
        entry.put("ids", ",".join(a for a in aliases if isinstance(a, str) and is_citekey(a)))


def _says_nothing_new(alias: str, variable: str, item: Mapping[str, Any]) -> bool:
    """Whether another variable says the same: Zotero writes some variables twice."""
    twice = alias != variable and variable in item
    return twice or (alias == "citation-key" and item[alias] == item.get("id"))


def _put_variable(entry: Entry, variable: str, value: object) -> None:
    name = entry.kind.fields.get(variable)
    if variable in DATE_VARIABLES:
        _put_date(entry, variable, name, value)
    elif name is None and variable in NAME_VARIABLES:
        _put_role(entry, variable, value)
    elif name is None or isinstance(value, Mapping):
        entry.keep(variable, value)
    elif name == "langid":
        _put_language(entry, str(value))
    elif name == "type" and entry.kind.csl == "thesis":
        _put_thesis_type(entry, str(value))
    elif name == "url" and not entry.is_biblatex and entry.kind.entry == "misc":
        entry.put("howpublished", url_command(str(value), in_argument=False))
    elif not entry.put(name, _field_value(entry, name, value)):
        entry.keep(variable, value)


def _field_value(entry: Entry, name: str, value: object) -> str:
    """The value as its field wants it."""
    latex = entry.latex
    match entry.walk.kinds.get(name):
        case "name":
            return write_names(value, latex.plain, extended=entry.is_biblatex)
        case "verbatim":
            return escape_url(str(value))
        case "list":
            text = latex.text(str(value))
            return f"{{{text}}}" if " and " in text.casefold() else text
        case "protected":
            return _title(entry, str(value))
        case "pages":
            return re.sub(_RANGE, "--", latex.text(str(value)))
        case "long":
            return latex.paragraphs(str(value))
        case _:
            return latex.text(str(value))


def _title(entry: Entry, text: str) -> str:
    """A title with its capitals protected; only English ones are ever lowered.

    BibLaTeX knows that from ``langid``; BibTeX lowers everything, so it gets the whole in braces.
    """
    if is_english(str(entry.item.get("language", ""))):
        return entry.latex.title(text)
    latex = entry.latex.text(text)
    return latex if entry.is_biblatex or not latex else f"{{{latex}}}"


def _put_date(entry: Entry, variable: str, name: str | None, value: object) -> None:
    edtf = write_date(value)
    if variable == "issued" and not edtf:
        words = literal_date(value)
        entry.put("year", year_of(words) if entry.is_biblatex else entry.latex.plain(words))
        if entry.is_biblatex:
            entry.keep(variable, value)
    elif variable == "issued" and not entry.is_biblatex:
        year, month = year_and_month(edtf)
        entry.put("year", year)
        entry.put("month", month)
        if edtf not in (year, f"{year}-{_month_number(month)}"):
            entry.keep(variable, value)
    elif variable == "accessed" and not entry.is_biblatex and edtf:
        entry.put("note", f"Accessed {edtf}")
    elif name is None or not edtf or not entry.put(name, edtf):
        entry.keep(variable, value)


def _month_number(macro: str) -> str:
    return f"{MONTHS.index(macro) + 1:02d}" if macro else ""


def _put_role(entry: Entry, variable: str, value: object) -> None:
    """Names without a field of their own: ``namea`` with ``nameatype`` and so on."""
    role = entry.walk.roles.get(variable)
    names = write_names(value, entry.latex.plain, extended=entry.is_biblatex)
    if role is None or not names:
        entry.keep(variable, value)
    elif variable == "director" and "editor" not in entry.item and "editor" in entry.kind.fields:
        entry.put("editor", names)
        entry.put("editortype", role)
    else:
        slot = next((slot for slot in _SLOTS if entry.put(slot, names)), None)
        if slot is None:
            entry.keep(variable, value)
        else:
            entry.put(f"{slot}type", role)


def _put_language(entry: Entry, language: str) -> None:
    babel = babel_name(language)
    entry.put("langid", entry.latex.plain(babel))
    if language_tag(babel) != language:
        entry.keep("language", language)


def _put_thesis_type(entry: Entry, genre: str) -> None:
    """The kind of thesis: a word that biblatex translates, where the genre says one of those."""
    plain = genre.strip().casefold()
    known = next(
        (key for key, names in _THESES.items() if plain in (n.casefold() for n in names)), None
    )
    if known is None:
        entry.put("type", entry.latex.text(genre))
        return
    if entry.is_biblatex:
        entry.put("type", known)
    if genre != _THESES[known][0]:
        entry.keep("genre", genre)


def _put_archive(entry: Entry) -> None:
    """Where an archived copy is: ``addendum`` (biber refuses archiveurl), or BibTeX's ``note``."""
    item, field_name = entry.unsaid, "addendum" if entry.is_biblatex else "note"
    place, name = str(item.get("archive_location", "")), str(item.get("archive", ""))
    urls = list(dict.fromkeys([*([place] if _is_url(place) else []), *_archived_copies(item)]))
    if not urls:
        entry.keep("archive", name)
        entry.keep("archive_location", place)
        return
    links = " and ".join(url_command(url, in_argument=entry.is_biblatex) for url in urls)
    said = f"Archived at {links}" + (f" ({entry.latex.plain(name)})" if name else "")
    before = entry.fields.pop(field_name, "")
    entry.put(field_name, f"{before}. {said}" if before else said)
    if place and not _is_url(place):
        entry.keep("archive_location", place)


def _archived_copies(item: Mapping[str, Any]) -> list[str]:
    copies = facts_of(item).get("archived")
    if not isinstance(copies, list | tuple):
        return []
    urls = [str(copy.get("url", "")) for copy in copies if isinstance(copy, Mapping)]
    return [url for url in urls if _is_url(url)]


def _is_url(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def _put_fixed(entry: Entry) -> None:
    """What the type itself adds; the type in words where the entry would be read as another."""
    for name, value in entry.kind.fixed.items():
        entry.put(name, value)
    csl = entry.item.get("type")
    name = entry.type
    if name != entry.kind.entry:  # as it was typed
        name, _ = other_names()["type"].get(name, (name, ""))
    if entry.walk.for_entry(name, entry.fields).csl != csl:
        entry.keep("type", csl)
    if not entry.is_biblatex and not {"author", "editor"} & entry.fields.keys():
        sort_by = next(
            (entry.item[v] for v in ("container-title", "publisher") if entry.item.get(v)), ""
        )
        entry.put("key", entry.latex.plain(str(sort_by)))


def _put_annotation(entry: Entry) -> None:
    note = entry.latex.paragraphs(str(entry.unsaid.get("note", "")))
    entry.put("annotation", " ".join([*([note] if note else []), *entry.leftover]))


def _plain_value(variable: str, value: object, latex: LatexWriter) -> str:
    if variable in DATE_VARIABLES:
        return write_date(value) or latex.text(literal_date(value))
    if variable in NAME_VARIABLES:
        return write_names(value, latex.plain, extended=True)
    return latex.text(str(value)) if isinstance(value, str | int | float) else ""

"""BibTeX and BibLaTeX text as CSL items: the crosswalk backwards.

One reader for both dialects, by the names that biblatex itself accepts for BibTeX's types and
fields. ``{:variable: value}`` in an annotation, which our writer leaves for what has no field, has
the last word. What CSL has no variable for, and what would be written otherwise than it was typed,
the item keeps (``kept``).
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from citekit.findings import Finding, Severity
from citekit.formats.bibtex.blocks import RawEntry, split_entries
from citekit.formats.bibtex.dates import read_date
from citekit.formats.bibtex.fields import entry_of
from citekit.formats.bibtex.inherit import DATA_ONLY, with_inherited
from citekit.formats.bibtex.kept import checksum, typed_fields
from citekit.formats.bibtex.languages import language_tag
from citekit.formats.bibtex.loose_dates import read_loose_date, read_year_month_day
from citekit.formats.bibtex.mapping import EntryType, crosswalk, other_names
from citekit.formats.bibtex.read_names import read_names, wrong_in_names
from citekit.formats.latex.read import closing_brace, is_one_group, read_latex
from citekit.formats.latex.write import LatexWriter
from citekit.formats.result import ReadResult, finding, on_lines
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_THESIS_GENRES = {"phdthesis": "PhD thesis", "mathesis": "Master’s thesis"}
_READ_APART = frozenset(
    [
        "year",
        "month",
        "day",
        "note",
        "addendum",
        "annotation",
        "ids",
        "editortype",
        "nameatype",
        "namebtype",
        "namectype",
        "namea",
        "nameb",
        "namec",
        "editora",
        "editoratype",
        "editorb",
        "editorbtype",
        "editorc",
        "editorctype",
        "title",
        "subtitle",
        "maintitle",
        "mainsubtitle",
        "booktitle",
        "booksubtitle",
        "journaltitle",
        "journalsubtitle",
        "eprint",
        "eprinttype",
        "eprintclass",
        "entrysubtype",
    ]
)
_ONLY_OF_THEIR_TYPES = frozenset({"titleaddon", "organization", "howpublished", "key"})
"""Fields that mean a variable in some types; elsewhere they are kept as they are."""
_ANYWHERE = {"pmid": "PMID", "pmcid": "PMCID", "shorthand": "citation-label"}
_URL = r"\\url\{([^{}]*)\}"
_ARCHIVED = rf"(?:^|\. |; )Archived at {_URL}(?: and {_URL})*(?: \((.{{0,1000}})\))?\.?$"
_ACCESSED = r"^Accessed (\d{4}(?:-\d\d){0,2})(?:\. |\.?$)"
_DOI = re.compile(r"(?:https?:/+(?:dx\.)?doi\.org/|doi:)\s*", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE)


def read_bibtex(text: str) -> ReadResult:
    """The items of a file; keys become ids as they are. What is wrong is told with its line."""
    split, findings = split_entries(text)
    entries, astray = with_inherited(split)
    findings += astray
    readings = [_EntryReading(entry) for entry in entries if entry.type not in DATA_ONLY]
    kept: Counter[str] = Counter()
    for reading in readings:
        reading.run()
        findings += reading.findings
        kept.update(reading.without_variable)
    return ReadResult(
        items=tuple(reading.item for reading in readings),
        findings=(*findings, *_sets(entries), *_sum_of(kept)),
        place_of=on_lines([reading.entry.line for reading in readings]),
    )


def _sets(entries: list[RawEntry]) -> Iterator[Finding]:
    for entry in entries:
        if entry.type == "set":
            message = f"{entry.key}: a set of entries is no item; its members are"
            yield finding("CK-I419", message, line=entry.line, severity=Severity.NOTE)


def _sum_of(kept: Counter[str]) -> Iterator[Finding]:
    del kept["crossref"]
    if kept:
        names = ", ".join(f"{name} ({number})" for name, number in kept.most_common())
        message = f"kept as typed, since CSL has no variable for it: {names}"
        yield finding("CK-I415", message, severity=Severity.NOTE)


class _EntryReading:
    """One entry on its way to an item; ``of`` has the variables that come from each field."""

    def __init__(self, entry: RawEntry) -> None:
        self.entry = entry
        self.walk = crosswalk("biblatex")
        self.item: dict[str, Any] = {"id": entry.key}
        self.of: dict[str, list[str]] = {}
        self.findings: list[Finding] = []
        self.without_variable: list[str] = []
        self.names: dict[str, str] = {}  # biblatex's name of a field: the name it is typed by
        self.fields: dict[str, str] = {}
        for own, name in _own_names(entry.fields).items():
            self.fields[own], self.names[own] = entry.fields[name], name

    def run(self) -> None:
        """Read everything: ``item`` and ``findings`` are whole afterwards."""
        variables = self._read_type()
        self._read_ids()
        self._read_titles()
        self._read_single_fields()
        self._read_issued()
        self._read_roles()
        self._read_notes()
        self._read_eprint()
        for variable, value in variables.items():
            self.say(variable, _read_value(variable, value, None), "annotation")
        self._read_howpublished()
        self._check_fields()
        self._keep_typed()

    def say(self, variable: str, value: Any, *fields: str) -> None:  # noqa: ANN401  # JSON
        """Give a variable its value, read from these fields."""
        self.item[variable] = value
        for name in fields:
            self.of.setdefault(self.names.get(name, name), []).append(variable)

    def warn(self, code: str, message: str) -> None:
        """Tell of something in this entry."""
        told = f"{self.entry.key}: {message}"
        self.findings.append(finding(code, told, line=self.entry.line, severity=Severity.WARNING))

    def _read_type(self) -> dict[str, str]:
        """Decide the type; returns the variables that the annotation holds, unread."""
        name, genre = other_names()["type"].get(self.entry.type, (self.entry.type, ""))
        self.of_type = ["type"]
        if genre and "type" not in self.fields:
            self.fields["type"] = genre
            self.of_type.append("genre")
        variables: dict[str, str] = {}
        self.rest = _take_variables(self.fields.get("annotation", ""), variables)
        self.kind = self.walk.for_entry(name, self.fields)
        if variables.get("type") not in (None, self.kind.csl):
            self.kind = self.walk.for_item({**variables, "type": read_latex(variables["type"])})
        self.item["type"] = self.kind.csl
        return variables

    def _read_ids(self) -> None:
        """Other keys of the entry, as citekit keeps those of an item."""
        keys = dict.fromkeys(filter(None, map(str.strip, self.fields.get("ids", "").split(","))))
        if keys:
            self.item["custom"] = {"citekit": {"aliases": list(keys)}}

    def _read_titles(self) -> None:
        """Titles with their subtitles; a volume's own title where a work in volumes has one."""
        own = set(self.kind.fields.values())
        titles = ["title"]
        if "maintitle" in self.fields:
            whole = "booktitle" if "booktitle" in own else "title"
            if whole in self.fields:
                self._read_title("volume-title", whole)
                titles = [title for title in titles if title != whole]
            self._read_title("container-title" if whole == "booktitle" else "title", "maintitle")
        for title in titles:
            self._read_title("title", title)
        for holder in ("booktitle", "journaltitle"):
            if "container-title" not in self.item and (holder in own or holder in self.fields):
                self._read_title("container-title", holder)

    def _read_title(self, variable: str, name: str) -> None:
        if name not in self.fields:
            return
        under = name.replace("title", "subtitle")
        title = _read_value(variable, self.fields[name], None)
        if under in self.fields and under not in self.kind.fields.values():
            subtitle = _read_value(variable, self.fields[under], None)
            mark = " " if title.endswith(("?", "!", ":", ".")) else ": "
            self.say(variable, f"{title}{mark}{subtitle}" if title else subtitle, name, under)
        else:
            self.say(variable, title, name)

    def _read_single_fields(self) -> None:
        """Fields that hold one variable each."""
        own = _own_fields(self.kind, self.entry.type)
        for name, value in self.fields.items():
            if name in _READ_APART and not (name == "journalsubtitle" and name in own):
                continue
            if self.kind.fixed.get(name) == value:
                continue
            variable = own.get(name) or _anywhere().get(name)
            if variable is None or variable in self.item:
                continue
            if variable == "editor" and "editortype" in self.fields:
                continue
            self.say(variable, _read_value(variable, value, self.walk.kinds.get(name)), name)

    def _read_issued(self) -> None:
        language = str(self.item.get("language", ""))
        if "issued" in self.item:
            date = self.item["issued"]
            if "literal" in date:
                date = read_loose_date(date["literal"], language)
                self.item["issued"] = date
        elif "year" in self.fields:
            typed = [name for name in ("year", "month", "day") if name in self.fields]
            year, month, day = (
                read_latex(self.fields.get(n, "")) for n in ("year", "month", "day")
            )
            date, is_whole = read_year_month_day(year, month, day, language)
            self.say("issued", date, *typed)
            if not is_whole and "literal" not in date:
                self.warn("CK-W420", f"the month {month!r} is not understood, and kept as typed")
        else:
            return
        if "literal" in date and re.search(r"\d", str(date["literal"])):
            self.warn("CK-W420", f"the date {date['literal']!r} is not understood, and stays words")

    def _read_roles(self) -> None:
        """``namea`` and its like, and an editor who is something else."""
        variables = {role: variable for variable, role in self.walk.roles.items()}
        slots = ("editor", "editora", "editorb", "editorc", "namea", "nameb", "namec")
        for slot in slots:
            role = self.fields.get(f"{slot}type", "").strip()
            if slot not in self.fields or not (role or slot != "editor"):
                continue
            variable = variables.get(role, "contributor")
            names = [*self.item.get(variable, []), *read_names(self.fields[slot])]
            fields = [slot, *([f"{slot}type"] if role else [])]
            self.say(variable, names, *fields)

    def _read_notes(self) -> None:
        """Archived copy and access date out of the notes, then what is left of them."""
        texts = {"annotation": self.rest}
        for name in ("note", "addendum"):
            if name in self.fields:
                texts[name] = self._take_archive(name, self.fields[name])
        shown = {name: read_latex(text) for name, text in texts.items()}
        note = "\n\n".join(text for text in shown.values() if text)
        if note:
            self.say("note", note, *(name for name, text in shown.items() if text))

    def _take_archive(self, name: str, text: str) -> str:
        found = re.search(_ARCHIVED, text)
        if found:
            self.say("archive_location", re.sub(r"\\([%#&_~])", r"\1", found[1]), name)
            if found[3]:
                self.say("archive", read_latex(found[3]), name)
            text = text[: found.start()]
        accessed = re.match(_ACCESSED, text)
        if accessed and "accessed" not in self.item:
            self.say("accessed", read_date(accessed[1]), name)
            text = text[accessed.end() :]
        return text

    def _read_eprint(self) -> None:
        """Where a preprint is: its address, unless the entry says a better one."""
        eprint = self.fields.get("eprint", "").strip()
        kind = self.fields.get("eprinttype", "").strip().casefold()
        typed = ["eprint", *(["eprinttype"] if kind else [])]
        if kind == "pubmed" and "PMID" not in self.item:
            self.say("PMID", read_latex(eprint), *typed)
        elif "URL" not in self.item and "DOI" not in self.item and eprint:
            address = _eprint_address(kind, read_latex(eprint))
            if address:
                self.say("URL", address, *typed)

    def _read_howpublished(self) -> None:
        r"""``howpublished = {\url{…}}``, BibTeX's way to give an address."""
        address = re.fullmatch(_URL, self.fields.get("howpublished", "").strip())
        if address and "URL" not in self.item:
            self.of.pop("howpublished", None)
            self.say("URL", re.sub(r"\\([%#&_~])", r"\1", address[1]), "howpublished")
            for variable in ("medium", "publisher"):
                if self.item.get(variable) == read_latex(self.fields["howpublished"]):
                    del self.item[variable]

    def _check_fields(self) -> None:
        """Tell of what is odd in the fields that have been read."""
        for name, value in self.fields.items():
            if self.walk.kinds.get(name) == "name":
                wrong = wrong_in_names(value)
                if wrong:
                    self.warn("CK-W421", f"{name}: {wrong}")
            entity = _ENTITY.search(value)
            if entity and self.walk.kinds.get(name) != "verbatim":
                self.warn("CK-W428", f"{name}: {entity[0]!r} is an entity of HTML, not TeX")

    def _keep_typed(self) -> None:
        """Keep what would not be written as it was typed."""
        written = entry_of(self.item, self.walk, _latex())
        fields, unsafe = typed_fields(self.entry, self.item, self.of, written.fields)
        if unsafe:
            shown = ", ".join(unsafe)
            self.warn("CK-W429", f"{shown}: TeX that reaches beyond the text is not kept")
        self.without_variable = [
            name for name in fields if name not in self.of and self.entry.fields[name].strip()
        ]
        if fields or written.type != self.entry.type:
            kept = {
                "type": self.entry.type,
                "of": self.of_type,
                "said": checksum(self.item, self.of_type),
                "fields": fields,
            }
            custom = self.item.setdefault("custom", {}).setdefault("citekit", {})
            custom["entry"] = kept


def _own_names(fields: Mapping[str, str]) -> dict[str, str]:
    """The typed name of each of biblatex's fields that has a value; its own name goes first.

    Publishers that give ``address`` and ``location`` mean their own place and that of the meeting.
    """
    typed = [name for name, value in fields.items() if value.strip()]
    own = {name: name for name in typed if name not in other_names()["field"]}
    if "address" in typed and "location" in own:
        own.setdefault("venue", own.pop("location"))
    for name in typed:
        if name in other_names()["field"]:
            own.setdefault(other_names()["field"][name], name)
    return dict(sorted(own.items(), key=lambda pair: typed.index(pair[1])))


def _eprint_address(kind: str, eprint: str) -> str:
    """The address of an eprint; empty where the service is not known."""
    if eprint.startswith(("https://", "http://")):
        return eprint
    if re.search(r"[\s<>\"{}\\^]", eprint):
        return ""
    known = {"arxiv": "https://arxiv.org/abs/", "jstor": "https://www.jstor.org/stable/",
             "hdl": "https://hdl.handle.net/"}  # fmt: skip
    return f"{known[kind]}{eprint.removeprefix('arXiv:')}" if kind in known else ""


@cache
def _latex() -> LatexWriter:
    return LatexWriter("biblatex")


def _own_fields(kind: EntryType, entry: str) -> dict[str, str]:
    """The variable of each field of a type."""
    reverse = {field: variable for variable, field in reversed(tuple(kind.fields.items()))}
    classic = crosswalk("bibtex").misc.fields if entry == "misc" else {}
    return {**{field: variable for variable, field in classic.items()}, **reverse}


@cache
def _anywhere() -> dict[str, str]:
    """The variable of a field in whatever type has it, the first type first."""
    found = {
        field: variable
        for kind in reversed(crosswalk("biblatex").types)
        for variable, field in reversed(tuple(kind.fields.items()))
        if field not in _ONLY_OF_THEIR_TYPES
    }
    return {**found, **_ANYWHERE}


def _read_value(variable: str, value: str, kind: str | None) -> Any:  # noqa: ANN401  # JSON
    if kind == "verbatim":
        return _read_verbatim(variable, value)
    if variable in NAME_VARIABLES:
        return read_names(value)
    if variable in DATE_VARIABLES:
        return _read_date(value)
    if kind == "pages":
        return "-".join(part.strip() for part in re.split(r"[-–—]+", read_latex(value)))
    if variable == "language":
        return language_tag(read_latex(value))
    if variable == "genre":
        return _THESIS_GENRES.get(value, read_latex(value))
    return read_latex(_unwrapped(value), title="title" in variable)


def _read_verbatim(variable: str, value: str) -> str:
    """An address or a DOI without what TeX needs around it, the DOI without its resolver."""
    inside = re.fullmatch(_URL, value.strip())
    text = inside[1] if inside else value
    text = re.sub(r"\\([%#&_~])", r"\1", re.sub(r"\{([_~%#&]|\\[_~])\}", r"\1", text))
    text = text.replace("\\textasciitilde", "~").replace("$\\sim$", "~").strip("{} \t\r\n")
    text = _DOI.sub("", text) if variable == "DOI" else text
    return re.sub(r"\s+", "%20", text)


def _read_date(value: str) -> dict[str, Any]:
    """A date from the raw field: ``~`` means about in it, and not a space."""
    date = read_date(value.strip("{} ").replace("?~", "%"))  # ?~ is EDTF's older spelling of %
    return {"literal": read_latex(value)} if "literal" in date else date


def _unwrapped(value: str) -> str:
    """The value without braces around the whole of it: ``{{Title}}`` protects nothing in CSL."""
    bare = value.strip()
    return bare[1:-1] if is_one_group(bare) else value


def _take_variables(text: str, kept: dict[str, str]) -> str:
    """The annotation without its ``{:variable: value}``."""
    rest, at = [], 0
    for match in re.finditer(r"\{:([A-Za-z][A-Za-z_-]*): ", text):
        if match.start() < at:
            continue
        end = closing_brace(text, match.start())
        kept[match[1]] = text[match.end() : end]
        rest.append(text[at : match.start()])
        at = end + 1
    return "".join([*rest, text[at:]])

"""``citekit bib check``: what is wrong in a .bib file, with line and column, and how to mend it.

A problem that can be mended without a doubt has a ``fix``, which replaces a few signs and leaves
all others as they are.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import Place
from citekit.findings import Finding, Severity
from citekit.formats.bibtex.checking.numbers import bare_doi, is_doi, wrong_isbn, wrong_issn
from citekit.formats.bibtex.checking.spans import EntrySpan, FieldSpan, Lines, Piece, find_spans
from citekit.formats.bibtex.dates import MONTHS, read_date
from citekit.formats.bibtex.loose_dates import read_loose_date, read_year_month_day
from citekit.formats.bibtex.mapping import Dialect, crosswalk, other_names
from citekit.formats.bibtex.read_names import wrong_in_names
from citekit.formats.latex.letters import to_ascii
from citekit.formats.latex.read import read_latex
from citekit.model.nearest import did_you_mean
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_VERBATIM: Final = frozenset({"url", "doi", "eprint", "file", "pdf", "ids", "crossref", "xdata"})
_ENTITIES: Final = {"amp": r"\&", "lt": r"\textless{}", "gt": r"\textgreater{}", "quot": "''",
                    "apos": "'", "nbsp": "~"}  # fmt: skip
_ENTITY: Final = re.compile(r"&(amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_UNESCAPED: Final = re.compile(r"(?<!\\)[&%]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ADDRESS: Final = re.compile(r"https?://[^\s{}]+")
_NAMES: Final = frozenset({"author", "editor", "translator", "bookauthor", "namea", "nameb"})
_AT_RISK: Final = re.compile(
    r"(?<![\w{\\])(?:[A-Z]{2,}[\w-]*|[A-Za-z]+[a-z][A-Z]\w*|[a-z]+[A-Z]\w*)"
)
_TITLES: Final = frozenset({"title", "subtitle", "shorttitle"})
_DATES: Final = frozenset({"date", "urldate", "origdate", "eventdate"})


_MOST_HINTS: Final = 20
_MOST_STEPS: Final = 1_000


class Fix(Value):
    """Signs to replace: from ``start`` to ``end`` by ``text``."""

    start: int
    end: int
    text: str


class Problem(Value):
    """Something wrong in a file, and how to mend it where that is without a doubt."""

    finding: Finding
    fix: Fix | None = None


def check_bibtex(text: str, dialect: Dialect = "biblatex") -> list[Problem]:
    """The problems of a .bib file in the order of their places."""
    checker = _Checker(text, dialect)
    checker.run()
    return sorted(checker.problems, key=lambda problem: _order(problem.finding))


def mended(text: str, problems: list[Problem]) -> str:
    """The text with all its fixes; of two that overlap the first counts."""
    out, at = [], 0
    fixes = sorted((p.fix for p in problems if p.fix), key=lambda fix: (fix.start, fix.end))
    for fix in fixes:
        if fix.start >= at:
            out += [text[at : fix.start], fix.text]
            at = fix.end
    return "".join([*out, text[at:]])


def _order(finding: Finding) -> tuple[int, int, str]:
    place = finding.place or Place()
    return place.line or 0, place.column or 0, finding.code


class _Checker:
    """The problems of one text while they are found."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.dialect = dialect
        self.problems: list[Problem] = []
        self.spans = find_spans(text)
        self._asked = 0
        self._lines = Lines(text)
        self._strings = {span.name for span in self.spans.strings} | set(MONTHS)

    def run(self) -> None:
        """Check everything."""
        for fault in self.spans.faults:
            self.say("CK-E750", fault.at, fault.message, severity=Severity.ERROR)
        for string in self.spans.strings:
            self._check_macros(string, "the string")
        self._check_keys()
        for entry in self.spans.entries:
            self._check_entry(entry)
        for sign in _CONTROL.finditer(self.text):
            message = f"a control character (U+{ord(sign[0]):04X})"
            self.say("CK-W760", sign.start(), message, fix=(sign.start(), sign.end(), ""))

    def say(
        self,
        code: str,
        at: int,
        message: str,
        *,
        severity: Severity = Severity.WARNING,
        fix: tuple[int, int, str] | None = None,
        hint: str = "",
    ) -> None:
        """Note a problem at an offset."""
        line, column = self._lines.place(at)
        place = Place(line=line, column=column)
        finding = Finding(code=code, message=message, severity=severity, place=place, hint=hint)
        made = Fix(start=fix[0], end=fix[1], text=fix[2]) if fix else None
        self.problems.append(Problem(finding=finding, fix=made))

    def _check_keys(self) -> None:
        seen: dict[str, EntrySpan] = {}
        for entry in self.spans.entries:
            if not entry.key:
                self.say("CK-E751", entry.start, "an entry without a key", severity=Severity.ERROR)
                continue
            first = seen.setdefault(entry.key.casefold(), entry)
            if first is not entry:
                line, _ = self._lines.place(first.key_at)
                message = f"the key {entry.key!r} stands in line {line} already"
                self.say("CK-E752", entry.key_at, message, severity=Severity.ERROR)

    def _check_entry(self, entry: EntrySpan) -> None:
        names = Counter(field.name for field in entry.fields)
        told: set[str] = set()
        for field in entry.fields:
            if names[field.name] > 1 and field.name in told:
                self.say("CK-W753", field.start, f"{entry.key}: {field.name!r} stands twice")
            told.add(field.name)
            self._check_macros(field, entry.key)
            for piece in field.pieces:
                if piece.kind:
                    self._check_text(entry, field, piece)
        values = {field.name: self._value(field) for field in reversed(entry.fields)}
        self._check_references(entry)
        self._check_required(entry, values)
        for field in entry.fields:
            self._check_value(entry, field, self._value(field), values)

    def _value(self, field: FieldSpan) -> str:
        return "".join(self.text[piece.start : piece.end] for piece in field.pieces)

    def _check_macros(self, field: FieldSpan, key: str) -> None:
        for piece in field.pieces:
            name = self.text[piece.start : piece.end]
            if piece.kind or name.isdigit() or name.casefold() in self._strings:
                continue
            hint = self._nearest(name.casefold(), self._strings - set(MONTHS))
            self.say(
                "CK-W754", piece.start, f"{key}: the string {name!r} is not defined", hint=hint
            )

    def _nearest(self, name: str, names: Iterable[str]) -> str:
        """A hint at what was meant; for the first few alone, since it looks at all names."""
        self._asked += 1
        return did_you_mean(name, sorted(names)) if self._asked <= _MOST_HINTS else ""

    def _check_references(self, entry: EntrySpan) -> None:
        """``crossref`` and ``xdata``: that they lead somewhere, and not in a circle."""
        for field in entry.fields:
            if field.name not in ("crossref", "xdata", "entryset", "related", "xref"):
                continue
            for key in filter(None, map(str.strip, self._value(field).split(","))):
                if key.casefold() not in self._keys:
                    hint = self._nearest(key, {entry.key for entry in self.spans.entries})
                    message = f"{entry.key}: {field.name} {key!r} is not in this file"
                    self.say("CK-W755", field.start, message, hint=hint)
                elif field.name in ("crossref", "xdata") and self._leads_back(entry.key, key):
                    message = f"{entry.key}: {field.name} {key!r} leads back to itself"
                    self.say("CK-E756", field.start, message, severity=Severity.ERROR)

    @cached_property
    def _keys(self) -> Mapping[str, tuple[str, ...]]:
        """The references of each key, in lower case."""
        return {
            entry.key.casefold(): tuple(
                key.strip().casefold()
                for field in entry.fields
                if field.name in ("crossref", "xdata")
                for key in self._value(field).split(",")
            )
            for entry in self.spans.entries
        }

    def _leads_back(self, own: str, key: str) -> bool:
        seen: set[str] = set()
        waiting = [key.casefold()]
        while waiting and len(seen) < _MOST_STEPS:
            now = waiting.pop()
            if now == own.casefold():
                return True
            if now not in seen:
                seen.add(now)
                waiting += self._keys.get(now, ())
        return False

    def _check_required(self, entry: EntrySpan, values: Mapping[str, str]) -> None:
        if {"crossref", "xdata"} & values.keys():
            return  # what is missing may come from there
        wanted = _required()[self.dialect].get(entry.type)
        if wanted is None:
            if entry.type not in _known_types(self.dialect):
                message = f"{entry.key}: @{entry.type} is no type of {_SHOWN[self.dialect]}"
                hint = self._nearest(entry.type, _known_types(self.dialect))
                self.say("CK-W758", entry.start, message, hint=hint)
            return
        missing = [
            names.replace("|", " or ")
            for names in wanted.split()
            if not any(values.get(name, "").strip() for name in names.split("|"))
        ]
        if missing:
            message = f"{entry.key}: @{entry.type} wants {', '.join(missing)}"
            self.say("CK-W757", entry.start, message)

    def _check_text(self, entry: EntrySpan, field: FieldSpan, piece: Piece) -> None:
        """What is wrong in the signs of a value."""
        text = self.text[piece.start : piece.end]
        where = f"{entry.key}: {field.name}"
        if field.name in _VERBATIM:
            return
        taken = set()
        for entity in _ENTITY.finditer(text):
            taken.add(entity.start())
            span = (piece.start + entity.start(), piece.start + entity.end(), _as_tex(entity[1]))
            self.say("CK-W761", span[0], f"{where}: {entity[0]!r} is HTML, not TeX", fix=span)
        for sign in () if _ADDRESS.search(text) else _UNESCAPED.finditer(text):
            if sign.start() not in taken:
                span = (piece.start + sign.start(), piece.start + sign.end(), f"\\{sign[0]}")
                self.say("CK-W762", span[0], f"{where}: {sign[0]!r} without a backslash", fix=span)
        if self.dialect == "bibtex" and not text.isascii():
            at = next(number for number, sign in enumerate(text) if not sign.isascii())
            fix = (piece.start, piece.end, to_ascii(text))
            message = f"{where}: {text[at]!r} is not ASCII, which BibTeX sorts and shortens wrongly"
            self.say("CK-W763", piece.start + at, message, fix=fix if fix[2].isascii() else None)
        if field.name in _TITLES:
            self._check_capitals(where, text, piece.start)

    def _check_capitals(self, where: str, text: str, start: int) -> None:
        """Words that a style would write in lower case."""
        depths = _depths(text)
        for word in _AT_RISK.finditer(text):
            if depths[word.start()] == 0 and word.start() > 0:
                span = (start + word.start(), start + word.end(), f"{{{word[0]}}}")
                message = f"{where}: a style may write {word[0]!r} in lower case"
                self.say("CK-W764", span[0], message, fix=span, hint="put it in braces")

    def _check_value(
        self, entry: EntrySpan, field: FieldSpan, value: str, values: Mapping[str, str]
    ) -> None:
        """What is wrong with a value as a whole."""
        where, at = f"{entry.key}: {field.name}", field.start
        name = other_names()["field"].get(field.name, field.name)
        if name in ("isbn", "issn"):
            wrong = wrong_isbn(value) if name == "isbn" else wrong_issn(value)
            if wrong and value.strip() and not re.search(r"[,;]|\band\b", value):
                self.say("CK-W765", at, f"{where} {value!r}: {wrong}")
        elif name == "doi":
            self._check_doi(where, field, value)
        elif name in ("note", "howpublished", "annotation") and "url" not in values:
            address = _ADDRESS.search(value)
            if address:
                hint = f"url = {{{address[0]}}}"
                self.say(
                    "CK-W767", at, f"{where}: an address that has a field of its own", hint=hint
                )
        elif name in _NAMES:
            wrong = wrong_in_names(value)
            if wrong:
                self.say("CK-W768", at, f"{where}: {wrong}")
        else:
            self._check_date(where, field, value, values)

    def _check_doi(self, where: str, field: FieldSpan, value: str) -> None:
        bare = bare_doi(value)
        piece = field.pieces[0] if len(field.pieces) == 1 else None
        if bare != value and is_doi(bare):
            fix = (piece.start, piece.end, bare) if piece else None
            self.say("CK-W766", field.start, f"{where}: a DOI stands without its address", fix=fix)
        elif value.strip() and not is_doi(read_latex(bare)):
            self.say("CK-W766", field.start, f"{where}: {value!r} is no DOI")

    def _check_date(
        self, where: str, field: FieldSpan, value: str, values: Mapping[str, str]
    ) -> None:
        if field.name in _DATES and value.strip():
            if "literal" in read_date(value.strip()):
                date = read_loose_date(read_latex(value))
                hint = "" if "literal" in date else f"{field.name} = {{{_edtf(date)}}}"
                self.say("CK-W759", field.start, f"{where}: {value!r} is no date", hint=hint)
        elif field.name == "year" and "literal" in read_loose_date(read_latex(value)):
            self.say("CK-W759", field.start, f"{where}: {value!r} is no year")
        elif field.name == "month":
            day = values.get("day", "")
            date, is_whole = read_year_month_day("2000", read_latex(value), day)
            if not is_whole or "literal" in date:
                self.say("CK-W759", field.start, f"{where}: {value!r} is no month")


_SHOWN: Final = {"biblatex": "BibLaTeX", "bibtex": "BibTeX"}


def _edtf(date: Mapping[str, Any]) -> str:
    ends = ["-".join(f"{part:02d}" for part in end) for end in date["date-parts"]]
    return "/".join(ends) + ("~" if date.get("circa") else "")


def _as_tex(entity: str) -> str:
    if entity.startswith("#"):
        is_hexadecimal = entity[1] in "xX"
        number = int(entity[2 if is_hexadecimal else 1 :], 16 if is_hexadecimal else 10)
        shown = chr(number) if 32 <= number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
        return f"\\{shown}" if shown in tuple("&%$#_{}") else shown
    return _ENTITIES[entity]


def _depths(text: str) -> list[int]:
    """How many braces are open at each sign; inside of a formula one more."""
    depths, depth, formula = [], 0, 0
    for number, sign in enumerate(text):
        if sign == "}":
            depth -= 1
        if sign == "$" and text[number - 1 : number] != "\\":
            formula = 1 - formula
        depths.append(depth + formula)
        if sign == "{":
            depth += 1
    return depths


@cache
def _required() -> dict[str, dict[str, str]]:
    path = Path(__file__).with_name("required.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _known_types(dialect: Dialect) -> set[str]:
    types = {kind.entry for kind in crosswalk(dialect).types} | set(_required()[dialect])
    return types | (set(other_names()["type"]) | {"xdata"} if dialect == "biblatex" else set())

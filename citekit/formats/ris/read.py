"""RIS records as CSL items, as tolerant as the programs that people have their files from.

A record begins at a new ``TY`` even where ``ER`` is missing, and ``TY`` need not be its first line.
What stands before a record (what EBSCO, Scopus or Web of Science say of an export) is skipped.
Lines that no variable holds are kept (``custom.citekit.entry``) and counted in one note.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from citekit.findings import Severity
from citekit.formats.bibtex.dates import read_date
from citekit.formats.bibtex.loose_dates import read_loose_date
from citekit.formats.bibtex.read_names import read_names
from citekit.formats.result import ReadResult, finding, on_lines
from citekit.formats.ris.tags import by_tag, csl_type, table
from citekit.model.value import Value
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.findings import Finding

Tagged = tuple[str, str]

KEPT_VARIABLE: Final = re.compile(r"\{:([A-Za-z][A-Za-z_-]*): (.+)\}")
_LINE: Final = re.compile(r"^([A-Z][A-Z0-9]) {1,2}- ?(.*)$")
_LISTS: Final = {"KW": ("keyword", ", "), "N1": ("note", "\n\n"), "EP": ("page", "-")}
"""Tags that may stand many times: their values are joined once, behind what is there."""
_FIRST_TO_LAST: Final = {
    "title": ("TI", "T1", "CT"),
    "container-title": ("JF", "T2", "JO", "JA", "J2", "J1"),
    "container-title-short": ("J2", "JA", "J1", "JO"),
    "abstract": ("AB", "N2"),
    "issued": ("DA", "Y1", "PY"),
}
"""Several tags say one variable: the first that is there counts."""
_BOOKS: Final = frozenset({"BOOK", "EBOOK", "EDBOOK", "MANSCPT"})


class ReadRecord(Value):
    """One record: its variables, and the lines that none of them holds."""

    item: dict[str, Any]
    left: tuple[Tagged, ...] = ()


class _Record:
    """The lines of a record while it is read."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.lines: list[tuple[str, list[str]]] = []  # a value's lines are joined once
        self.has_end = False

    @property
    def has_type(self) -> bool:
        return any(tag == "TY" for tag, _ in self.lines)

    def joined(self) -> list[Tagged]:
        return [(tag, " ".join(filter(None, lines))) for tag, lines in self.lines]


def read_ris(text: str) -> ReadResult:
    """The items of a file; a record that cannot be read is a finding with its line.

    Many programs write no ``ID``: such an item has no ``id``, and whoever takes it in makes one.
    """
    items: list[dict[str, Any]] = []
    findings: list[Finding] = []
    lines: list[int] = []
    seen: set[str] = set()
    left: Counter[str] = Counter()
    for record in _records(text):
        tagged = record.joined()
        kind = next((value for tag, value in tagged if tag == "TY"), None)
        if kind is None:
            findings.append(finding("CK-E431", "a record without TY", line=record.line))
            continue
        read = read_lines([one for one in tagged if one[0] != "TY"], kind)
        item = {"type": csl_type(kind), **read.item}
        key = item.get("id")
        if not record.has_end:
            shown = f"a record without ER: it ends where the next begins ({key or 'no ID'})"
            findings.append(_warned("CK-W433", shown, record.line))
        if key in seen:
            message = f"the ID {key!r} stands twice; the first counts"
            findings.append(finding("CK-E432", message, line=record.line))
            continue
        left.update(tag for tag, _ in read.left)
        items.append(_with_left(item, read.left))
        lines.append(record.line)
        seen |= {key} if key else set()
    return ReadResult(
        items=tuple(items), findings=(*findings, *_sum_of(left)), place_of=on_lines(lines)
    )


def _with_left(item: dict[str, Any], left: tuple[Tagged, ...]) -> dict[str, Any]:
    if not left:
        return item
    entry = {"format": "ris", "lines": [list(line) for line in left]}
    return {**item, "custom": {"citekit": {"entry": entry}}}


def _sum_of(left: Counter[str]) -> Iterator[Finding]:
    if left:
        tags = ", ".join(f"{tag} ({number})" for tag, number in left.most_common())
        message = f"kept as they stand, since no variable holds them: {tags}"
        yield finding("CK-I435", message, severity=Severity.NOTE)


def _warned(code: str, message: str, line: int) -> Finding:
    return finding(code, message, line=line, severity=Severity.WARNING)


def _records(text: str) -> Iterator[_Record]:
    """Each record; a line without a tag goes on with the one before."""
    record = _Record(1)
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        match = _LINE.match(line)
        if match and match[1] == "ER":
            if record.lines:
                record.has_end = True
                yield record
            record = _Record(number + 1)
        elif match:
            if match[1] == "TY" and record.has_type:
                yield record
                record = _Record(number)
            record.line = record.line if record.lines else number
            record.lines.append((match[1], [match[2].strip()]))
        elif record.lines and line.strip():
            record.lines[-1][1].append(line.strip())
    if record.lines:
        yield record


def read_lines(lines: Iterable[Tagged], kind: str = "") -> ReadRecord:
    """The variables in the lines of one record of a type (``TY``), and the lines that are left."""
    reading = _Reading(kind, [line for line in lines if line[1]])
    reading.run()
    return ReadRecord(item={**reading.item, **reading.kept}, left=tuple(reading.left))


class _Reading:
    """The lines of one record on their way to variables."""

    def __init__(self, kind: str, lines: list[Tagged]) -> None:
        self.is_book = kind in _BOOKS
        self.lines = lines
        self.tags = {tag for tag, _ in lines}
        self.item: dict[str, Any] = {}
        self.kept: dict[str, Any] = {}
        self.left: list[Tagged] = []
        self.lists: dict[str, list[str]] = {}

    def run(self) -> None:
        for tag, value in self.lines:
            self.take(tag, value)
        for tag, values in self.lists.items():
            variable, mark = _LISTS[tag]
            self.item[variable] = mark.join(filter(None, [self.item[variable], *values]))

    def take(self, tag: str, value: str) -> None:
        """Give one line to its variable, or to those that are left."""
        match = KEPT_VARIABLE.fullmatch(value) if tag == "N1" else None
        own = table()["alias"].get(tag, tag)
        if match:
            self.kept[match[1]] = _read_kept(match[1], match[2])
        elif own in by_tag("name"):
            self.item.setdefault(by_tag("name")[own], []).append(_read_name(value))
        elif tag in _LISTS:
            self.item.setdefault(_LISTS[tag][0], "")  # keeps its place among the others
            self.lists.setdefault(tag, []).append(value)
        elif not self.say(self.variable_of(tag, own), tag, value) and not self._is_said(tag, value):
            self.left.append((tag, value))

    def _is_said(self, tag: str, value: str) -> bool:
        """Whether a line that its variable has no room for says nothing new."""
        if tag in _FIRST_TO_LAST["issued"]:
            dates = [text for other, text in self.lines if other in _FIRST_TO_LAST["issued"]]
            return any(len(text) > len(value) and text.startswith(value) for text in dates)
        return value in self.item.values()

    def variable_of(self, tag: str, own: str) -> str:
        """The variable that a line says here; empty where another tag says it better."""
        if self.is_book and tag in ("BT", "T2"):
            return {"BT": "title", "T2": "collection-title"}[tag]
        for variable, tags in _FIRST_TO_LAST.items():
            first = next((one for one in tags if one in self.tags), "")
            if tag == first and not self._is_only_short(variable, tag):
                return variable
        if any(tag in tags for tags in _FIRST_TO_LAST.values()):
            return ""
        return by_tag("text").get(own, "")

    def _is_only_short(self, variable: str, tag: str) -> bool:
        """Whether an abbreviation has a full name beside it, or stands for it alone."""
        full = {"JF", "T2"} & self.tags
        is_short = tag in ("JO", "JA", "J2", "J1")
        if variable == "container-title":
            return is_short and (bool(full) or tag in ("J2", "J1"))
        return variable == "container-title-short" and not full and tag == "JO"

    def say(self, variable: str, tag: str, value: str) -> bool:
        """Give a variable its value; False where it has one, or nobody knows the tag."""
        if variable in DATE_VARIABLES or tag == "Y2":
            return self.put(variable or "accessed", _read_slashed(value))
        if tag == "M3" and re.match(r"(?i)doi:?\s*10\.", value):
            doi = re.sub(r"(?i)^doi:?\s*", "", value)
            return self.item.get("DOI") == doi or ("DO" not in self.tags and self.put("DOI", doi))
        if tag == "SN":
            is_issn = re.search(r"(?a)(?<![\dXx-])\d{4}-?\d{3}[\dXx](?![\dXx-])", value)
            return self.put("ISSN" if is_issn else "ISBN", value)
        if tag in ("ID", "SP"):
            return self.put({"ID": "id", "SP": "page"}[tag], value)
        return bool(variable) and self.put(variable, value)

    def put(self, variable: str, value: Any) -> bool:  # noqa: ANN401  # JSON
        if self.item.get(variable):
            return bool(self.item[variable] == value)
        self.item[variable] = value
        return True


def _read_slashed(text: str) -> dict[str, Any]:
    """A date from ``YYYY/MM/DD/words``."""
    parts = [part.strip() for part in text.split("/")]
    digits = [part for part in parts[:3] if part]
    if all(part.isdigit() for part in digits):
        return read_date("-".join(digits))
    words = " ".join([*reversed(digits[1:]), digits[0]]) if len(digits) > 1 else text
    found = read_loose_date(words)
    return {"literal": text} if "literal" in found else found


def _read_name(text: str) -> dict[str, Any]:
    """A person has a comma, an institution has none."""
    family, comma, rest = text.partition(",")
    if not comma:
        return {"literal": text}
    given, _, suffix = rest.partition(",")
    parts = {"family": family.strip(), "given": given.strip(), "suffix": suffix.strip()}
    return {key: value for key, value in parts.items() if value}


def _read_kept(variable: str, text: str) -> Any:  # noqa: ANN401  # JSON
    if variable in DATE_VARIABLES:
        return read_date(text)
    return read_names(text) if variable in NAME_VARIABLES else text

"""Citation templates in the text of a page as CSL items.

The items have no ids: templates have no keys. Parameters that no variable holds are kept, as what
they show (``custom.citekit.entry``).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from citekit.findings import Severity
from citekit.formats.bibtex.languages import language_tag
from citekit.formats.result import ReadResult, finding, on_lines
from citekit.formats.wikipedia.dates import read_wiki_date
from citekit.formats.wikipedia.people import read_people
from citekit.formats.wikipedia.shown import parameters_of
from citekit.formats.wikipedia.tables import table
from citekit.formats.wikipedia.wikitext import find_templates
from citekit.formats.wikipedia.write import FORMAT, WAYBACK
from citekit.model.title_markup import without_markup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.findings import Finding
    from citekit.formats.wikipedia.wikitext import Template

_MARKED: Final = frozenset({"title", "container-title", "collection-title", "event-title"})
"""Variables whose mark-up counts; in others it is a slip."""
_ISBN: Final = re.compile(r"97[89][- ]?(?:\d[- ]?){9}\d|(?:\d[- ]?){9}[\dXx]")


def read_wikipedia(page: str) -> ReadResult:
    """The items of the citation templates in a page, each with its line.

    A template that is never closed, or too large, is a finding; the others come in. Raises
    MissingExtra where the parser is not installed.
    """
    items: list[dict[str, Any]] = []
    lines: list[int] = []
    findings: list[Finding] = []
    left: Counter[str] = Counter()
    for template in find_templates(page):
        if template.wrong:
            message = f"{{{{{template.name}}}}} is not read: {template.wrong}"
            findings.append(finding("CK-E451", message, line=template.line))
            continue
        reading = _Reading(template)
        reading.run()
        findings += reading.findings
        if reading.item:
            items.append(reading.whole())
            lines.append(template.line)
            left.update(reading.left.keys())
    return ReadResult(
        items=tuple(items), findings=(*findings, *_sum_of(left)), place_of=on_lines(lines)
    )


def _sum_of(left: Counter[str]) -> Iterator[Finding]:
    if left:
        names = ", ".join(f"{name} ({number})" for name, number in left.most_common())
        message = f"kept as they read, since no variable holds them: {names}"
        yield finding("CK-I453", message, severity=Severity.NOTE)


class _Reading:
    """One template on its way to an item."""

    def __init__(self, template: Template) -> None:
        self.name = template.name
        self.line = template.line
        self.item: dict[str, Any] = {}
        self.left: dict[str, str] = {}
        self.findings: list[Finding] = []
        self._given: dict[str, str] = {}
        for name, text in parameters_of(template.text):
            self._give(name, text)

    def _give(self, name: str, text: str) -> None:
        """Take a parameter; of one that stands twice the last counts, as for the wiki."""
        own = table()["same"].get(name, name)
        if not text:
            return
        if own == "chapter" and "news" in self.name and name == "section":
            own = "department"
        if own in self._given and own != name:
            self.left[name] = without_markup(text)
        else:
            self._given[own] = text

    def run(self) -> None:
        """Read everything: ``item`` and ``left`` are whole afterwards."""
        people, read = read_people(self._given)
        self._read_titles(read)
        for kind in (self._read_text, self._read_address, self._read_date):
            read |= kind()
        self.item = {**self.item, **people}
        self.left |= {
            name: without_markup(text) for name, text in self._given.items() if name not in read
        }
        if self.item:
            self.item["type"] = self._type()
        elif self._given:
            self._warn("CK-E451", f"{{{{{self.name}}}}} says nothing that can be read")

    def whole(self) -> dict[str, Any]:
        """The item, with what is left."""
        item = {"type": self.item["type"], **self.item}
        if not self.left:
            return item
        return {**item, "custom": {"citekit": {"entry": {"format": FORMAT, "left": self.left}}}}

    def _warn(self, code: str, message: str) -> None:
        severity = Severity.ERROR if "-E" in code else Severity.WARNING
        self.findings.append(finding(code, message, line=self.line, severity=severity))

    def _type(self) -> str:
        csl = table()["template"].get(self.name)
        if csl == "book" and "chapter" in self._given and "title" in self._given:
            return "chapter"
        if csl is None:
            self._warn("CK-W452", f"{{{{{self.name}}}}} is not known, and read as {{{{citation}}}}")
        by = table()["citation"]
        return csl or next((by[name] for name in by if name in self._given), "document")

    def _read_titles(self, read: set[str]) -> None:
        """What is in a whole has its title from ``chapter``, and the whole from ``title``."""
        given = self._given
        if "chapter" in given and ("title" in given or "encyclopedia" in given):
            self.item["title"] = given["chapter"]
            self.item["container-title"] = given.get("title") or given["encyclopedia"]
            read |= {"chapter", "title"} if "title" in given else {"chapter", "encyclopedia"}
        elif "chapter" in given:
            self.item["title"] = given["chapter"]
            read.add("chapter")
        if "script-title" in given and "title" not in given:
            self._given["script-title"] = re.sub(r"^[a-z-]{2,8}:\s*", "", given["script-title"])

    def _read_text(self) -> set[str]:
        read = set()
        for parameter, variable in table()["text"].items():
            text = self._given.get(parameter)
            if text is None or variable in self.item:
                continue
            shown = text if variable in _MARKED else without_markup(text)
            if variable == "title" and parameter in ("title", "script-title"):
                shown = re.sub(r"^\(\((.*)\)\)$", r"\1", shown)
            self.item[self._variable(variable)] = _value(variable, shown)
            read.add(parameter)
        if genre := table()["genre"].get(self.name):
            self.item.setdefault("genre", genre)
        return read

    def _variable(self, variable: str) -> str:
        """The variable of a parameter, in this template."""
        is_report = self.name in ("cite report", "cite techreport")
        return "number" if variable == "issue" and is_report else variable

    def _read_address(self) -> set[str]:
        read = set()
        for parameter, variable in table()["address"].items():
            text = self._given.get(parameter, "")
            if re.match(r"(?i)https?://", text) and variable not in self.item:
                self.item[variable] = text
                read.add(parameter)
        arxiv = self._given.get("arxiv") or self._given.get("eprint", "")
        if "URL" not in self.item and re.fullmatch(r"[\w.-]{1,40}(?:/\d{7})?", arxiv):
            self.item["URL"] = f"https://arxiv.org/abs/{arxiv}"
        return read

    def _read_date(self) -> set[str]:
        read = set()
        given = self._given
        if "date" not in given and "year" in given and "month" in given:
            given["date"] = f"{given['month']} {given['year']}"
            read |= {"month", "year"}
        for parameter, variable in table()["date"].items():
            if parameter not in given or variable in self.item:
                continue
            date = read_wiki_date(without_markup(given[parameter]))
            self.item[variable] = date
            read.add(parameter)
            if "literal" in date and date["literal"].casefold().rstrip(".") not in ("n.d", "nd"):
                said = date["literal"][:60]
                self._warn("CK-W452", f"{parameter}: no date: {said!r} stays words")
        if given.get("year", "") in str(self.item.get("issued")):
            read.add("year")
        if read_wiki_date(given.get("archive-date", "")) == _stamp_of(self.item):
            read.add("archive-date")
        return read


def _stamp_of(item: dict[str, Any]) -> dict[str, Any] | None:
    """The day of a copy in the Wayback Machine, which stands in its address."""
    stamp = WAYBACK.match(str(item.get("archive_location", "")))
    return {"date-parts": [[int(part) for part in stamp.groups()]]} if stamp else None


def _value(variable: str, text: str) -> str:
    """The value of a variable from what its parameter shows."""
    if variable == "language":
        tag = language_tag(text)
        return tag if tag != text else text
    if variable == "DOI":
        return re.sub(r"(?i)^(?:https?:/+(?:dx\.)?doi\.org/|doi:)\s*", "", text)
    if variable == "PMCID":
        return f"PMC{text}" if text.isdigit() else text
    if variable == "ISBN":
        found = _ISBN.search(text)
        return found[0].strip() if found else text
    return text

"""NBIB, which PubMed hands out: the tagged lines of MEDLINE.

Source: National Library of Medicine, "MEDLINE/PubMed Data Element Descriptions". A tag has up
to four letters, a value goes on in lines that begin with six blanks, a blank line ends a record.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from citekit.findings import Severity
from citekit.formats.bibtex.loose_dates import read_loose_date, read_year_month_day
from citekit.formats.people import is_suffix, person, vancouver_name
from citekit.formats.result import ReadResult, finding, on_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.findings import Finding

_LINE: Final = re.compile(r"([A-Z][A-Z0-9]{1,3}) *- ?(.*)")
_TEXTS: Final = {
    "TI": "title",
    "BTI": "container-title",
    "JT": "container-title",
    "TA": "container-title-short",
    "CTI": "collection-title",
    "VI": "volume",
    "IP": "issue",
    "PG": "page",
    "AB": "abstract",
    "PMID": "PMID",
    "PMC": "PMCID",
    "ISBN": "ISBN",
    "EN": "edition",
    "PB": "publisher",
    "PL": "publisher-place",
}
_PEOPLE: Final = {"FAU": "author", "CN": "author", "FED": "editor"}
_SHORT: Final = {"AU": "FAU", "ED": "FED"}
"""Names with initials, which count where there are none in full."""
_LANGUAGES: Final = {"eng": "en", "ger": "de", "fre": "fr", "spa": "es", "ita": "it", "por": "pt",
                     "rus": "ru", "chi": "zh", "jpn": "ja", "pol": "pl", "dut": "nl", "tur": "tr",
                     "kor": "ko", "cze": "cs", "swe": "sv", "dan": "da", "nor": "no"}  # fmt: skip
_TYPES: Final = {"news": "article-newspaper", "newspaper article": "article-newspaper",
                 "preprint": "article", "book": "book", "book chapter": "chapter"}  # fmt: skip

Tagged = tuple[str, str]


def read_nbib(text: str) -> ReadResult:
    """The items of a file, without ids; tags that no variable holds are kept, and counted."""
    items: list[dict[str, Any]] = []
    lines: list[int] = []
    findings: list[Finding] = []
    left: Counter[str] = Counter()
    for line, record in _records(text):
        reading = _Reading(record)
        item = reading.run()
        if "title" not in item and "container-title" not in item:
            findings.append(finding("CK-E461", "a record without a title", line=line))
            continue
        if "literal" in item.get("issued", {}):
            said = f"no date: {item['issued']['literal'][:60]!r} stays words"
            findings.append(finding("CK-W462", said, line=line, severity=Severity.WARNING))
        if reading.left:
            kept = {"format": "nbib", "left": [list(one) for one in reading.left]}
            item["custom"] = {"citekit": {"entry": kept}}
            left.update(tag for tag, _ in reading.left)
        items.append(item)
        lines.append(line)
    return ReadResult(
        items=tuple(items), findings=(*findings, *_sum_of(left)), place_of=on_lines(lines)
    )


def _sum_of(left: Counter[str]) -> Iterator[Finding]:
    if left:
        tags = ", ".join(f"{tag} ({number})" for tag, number in left.most_common())
        message = f"kept as they stand, since no variable holds them: {tags}"
        yield finding("CK-I463", message, severity=Severity.NOTE)


def _records(text: str) -> Iterator[tuple[int, list[Tagged]]]:
    """The line and the tagged values of each record; a PMID begins one, too."""
    record: list[tuple[str, list[str]]] = []
    start = 1
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        match = _LINE.fullmatch(line)
        is_new = match is not None and match[1] == "PMID" and bool(record)
        if record and (not line.strip() or is_new):
            yield start, [(tag, " ".join(parts)) for tag, parts in record]
            record = []
        if match:
            start = start if record else number
            record.append((match[1], [match[2].strip()]))
        elif record and line.strip():
            record[-1][1].append(line.strip())
    if record:
        yield start, [(tag, " ".join(parts)) for tag, parts in record]


class _Reading:
    """One record on its way to an item."""

    def __init__(self, record: list[Tagged]) -> None:
        self._record = [one for one in record if one[1]]
        self._tags = {tag for tag, _ in self._record}
        self._words: list[str] = []
        self.item: dict[str, Any] = {}
        self.left: list[Tagged] = []

    def run(self) -> dict[str, Any]:
        """The item; ``left`` is whole afterwards."""
        for tag, value in self._record:
            if not self._take(tag, value):
                self.left.append((tag, value))
        if self._words:
            self.item["keyword"] = ", ".join(self._words)
        if "BTI" in self._tags and "TI" not in self._tags:
            self.item["title"] = self.item.pop("container-title")
        kind = next((v for t, v in self._record if t == "PT" and v.casefold() in _TYPES), "")
        usual = "article-journal"
        if "BTI" in self._tags:
            usual = "chapter" if "TI" in self._tags else "book"
        return {"type": _TYPES.get(kind.casefold(), usual), **self.item}

    def _take(self, tag: str, value: str) -> bool:
        """Give a value to its variable; False where none holds it."""
        if tag in _TEXTS:
            text = re.sub(r"\.$", "", value) if tag in ("TI", "BTI") else value
            return self._put(_TEXTS[tag], text)
        if tag in _PEOPLE or tag in _SHORT:
            return self._take_name(tag, value)
        match tag:
            case "DP":
                return self._put("issued", _date(value))
            case "LA":
                return self._put("language", _LANGUAGES.get(value, value))
            case "OT":
                self._words.append(value.lstrip("*"))
                return True
            case "IS":
                return self._put("ISSN", value.partition(" ")[0])
            case "LID" | "AID" if value.endswith("[doi]"):
                return self._put("DOI", value.removesuffix("[doi]").strip())
            case "PT":
                return True
            case _:
                return False

    def _take_name(self, tag: str, value: str) -> bool:
        full = _SHORT.get(tag, tag)
        if tag in _SHORT:
            name = {} if full in self._tags else vancouver_name(value)
        else:
            name = {"literal": value} if tag == "CN" else _full_name(value)
        if name:
            self.item.setdefault(_PEOPLE[full], []).append(name)
        return True

    def _put(self, variable: str, value: Any) -> bool:  # noqa: ANN401  # JSON
        if self.item.get(variable):
            return bool(self.item[variable] == value)
        self.item[variable] = value
        return True


def _full_name(text: str) -> dict[str, Any]:
    family, comma, given = (part.strip() for part in text.partition(","))
    if not comma:
        return {"literal": text}
    words = given.split()
    suffix = words.pop() if len(words) > 1 and is_suffix(words[-1]) else ""
    return person(family, " ".join(words), suffix)


def _date(text: str) -> dict[str, Any]:
    """``2023 Jun 4``, ``2023 Jun-Jul``, ``2023 Spring``.

    >>> _date("2023 Jun-Jul")
    {'date-parts': [[2023, 6], [2023, 7]]}
    """
    found = read_loose_date(text)
    if "literal" not in found:
        return found
    year, _, month = text.partition(" ")
    date, is_whole = read_year_month_day(year, month, "")
    return date if is_whole else {"literal": text}

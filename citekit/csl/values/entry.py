"""One CSL-JSON item, read for formatting: texts, names and dates, each understood once.

Values of a wrong type (a number where names belong) are left out with a warning; the rest of the
item still formats. Lines such as ``genre: Peer commentary`` at the head of ``note`` fill fields
that the item itself lacks, as reference managers write them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from citekit.csl.values.abbreviations import KINDS, NUMBERS
from citekit.csl.values.dates import DateValue, read_date
from citekit.csl.values.notice import Notice
from citekit.csl.values.numbers import MOST_SIGNS
from citekit.csl.values.persons import Person, read_names
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES, NUMBER_VARIABLES, VARIABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.csl.values.abbreviations import Abbreviations

_OTHER_NAMES = {
    "container-title-short": ("container-title-short", "journalAbbreviation"),
    "title-short": ("title-short", "shortTitle"),
}
# strings: what few items need is compiled when it is needed, since start-up counts
_NOTE_LINE = r"^\{?:?([A-Za-z][-_ A-Za-z]*?)\s*:\s*(.+?)\}?$"
_NOTE_BRACED = r"\{:([-_A-Za-z]+)\s*:\s*([^}\n]+)\}"
_FIRST_PAGE = r"\s*[-–—,&]\s*"
_PAGE_LABEL = r"^pp?\.\s*"
_FAMILY_FIRST = ("hu", "ja", "vi", "zh")
MAX_TEXT = 100_000
_NOT_IN_NOTES = frozenset(
    """abstract annote categories citation-key citation-label citation-number
    first-reference-note-number journalAbbreviation keyword language license locator note
    page-first rights shortTitle volume-title-short year-suffix""".split()  # noqa: SIM905
)
_NOTE_VARIABLES = VARIABLES - _NOT_IN_NOTES
"""What a ``note`` may fill in by lines such as ``genre: Peer commentary``."""


class Entry:
    """An item with everything read from it so far."""

    __slots__ = ("_dates", "_names", "_short_forms", "_texts", "data", "id", "keeps_case",
                 "language", "type", "warnings")  # fmt: skip

    def __init__(self, item: Mapping[str, Any], short_forms: Abbreviations | None = None) -> None:
        self.data: Mapping[str, Any] = item
        self.id = str(item.get("id", ""))
        self.warnings: list[Notice] = []
        self._short_forms = short_forms
        self._texts: dict[str, str | None] = {}
        self._names: dict[str, tuple[Person, ...]] = {}
        self._dates: dict[str, DateValue | None] = {}
        note = item.get("note")
        if isinstance(note, str) and ":" in note:
            self.data = _with_note_fields(item, note)
        kind = self.data.get("type")
        self.type = kind if isinstance(kind, str) else ""
        language = self.data.get("language")
        self.language = language.lower() if isinstance(language, str) else ""
        self.keeps_case = bool(self.data.get("jurisdiction"))
        if self.keeps_case:
            self.language = "und"  # the titles of laws and cases keep their case: so citeproc-js

    def text(self, variable: str) -> str | None:
        """The text of a variable, None where it is absent or empty."""
        try:
            return self._texts[variable]
        except KeyError:
            value = self._texts[variable] = self._read_text(variable)
            return value

    def names(self, variable: str) -> tuple[Person, ...]:
        """The people of a name variable, in order."""
        try:
            return self._names[variable]
        except KeyError:
            value = self._names[variable] = self._read_names(variable)
            return value

    def date(self, variable: str) -> DateValue | None:
        """The date of a date variable, None where it is absent or cannot be read."""
        try:
            return self._dates[variable]
        except KeyError:
            value = self._dates[variable] = self._read_date(variable)
            return value

    def has(self, variable: str) -> bool:
        """Whether the variable holds anything (``cs:if variable``)."""
        if variable in DATE_VARIABLES:
            return self.date(variable) is not None
        if variable in NAME_VARIABLES:
            return bool(self.names(variable))
        return bool(self.text(variable))

    def short(self, kind: str, text: str) -> str | None:
        """What a list of abbreviations has for a text, None where there is none."""
        if self._short_forms is None:
            return None
        return self._short_forms.find(kind, text, str(self.data.get("jurisdiction") or ""))

    def _read_text(self, variable: str) -> str | None:
        text = None if self._short_forms is None else self._listed(variable)
        return self._own_text(variable) if text is None else text

    def _listed(self, variable: str) -> str | None:
        """The short form that a list has of a variable; it wins over the item's own."""
        if variable in NUMBER_VARIABLES:
            text, kind = self._own_text(variable), NUMBERS
        else:
            base = variable.removesuffix("-short")
            kind = KINDS.get(base, "") if base != variable else ""
            text = self.text(base) if kind else None
        return self.short(kind, text) if text else None

    def _own_text(self, variable: str) -> str | None:
        if variable == "page-first" and (pages := self.text("page")):
            return re.split(_FIRST_PAGE, re.sub(_PAGE_LABEL, "", pages[:MOST_SIGNS]))[0] or None
        for key in _OTHER_NAMES.get(variable, (variable,)):
            value = self.data.get(key)
            if value is None or value == "":
                continue
            if isinstance(value, str):
                return self._bounded(value, variable)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return str(value)
            self._warn(variable, "text", value)
        return None

    def _bounded(self, value: str, variable: str) -> str | None:
        if len(value) > MAX_TEXT:
            self._tell(variable, f"is cut after {MAX_TEXT} characters")
            value = value[:MAX_TEXT]
        return value.strip("\n") or None

    def _read_names(self, variable: str) -> tuple[Person, ...]:
        value = self.data.get(variable)
        if not value:
            return ()
        language = str(self.data.get("language") or "").lower()
        people = read_names(value, family_first=_puts_family_first(language))
        if people is None:
            self._warn(variable, "a list of names", value)
            return ()
        return people

    def _read_date(self, variable: str) -> DateValue | None:
        value = self.data.get(variable)
        if not value:
            return None
        date = read_date(value)
        if date is None:
            self._warn(variable, "a date", value)
        return date

    def _warn(self, variable: str, wanted: str, value: object) -> None:
        self._tell(variable, f"should be {wanted}, not {type(value).__name__}")

    def _tell(self, variable: str, what: str) -> None:
        text = f"item {self.id!r}: {variable} {what}"
        self.warnings.append(Notice(text, "unusable value", item=self.id, variable=variable))


def _puts_family_first(language: str) -> bool:
    """Whether names in an item of this language are written family first, in any script."""
    return language in _FAMILY_FIRST or language.startswith(("ja-", "zh-"))


def _with_note_fields(item: Mapping[str, Any], note: str) -> Mapping[str, Any]:
    """The item completed by what its note says in ``name: value`` lines or ``{:name: value}``."""
    found: dict[str, Any] = {}
    for i, line in enumerate(note.split("\n")[:100]):
        match = re.match(_NOTE_LINE, line.strip())
        if match is None:
            if i and line.strip():
                break
            continue
        if match[1] not in _NOTE_VARIABLES:
            continue
        _note_field(found, match[1], match[2].strip())
    for match in re.finditer(_NOTE_BRACED, note):
        if match[1] in _NOTE_VARIABLES:
            _note_field(found, match[1], match[2].strip())
    if not found:
        return item
    kept = {key: value for key, value in found.items() if key == "type" or not item.get(key)}
    return {**item, **kept}


def _note_field(found: dict[str, Any], key: str, value: str) -> None:
    if key in NAME_VARIABLES:
        family, _, given = value.partition("||")
        name = {"family": family.strip(), "given": given.strip()} if given else {"literal": value}
        found.setdefault(key, []).append(name)
    elif key in DATE_VARIABLES:
        found[key] = {"raw": value}
    else:
        found.setdefault(key, value)


# ------------------------------------------------------------------------------------------ labels

_LABELLED_BY = ("author", "editor", "translator", "director", "collection-editor")
_LETTERS = {1: 4, 2: 2, 3: 1}
"""How many letters of each name, by the number of names; of four and more, one each."""


def citation_label(entry: Entry) -> str:
    """The ``citation-label``: what the item says, else a trigraph such as ``Doe65``.

    CSL leaves its form to the processor. One name gives four letters, two names two letters each,
    more names one letter each of the first four; then two digits of the year.
    """
    given = entry.data.get("citation-label")
    if isinstance(given, str) and given:
        return given
    people = next((p for v in _LABELLED_BY if (p := entry.names(v))), ())
    each = _LETTERS.get(len(people), 1)
    names = "".join((person.family or person.literal)[:each] for person in people[:4])
    if not names:
        names = (entry.text("title") or "")[:4]
    date = entry.date("issued")
    year = "" if date is None or not date.start[0] else f"{abs(date.start[0]) % 100:02}"
    return names + year

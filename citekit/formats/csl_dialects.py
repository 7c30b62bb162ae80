"""CSL-JSON as others write it, as CSL-JSON: Zotero, Crossref, DataCite, pandoc.

Lists where CSL has a text, plain years and names, seasons in words, nulls, variables in the note
(Zotero's "extra"), and Markdown in pandoc's YAML. What cannot be a date or a name becomes words,
and is told; nothing that can be read is refused for the rest.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citekit.formats.bibtex.loose_dates import read_loose_date, season_of
from citekit.formats.bibtex.read_names import read_names
from citekit.formats.markdown_text import read_markdown
from citekit.model.date import Date, DateError
from citekit.model.name import Name
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES, VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.model.records.json_text import Json, JsonPath

# What Crossref calls its works in CSL-JSON (api.crossref.org/types); the others have CSL's names.
_CROSSREF_TYPES: Final = {
    "journal-article": "article-journal",
    "proceedings-article": "paper-conference",
    "posted-content": "article",
    "book-chapter": "chapter",
    "book-section": "chapter",
    "book-part": "chapter",
    "reference-entry": "entry",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "dissertation": "thesis",
    "report-component": "report",
}
_JOINED: Final = frozenset({"ISSN", "ISBN", "keyword", "categories"})
"""Of other lists of texts the first counts: Crossref gives titles in several forms."""
_IN_NOTE: Final = re.compile(
    r"(?m)^[ \t]*([A-Za-z][A-Za-z_ -]{2,40}):[ \t]*(\S.*)$|\{:([A-Za-z_-]{2,40}):[ \t]*([^{}]+)\}"
)
_BY_FOLDED: Final = {
    **{name.casefold().replace("_", "-"): name for name in VARIABLES},
    "original-date": "original-date",
}
_NOT_FROM_NOTES: Final = frozenset({"note", "title", "author", "type", "citation-key", "abstract"})

Told = tuple[str, "JsonPath"]


class Dialect:
    """One entry on its way to CSL; ``told`` has what became words, with its place."""

    def __init__(self, entry: dict[str, Json], *, markdown: bool) -> None:
        self.told: list[Told] = []
        self._markdown = markdown
        self.item: dict[str, Any] = {
            name: value
            for name, value in entry.items()
            if value is not None or name not in VARIABLES
        }

    def run(self) -> dict[str, Any]:
        """The entry as CSL has it."""
        item = self.item
        if "type" not in item and item.get("title"):
            item["type"] = "document"
            self.told.append(("has no type, and is taken for a document", ()))
        if isinstance(item.get("type"), str):
            item["type"] = _CROSSREF_TYPES.get(item["type"], item["type"])
        for variable in list(item):
            item[variable] = self._value(variable, item[variable])
        if isinstance(item.get("note"), str):
            self._take_from_note(item["note"])
        if isinstance(item.get("DOI"), str):
            item["DOI"] = re.sub(r"(?i)^(?:https?:/+(?:dx\.)?doi\.org/|doi:)\s*", "", item["DOI"])
        return item

    def _value(self, variable: str, value: Json) -> Json:
        if variable in NAME_VARIABLES:
            return self._names(variable, value)
        if variable in DATE_VARIABLES:
            return self._date(variable, value)
        if variable in VARIABLES and isinstance(value, list):
            texts = [str(one) for one in value if isinstance(one, str | int | float)]
            return ", ".join(texts) if variable in _JOINED else next(iter(texts), "")
        if self._markdown and "title" in variable.casefold() and isinstance(value, str):
            return read_markdown(value)
        return value

    def _names(self, variable: str, value: Json) -> Json:
        """A list of names; a text is read as BibTeX would read it."""
        if isinstance(value, str):
            return read_names(value)
        given = [value] if isinstance(value, dict) else value
        if not isinstance(given, list):
            return value
        names: list[Json] = []
        for number, name in enumerate(given):
            if isinstance(name, str):
                names += read_names(name)
            elif isinstance(name, dict):
                names.append(self._name({k: v for k, v in name.items() if v is not None}))
            else:
                self.told.append((f"a name that is none: {name!r}", (variable, number)))
        return names

    def _name(self, name: dict[str, Json]) -> Json:
        if isinstance(name.get("name"), str) and not name.get("family") and not name.get("literal"):
            return {**{k: v for k, v in name.items() if k != "name"}, "literal": name["name"]}
        try:
            Name.from_json(name)
        except ValueError:
            return {"literal": " ".join(str(v) for v in name.values() if isinstance(v, str))}
        return name

    def _date(self, variable: str, value: Json) -> Json:
        if isinstance(value, int) and not isinstance(value, bool):
            value = {"date-parts": [[value]]}
        elif isinstance(value, list):
            value = {"date-parts": value if value and isinstance(value[0], list) else [value]}
        elif isinstance(value, str):
            return value if _is_date(value) else self._date_in_words(variable, value)
        if not isinstance(value, dict):
            return value
        date = {key: one for key, one in value.items() if one is not None}
        if isinstance(date.get("season"), str) and not date["season"].isdigit():
            date["season"] = season_of(date["season"]) or date["season"]
        if set(date) == {"raw"} and _is_date(date) and Date.from_json(date).literal:
            found = read_loose_date(str(date["raw"]))
            return date if "literal" in found else found
        return date if _is_date(date) else self._date_in_words(variable, _words_of(date))

    def _date_in_words(self, variable: str, text: str) -> Json:
        date = read_loose_date(text)
        if "literal" in date:
            self.told.append(
                (f"{variable} is not understood, and stays words: {text!r}", (variable,))
            )
        return date

    def _take_from_note(self, note: str) -> None:
        """Variables that people type into the note, since their program has no field for them."""
        taken = dict(_in_note(note))
        for whole, (variable, text) in taken.items():
            if variable in self.item:
                continue
            self.item[variable] = self._value(variable, text)
            note = note.replace(whole, "", 1)
        rest = re.sub(r"\n{3,}", "\n\n", note).strip()
        if rest:
            self.item["note"] = rest
        else:
            del self.item["note"]


def _in_note(note: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for match in _IN_NOTE.finditer(note):
        said = (match[1] or match[3]).casefold().replace(" ", "-").replace("_", "-")
        variable = _BY_FOLDED.get(said)
        if variable and variable not in _NOT_FROM_NOTES:
            yield match[0], (variable, (match[2] or match[4]).strip())


def _is_date(value: Json) -> bool:
    try:
        Date.from_json(value)
    except DateError:
        return False
    return True


def _words_of(date: dict[str, Json]) -> str:
    """The words of a date that is none: its own, or its numbers."""
    for key in ("literal", "raw", "edtf"):
        if isinstance(date.get(key), str):
            return str(date[key])
    parts = date.get("date-parts")
    ends = parts if isinstance(parts, list) else []
    numbers = ["-".join(map(str, end)) for end in ends if isinstance(end, list)]
    return " ".join(filter(None, [str(date.get("season", "")), "/".join(numbers)]))

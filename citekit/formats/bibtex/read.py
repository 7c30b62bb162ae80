"""BibTeX and BibLaTeX text as CSL items: the crosswalk backwards.

One reader for both dialects, by the names that biblatex itself accepts for BibTeX's types and
fields. ``{:variable: value}`` in an annotation, which our writer leaves for what has no field, has
the last word. A field that CSL has no variable for is a finding. Inheritance (crossref, xdata) is
not resolved here.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citekit.findings import Finding, Severity
from citekit.formats.bibtex.blocks import RawEntry, split_entries
from citekit.formats.bibtex.dates import read_date, read_year_and_month
from citekit.formats.bibtex.languages import language_tag
from citekit.formats.bibtex.mapping import Crosswalk, EntryType, crosswalk
from citekit.formats.bibtex.read_names import read_names
from citekit.formats.latex.read import closing_brace, read_latex
from citekit.formats.result import ReadResult, finding, on_lines
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

_THESIS_GENRES = {"phdthesis": "PhD thesis", "mathesis": "Master’s thesis"}
_NOT_CSL = frozenset({"year", "month", "day", "key", "sortkey", "note", "addendum", "annotation",
                      "entrysubtype", "ids", "editortype", "nameatype", "namebtype", "namectype",
                      "namea", "nameb", "namec"})  # fmt: skip
_URL = r"\\url\{([^{}]*)\}"
_ARCHIVED = rf"(?:^|\. |; )Archived at {_URL}(?: and {_URL})*(?: \((.{{0,1000}})\))?\.?$"
_ACCESSED = r"^Accessed (\d{4}(?:-\d\d){0,2})(?:\. |\.?$)"


def read_bibtex(text: str) -> ReadResult:
    """The items of a file; keys become ids as they are. Bad blocks and lost fields are findings."""
    entries, findings = split_entries(text)
    items = []
    for entry in entries:
        item, lost = _read_entry(entry)
        items.append(item)
        findings += [_of_lost(entry, name) for name in lost]
    return ReadResult(
        items=tuple(items),
        findings=tuple(findings),
        place_of=on_lines([entry.line for entry in entries]),
    )


def _of_lost(entry: RawEntry, name: str) -> Finding:
    message = f"{entry.key}: CSL has nowhere to put the field {name!r}"
    return finding("CK-W415", message, line=entry.line, severity=Severity.WARNING)


def _read_entry(entry: RawEntry) -> tuple[dict[str, Any], list[str]]:
    """The item, and the fields that were lost."""
    walk = crosswalk("biblatex")
    fields = {
        _aliases()["field"].get(name, name): value
        for name, value in entry.fields.items()
        if value.strip()
    }
    type_name, genre = _aliases()["type"].get(entry.type, (entry.type, ""))
    if genre:
        fields.setdefault("type", genre)
    kept: dict[str, str] = {}
    fields["annotation"] = _take_variables(fields.get("annotation", ""), kept)
    kind = walk.for_entry(type_name, fields)
    if kept.get("type") not in (None, kind.csl):
        kind = walk.for_item({**kept, "type": read_latex(kept["type"])})
    item: dict[str, Any] = {"id": entry.key, "type": kind.csl, **_read_ids(fields)}
    own = _own_fields(kind, entry.type)
    told = {name: v for name, v in fields.items() if kind.fixed.get(name) != v}
    lost = _read_fields(item, told, own, walk)
    _read_issued(item, fields)
    _read_roles(item, fields, walk)
    _read_notes(item, fields)
    for variable, value in kept.items():
        item[variable] = _read_value(variable, value, None)
    _read_howpublished(item, fields)
    return item, lost


def _read_ids(fields: Mapping[str, str]) -> dict[str, Any]:
    """Other keys of the entry, as citekit keeps those of an item; nothing where there are none."""
    keys = dict.fromkeys(filter(None, map(str.strip, fields.get("ids", "").split(","))))
    return {"custom": {"citekit": {"aliases": list(keys)}}} if keys else {}


def _read_fields(
    item: dict[str, Any], fields: Mapping[str, str], own: Mapping[str, str], walk: Crosswalk
) -> list[str]:
    """Fill the item from fields that hold one variable each; returns those that nothing holds."""
    lost = []
    for name, value in fields.items():
        if name in _NOT_CSL:
            continue
        variable = own.get(name) or _anywhere().get(name)
        if variable is None or variable in item:
            lost.append(name)
        elif not (variable == "editor" and "editortype" in fields):
            item[variable] = _read_value(variable, value, walk.kinds.get(name))
    return lost


def _own_fields(kind: EntryType, entry: str) -> dict[str, str]:
    """The variable of each field of a type."""
    reverse = {field: variable for variable, field in reversed(tuple(kind.fields.items()))}
    classic = crosswalk("bibtex").misc.fields if entry == "misc" else {}
    return {**{field: variable for variable, field in classic.items()}, **reverse}


@cache
def _anywhere() -> dict[str, str]:
    """The variable of a field in whatever type has it, the first type first."""
    return {
        field: variable
        for kind in reversed(crosswalk("biblatex").types)
        for variable, field in reversed(tuple(kind.fields.items()))
    }


def _read_value(variable: str, value: str, kind: str | None) -> Any:  # noqa: ANN401  # JSON
    if kind == "verbatim":
        return re.sub(r"\s+", "%20", re.sub(r"\\([%#&_~])", r"\1", value).strip())
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


def _read_date(value: str) -> dict[str, Any]:
    """A date from the raw field: ``~`` means about in it, and not a space."""
    date = read_date(value.strip("{} ").replace("?~", "%"))  # ?~ is EDTF's older spelling of %
    return {"literal": read_latex(value)} if "literal" in date else date


def _unwrapped(value: str) -> str:
    """The value without braces around the whole of it: ``{{Title}}`` protects nothing in CSL."""
    return value[1:-1] if re.fullmatch(r"\{[^{}]*\}", value.strip()) else value


def _read_issued(item: dict[str, Any], fields: Mapping[str, str]) -> None:
    if "issued" not in item and "year" in fields:
        month, day = fields.get("month", ""), fields.get("day", "")
        item["issued"] = read_year_and_month(read_latex(fields["year"]), read_latex(month), day)


def _read_roles(item: dict[str, Any], fields: Mapping[str, str], walk: Crosswalk) -> None:
    """``namea`` and its like, and an editor who is something else."""
    variables = {role: variable for variable, role in walk.roles.items()}
    for slot, type_field in (
        ("editor", "editortype"),
        *((s, f"{s}type") for s in ("namea", "nameb", "namec")),
    ):
        if slot in fields and type_field in fields:
            variable = variables.get(fields[type_field].strip(), "contributor")
            item.setdefault(variable, []).extend(read_names(fields[slot]))


def _read_notes(item: dict[str, Any], fields: Mapping[str, str]) -> None:
    """Archived copy and access date out of the notes, then what is left of them."""
    printed = (_take_archive(item, fields.get(name, "")) for name in ("note", "addendum"))
    notes = [fields["annotation"], *printed]
    note = "\n\n".join(shown for shown in map(read_latex, notes) if shown)
    if note:
        item["note"] = note


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


def _take_archive(item: dict[str, Any], text: str) -> str:
    found = re.search(_ARCHIVED, text)
    if found:
        item["archive_location"] = re.sub(r"\\([%#&_~])", r"\1", found[1])
        if found[3]:
            item["archive"] = read_latex(found[3])
        text = text[: found.start()]
    accessed = re.match(_ACCESSED, text)
    if accessed and "accessed" not in item:
        item["accessed"] = read_date(accessed[1])
        text = text[accessed.end() :]
    return text


def _read_howpublished(item: dict[str, Any], fields: Mapping[str, str]) -> None:
    r"""``howpublished = {\url{…}}``, BibTeX's way to give an address."""
    address = re.fullmatch(_URL, fields.get("howpublished", "").strip())
    if address and "URL" not in item:
        item["URL"] = re.sub(r"\\([%#&_~])", r"\1", address[1])
        for variable in ("medium", "publisher"):
            if item.get(variable) == read_latex(fields["howpublished"]):
                del item[variable]


@cache
def _aliases() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("aliases.toml").read_text(encoding="utf-8"))

"""RIS: tagged lines, one value each.

Source: the RIS specification of 2012 (Research Information Systems), as Zotero, EndNote and
Mendeley read it. Values stand on one line, so line breaks in an item become spaces.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citekit.formats.bibtex.dates import literal_date, read_date, write_date
from citekit.formats.bibtex.read_names import read_names
from citekit.formats.bibtex.write_names import write_names
from citekit.formats.latex.write import escape
from citekit.formats.one_line import fold
from citekit.formats.result import ReadResult, finding, on_lines
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from citekit.findings import Finding

_LINE = re.compile(r"^([A-Z][A-Z0-9]) {1,2}- ?(.*)$")
_KEPT = re.compile(r"\{:([A-Za-z][A-Za-z_-]*): (.+)\}")
# Tags that may stand many times: their values are joined once, behind what is there.
_LISTS = {"KW": ("keyword", ", "), "N1": ("note", "\n\n"), "EP": ("page", "-")}
_NOT_TAGGED = frozenset({"id", "type", "custom"})

Tagged = tuple[str, str]


# ---- writing


def write_ris(items: Iterable[Mapping[str, Any]]) -> str:
    """The items as records; the id is the ``ID`` line."""
    return "\n".join(_record(item) for item in items)


def _record(item: Mapping[str, Any]) -> str:
    tag = _table()["type"].get(str(item.get("type")), "GEN")
    lines = [("TY", tag), ("ID", fold(str(item.get("id", "")))), *_lines(item)]
    if _csl_type(tag) != item.get("type"):
        lines += _keep("type", item.get("type"))
    return "".join(f"{name}  - {text}\n" for name, text in [*lines, ("ER", "")])


def _lines(item: Mapping[str, Any]) -> Iterator[Tagged]:
    for variable, value in item.items():
        if variable in _NOT_TAGGED:
            continue
        lines = list(_tagged(variable, value))
        back = _read_lines(lines)
        yield from lines
        if back.get(variable) != _plain(variable, value):
            yield from _keep(variable, value)


def _tagged(variable: str, value: Any) -> Iterator[Tagged]:  # noqa: ANN401  # JSON
    """The lines of a variable that has a tag."""
    table = _table()
    if variable in table["name"] and isinstance(value, list | tuple):
        yield from ((table["name"][variable], _write_name(name)) for name in value)
    elif variable == "issued":
        yield from _write_issued(write_date(value))
    elif variable == "accessed":
        yield from ((("Y2", _slashed(write_date(value))),) if write_date(value) else ())
    elif isinstance(value, list | tuple) or hasattr(value, "keys"):
        return
    elif variable == "page":
        yield from _write_pages(fold(str(value)))
    elif variable == "keyword":
        yield from (("KW", word) for word in fold(str(value)).split(", ") if word)
    elif variable in ("ISBN", "ISSN"):
        yield ("SN", fold(str(value)))
    elif variable == "note":
        yield from (("N1", text) for text in _paragraphs(str(value)))
    elif variable in table["text"] and fold(str(value)):
        yield (table["text"][variable], fold(str(value)))


def _paragraphs(text: str) -> list[str]:
    return [line for line in map(fold, re.split(r"\n\s*\n", text)) if line]


def _write_issued(edtf: str) -> Iterator[Tagged]:
    year = edtf.split("-", 1)[0]
    if re.fullmatch(r"(?a)\d{4}", year):
        yield ("PY", year)
        yield ("DA", _slashed(edtf))


def _slashed(edtf: str) -> str:
    """``YYYY/MM/DD/``, the form of RIS.

    >>> _slashed("2023-06")
    '2023/06//'
    """
    parts = re.split(r"[-T/~]", edtf)[:3]
    return "/".join([*parts, "", "", ""][:3]) + "/"


def _write_pages(pages: str) -> Iterator[Tagged]:
    first, _, last = pages.replace("–", "-").partition("-")
    yield ("SP", first.strip())
    if last:
        yield ("EP", last.strip())


def _write_name(name: Any) -> str:  # noqa: ANN401  # JSON
    if not hasattr(name, "get"):
        return ""
    if name.get("literal"):
        return fold(str(name["literal"]))
    particles = (name.get("dropping-particle"), name.get("non-dropping-particle"))
    family = " ".join(str(part) for part in (*particles, name.get("family")) if part)
    parts = [family, str(name.get("given", "")), str(name.get("suffix", ""))]
    return fold(", ".join(parts).rstrip(", ") + ("," if not any(parts[1:]) else ""))


def _keep(variable: str, value: Any) -> Iterator[Tagged]:  # noqa: ANN401  # JSON
    """What no tag holds, in the words of ``_plain``."""
    if variable in DATE_VARIABLES:
        text = write_date(value) or literal_date(value)
    elif variable in NAME_VARIABLES:
        text = write_names(value, escape, extended=True)
    else:
        text = str(value) if isinstance(value, str | int | float) else ""
    line = _kept(variable, fold(text))
    if _KEPT.fullmatch(line[1]):
        yield line


def _kept(variable: str, text: str) -> Tagged:
    return ("N1", f"{{:{variable}: {text}}}")


def _plain(variable: str, value: Any) -> Any:  # noqa: ANN401  # JSON
    """The value as reading should give it back."""
    if variable in DATE_VARIABLES:
        return read_date(write_date(value) or literal_date(value))
    if variable == "note":
        return "\n\n".join(_paragraphs(str(value)))
    return fold(str(value)) if isinstance(value, str | int | float) else value


# ---- reading


def read_ris(text: str) -> ReadResult:
    """The items of a file; a record that cannot be read is a finding with its line.

    Many programs write no ``ID``: such an item has no ``id``, and whoever takes it in makes one.
    """
    items: list[dict[str, Any]] = []
    findings: list[Finding] = []
    lines: list[int] = []
    seen: set[str] = set()
    for line, tagged in _records(text):
        item = {"type": _csl_type(tagged[0][1]), **_read_lines(tagged[1:])}
        key = item.get("id")
        if tagged[0][0] != "TY":
            findings.append(finding("CK-E431", "a record that does not begin with TY", line=line))
        elif key in seen:
            message = f"the ID {key!r} stands twice; the first counts"
            findings.append(finding("CK-E432", message, line=line))
        else:
            items.append(item)
            lines.append(line)
            seen |= {key} if key else set()
    return ReadResult(items=tuple(items), findings=tuple(findings), place_of=on_lines(lines))


def _records(text: str) -> Iterator[tuple[int, list[Tagged]]]:
    """Each record with the line it begins at; a line without a tag goes on with the one before."""
    record: list[tuple[str, list[str]]] = []  # a value's lines are joined once, not one by one
    start = 1
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        match = _LINE.match(line)
        if match and match[1] == "ER":
            if record:
                yield start, _joined(record)
            record = []
        elif match:
            start = start if record else number
            record.append((match[1], [match[2].strip()]))
        elif record and line.strip():
            record[-1][1].append(line.strip())
    if record:
        yield start, _joined(record)


def _joined(record: list[tuple[str, list[str]]]) -> list[Tagged]:
    return [(tag, " ".join(filter(None, lines))) for tag, lines in record]


def _read_lines(lines: Iterable[Tagged]) -> dict[str, Any]:
    """The variables in the lines of one record."""
    table = _table()
    item: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    lists: dict[str, list[str]] = {}
    texts, names = _reversed("text"), _reversed("name")
    for raw, value in lines:
        tag = table["alias"].get(raw, raw)
        match = _KEPT.fullmatch(value)
        if tag == "N1" and match:
            kept[match[1]] = _read_kept(match[1], match[2])
        elif not value:
            continue
        elif tag in names:
            item.setdefault(names[tag], []).append(_read_name(value))
        elif tag in texts:
            item.setdefault(texts[tag], value)
        elif tag in _LISTS:
            variable, _ = _LISTS[tag]
            item.setdefault(variable, "")  # keeps its place among the others
            lists.setdefault(tag, []).append(value)
        else:
            _read_other(item, tag, value)
    for tag, values in lists.items():
        variable, mark = _LISTS[tag]
        item[variable] = mark.join(filter(None, [item[variable], *values]))
    return {**item, **kept}


def _read_other(item: dict[str, Any], tag: str, value: str) -> None:
    """Tags that are not one text variable each."""
    if tag == "ID":
        item["id"] = value
    elif tag == "SP":
        item["page"] = value
    elif tag == "SN":
        item["ISSN" if re.fullmatch(r"(?a)\d{4}-?\d{3}[\dXx]", value) else "ISBN"] = value
    elif tag == "DA" or (tag == "PY" and "issued" not in item):
        item["issued"] = _read_slashed(value)
    elif tag == "Y2":
        item["accessed"] = _read_slashed(value)


def _read_slashed(text: str) -> dict[str, Any]:
    """A date from ``YYYY/MM/DD/words``."""
    parts = text.split("/")
    digits = [part.strip() for part in parts[:3] if part.strip()]
    return read_date("-".join(digits) if all(part.isdigit() for part in digits) else text)


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


# ---- the tables


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("ris.toml").read_text(encoding="utf-8"))


@cache
def _reversed(section: str) -> dict[str, str]:
    return {tag: variable for variable, tag in _table()[section].items()}


def _csl_type(tag: str) -> str:
    return _reversed("type").get(tag) or _table()["also"].get(tag, "document")

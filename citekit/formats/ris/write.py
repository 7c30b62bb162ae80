"""CSL items as RIS records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from citekit.formats.bibtex.dates import literal_date, read_date, write_date
from citekit.formats.bibtex.write_names import write_names
from citekit.formats.facts import facts_of
from citekit.formats.latex.write import escape
from citekit.formats.one_line import fold
from citekit.formats.ris.read import KEPT_VARIABLE, Tagged, read_lines
from citekit.formats.ris.tags import csl_type, table
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NOT_TAGGED = frozenset({"id", "type", "custom"})


def write_ris(items: Iterable[Mapping[str, Any]]) -> str:
    """The items as records; the id is the ``ID`` line."""
    return "\n".join(_record(item) for item in items)


def _record(item: Mapping[str, Any]) -> str:
    tag = table()["type"].get(str(item.get("type")), "GEN")
    lines = [("TY", tag), ("ID", fold(str(item.get("id", "")))), *_lines(item, tag)]
    if csl_type(tag) != item.get("type"):
        lines += _keep("type", item.get("type"))
    return "".join(f"{name}  - {text}\n" for name, text in [*lines, *_kept_lines(item), ("ER", "")])


def _kept_lines(item: Mapping[str, Any]) -> Iterator[Tagged]:
    """The lines that were read from a record and that no variable holds."""
    entry = facts_of(item).get("entry")
    lines = entry.get("lines") if isinstance(entry, Mapping) else None
    for line in lines if isinstance(lines, list | tuple) else ():
        if isinstance(line, list | tuple) and len(line) == 2:
            tag, text = str(line[0]), fold(str(line[1]))
            if re.fullmatch(r"[A-Z][A-Z0-9]", tag) and tag not in ("TY", "ER", "ID") and text:
                yield tag, text


def _lines(item: Mapping[str, Any], tag: str) -> Iterator[Tagged]:
    for variable, value in item.items():
        if variable in _NOT_TAGGED:
            continue
        lines = list(_tagged(variable, value))
        back = read_lines(lines, tag).item
        yield from lines
        if back.get(variable) != _plain(variable, value):
            yield from _keep(variable, value)


def _tagged(variable: str, value: Any) -> Iterator[Tagged]:  # noqa: ANN401  # JSON
    """The lines of a variable that has a tag."""
    tags = table()
    if variable in tags["name"] and isinstance(value, list | tuple):
        yield from ((tags["name"][variable], _write_name(name)) for name in value)
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
    elif variable in tags["text"] and fold(str(value)):
        yield (tags["text"][variable], fold(str(value)))


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
    if KEPT_VARIABLE.fullmatch(line[1]):
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

"""The record of an item as lines that a person edits, ``FIELD = VALUE``, as ``set`` takes them.

What is not touched stays as it is, whatever it is made of. What cannot be said on such a line
(names with more parts, dates with words, texts of several lines) stands there as JSON.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from citekit.app.changing.fields import read_value, split_assignment
from citekit.errors import CitekitError, InvalidData
from citekit.formats.bibtex.write_names import write_names
from citekit.model.date import Date
from citekit.model.records.control_characters import escaped_json
from citekit.model.records.json_text import parse_json
from citekit.model.value import Value
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.model.item import Item

_HELP: Final = """\
The record of {key}: change, add and remove lines, then save and close.
Names as in BibTeX: Lund, Ida and {{Harbour Office}}. Dates: 2020-06-04, 2020-06, 2019/2021, 2019~.
A field whose line is gone is removed. Lines that begin with # are not read.
Not here: the key (citekit rename), the access (citekit set --access).
"""
_HIDDEN: Final = ("id", "custom")
_MARK: Final = "#!"
_BEGINS_JSON: Final = ('"', "[{", '{"')


class Fault(Value):
    """What is wrong with a line of a sheet; ``line`` counts from 1, 0 is the whole."""

    line: int
    error: CitekitError


class Edited(Value):
    """What a sheet says otherwise than the record: CSL variables, None for one that is removed."""

    changes: dict[str, Any]
    faults: tuple[Fault, ...] = ()


def make_sheet(item: Item) -> str:
    """The sheet for an item."""
    head = "".join(f"# {line}\n" for line in _HELP.format(key=item.key).splitlines())
    lines = (f"{name} = {_shown(name, value)}\n" for name, value in _shown_data(item))
    return f"{head}\n{''.join(lines)}"


def with_faults(sheet: str, faults: Iterable[Fault]) -> str:
    """The sheet with what is wrong above each line, instead of what was said there before."""
    told: dict[int, list[str]] = {}
    for fault in faults:
        hint = f" ({fault.error.hint})" if fault.error.hint else ""
        told.setdefault(fault.line, []).append(
            f"{_MARK} {' '.join(f'{fault.error}{hint}'.split())}"
        )
    marked = [[*told.get(number, ()), line] for number, line in enumerate(_lines(sheet), 1)]
    return "\n".join(line for part in (told.get(0, []), *marked) for line in part)


def without_faults(sheet: str) -> str:
    """The sheet without what ``with_faults`` has put there."""
    return "\n".join(line for line in _lines(sheet) if not line.startswith(_MARK))


def _lines(sheet: str) -> list[str]:
    """The lines as editors number them: other signs that end one for Python are within."""
    return sheet.replace("\r\n", "\n").split("\n")


def read_sheet(sheet: str, item: Item) -> Edited:
    r"""What a sheet says otherwise than the item; every line that is wrong is told.

    >>> from citekit.model.item import Item
    >>> item = Item.from_json({"id": "a", "type": "book", "title": "Old", "publisher": "Quay"})
    >>> read_sheet("type = book\ntitle = New\n", item).changes
    {'title': 'New', 'publisher': None}
    """
    before = dict(_shown_data(item))
    changes: dict[str, Any] = {}
    faults: list[Fault] = []
    seen: set[str] = set()
    for number, line in enumerate(_lines(sheet), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            name, text = split_assignment(line)
            if name in seen:
                raise InvalidData(f"{name} has two lines", hint="join them, or remove one")
            seen.add(name)
            if name not in before or text != _shown(name, before[name]):
                changes[name] = _read(name, text)
        except CitekitError as error:
            faults.append(Fault(line=number, error=error))
    gone = {} if faults else {name: None for name in before if name not in seen}
    return Edited(changes={**changes, **gone}, faults=tuple(faults))


def _shown_data(item: Item) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in item.data.items() if name not in _HIDDEN)


def _read(name: str, text: str) -> Any:  # noqa: ANN401  # a JSON value
    """The value that a line says; None where it is empty."""
    if text.startswith('"'):
        with suppress(InvalidData):  # a title may begin with a quotation mark
            return parse_json(text)
    if text.startswith(_BEGINS_JSON[1:]):
        return parse_json(text)
    return read_value(name, text) if text else None


def _shown(name: str, value: Any) -> str:  # noqa: ANN401  # a JSON value
    """A value on a line, if it would be read as what it is; else as JSON."""
    text = _written(name, value)
    is_plain = text.isprintable() and text == text.strip() and not text.startswith(_BEGINS_JSON)
    with suppress(CitekitError):
        if is_plain and _read(name, text) == value:
            return text
    return escaped_json(json.dumps(value, ensure_ascii=False))


def _written(name: str, value: Any) -> str:  # noqa: ANN401  # a JSON value
    """A value as people type it, which may say less than it does."""
    if name in NAME_VARIABLES:
        return write_names(value, str, extended=False)
    if name in DATE_VARIABLES:
        return Date.from_json(value).to_edtf()
    return str(value)

"""``citekit list`` and ``search``: answered by the index, so that they start fast."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from citekit.app.looking.listing import LISTED, list_items
from citekit.app.looking.search import search as search_items
from citekit.app.looking.spreadsheet import csv_line
from citekit.cli import output
from citekit.cli.actions.daily.table import table
from citekit.errors import UsageError
from citekit.model.nearest import did_you_mean
from citekit.model.title_markup import without_markup
from citekit.model.value import as_dict
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES, VARIABLES, variable_meant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from citekit.app.looking.listing import Sort
    from citekit.cli.context import Context
    from citekit.model.item import Access
    from citekit.store.index.sqlite import Row
    from citekit.store.reading import ArchiveReader

    Cell = Callable[[Row], str]

_BREAKS: Final = dict.fromkeys(range(9, 14), " ")  # not the spaces that other scripts need


def list_(
    context: Context,
    *,
    query: list[str],
    type_: str | None,
    access: Access | None,
    year: str | None,
    author: str | None,
    tag: list[str],
    missing: list[str],
    sort: Sort | None,
    reverse: bool,
    columns: str | None,
    csv: bool,
) -> int:
    """Print a line for each item that is asked for: key, author, year and title, or what is."""
    reader = context.reader()
    cells = _columns(reader, columns or ",".join(LISTED))
    rows = list_items(
        reader,
        type=type_,
        access=access,
        words=" ".join(query).split(),
        year=year,
        author=author,
        tags=tag,
        missing=missing,
        sort=sort or "key",
        reverse=reverse,
        unreadable=partial(output.warn, quiet=context.quiet),
    )
    if context.json:
        output.answer_json([_json(row) for row in rows])
    elif csv:
        _print_csv(rows, cells)
    else:
        _print_table(rows, cells)
        if not rows:
            output.note("no items", quiet=context.quiet)
    return 0


def search(context: Context, *, query: list[str], limit: int | None) -> int:
    """Print the items that match, best first."""
    words = " ".join(query)
    if not words.strip():
        raise UsageError("nothing to search for", hint="citekit list shows every item")
    hits = search_items(
        context.reader(),
        words,
        limit=limit or 20,
        unreadable=partial(output.warn, quiet=context.quiet),
    )
    if context.json:
        output.answer_json([as_dict(hit) for hit in hits])
        return 0
    for hit in hits:
        output.answer(f"{hit.key}  {_one_line(without_markup(hit.title))}")
        if hit.snippet and hit.field != "title":  # which stands there already
            output.answer(f"    {hit.field}: {' '.join(hit.snippet.split())}")
    if not hits:
        output.note("nothing found", quiet=context.quiet)
    return 0


def _print_table(rows: Sequence[Row], cells: Mapping[str, Cell]) -> None:
    shown = {**cells, "title": _shown_title} if "title" in cells else cells
    lines = [[_one_line(cell(row)) for cell in shown.values()] for row in rows]
    for line in table(lines, width=output.width()) if lines else ():
        output.answer_as_it_is(line)


def _print_csv(rows: Sequence[Row], cells: Mapping[str, Cell]) -> None:
    output.answer_as_it_is(csv_line(cells))
    for row in rows:
        output.answer_as_it_is(csv_line(cell(row) for cell in cells.values()))


def _json(row: Row) -> dict[str, object]:
    return {name: value for name, value in row._asdict().items() if name != "variables"}


_CELLS: Final[dict[str, Cell]] = {
    "key": lambda row: row.key,
    "author": lambda row: row.author,
    "names": lambda row: "; ".join(row.names),
    "year": lambda row: "" if row.year is None else str(row.year),
    "date": lambda row: row.issued,
    "title": lambda row: row.title,
    "container": lambda row: row.container,
    "publisher": lambda row: row.publisher,
    "type": lambda row: row.type,
    "access": lambda row: row.access,
    "url": lambda row: row.url,
    "tags": lambda row: ", ".join(row.tags),
    "added": lambda row: row.added,
    "captures": lambda row: str(row.captures),
    "annotations": lambda row: str(row.annotations),
}
"""The columns that the index has."""


def _columns(reader: ArchiveReader, names: str) -> dict[str, Cell]:
    """What stands in each column that is named; raises UsageError for a name that is none.

    What the index has not is read from the records.
    """
    found: dict[str, Cell] = {}
    for name in filter(None, map(str.strip, names.split(","))):
        if name.lower() in _CELLS:
            found[name.lower()] = _CELLS[name.lower()]
            continue
        variable = variable_meant(name)
        if variable not in VARIABLES:
            hint = did_you_mean(name, (*_CELLS, *VARIABLES)) or ", ".join(_CELLS)
            raise UsageError(f"is no column: {name!r}", hint=hint)
        found[variable] = partial(_read_cell, reader, variable)
    if not found:
        raise UsageError("names no column", hint=", ".join(_CELLS))
    return found


def _read_cell(reader: ArchiveReader, variable: str, row: Row) -> str:
    item = reader.item(row.key)
    if variable in NAME_VARIABLES:
        return "; ".join(map(str, item.names(variable)))
    if variable in DATE_VARIABLES:
        date = item.date(variable)
        return date.to_edtf() if date else ""
    return item.text(variable)


def _shown_title(row: Row) -> str:
    """The title without mark-up, and before it that others do not see the item."""
    mark = f"[{row.access}] " if row.access in ("private", "withdrawn") else ""
    return mark + without_markup(row.title)


def _one_line(text: str) -> str:
    return " ".join(word for word in text.translate(_BREAKS).split(" ") if word)

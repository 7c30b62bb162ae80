"""Lists of sources or items: a CSV file with a heading, or JSON Lines; a line each.

A column is ``file``, ``url``, ``key``, ``access``, ``tags``, or a field as ``citekit set`` takes
it; what ``citekit list --csv`` has written is read as it was. Every line stands for itself: what is
wrong with one does not keep the others out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, get_args

from citekit.app.changing.fields import read_fields
from citekit.app.intake.adding.sources import read_source
from citekit.app.looking.spreadsheet import without_apostrophe
from citekit.errors import CitekitError, InvalidData, Place
from citekit.formats.decoding import decode_bibliography
from citekit.model.item import Access
from citekit.model.records.json_text import parse_json
from citekit.model.value import Value
from citekit.model.variables import variable_meant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_SEPARATORS: Final = ",;\t"


class ManifestLine(Value):
    """One line: where it stands, and its cells by the names of their columns; none is empty."""

    place: Place
    cells: Mapping[str, Any]

    def text(self, column: str) -> str | None:
        """The text of a cell; None where it is empty or there is none. Raises InvalidData."""
        value = self.cells.get(column)
        if value is None or isinstance(value, str):
            return value
        raise InvalidData(f'"{column}" is not text: {value!r}')

    @property
    def access(self) -> Access | None:
        """The access that is named; raises InvalidData for a word that is none."""
        text = self.text("access")
        for access in get_args(Access):
            if text == access:
                return access  # type: ignore[no-any-return]  # one of its words
        if text is None:
            return None
        raise InvalidData(f"is no access: {text!r}", hint="public, restricted or private")

    def fields(self, *, besides: Collection[str]) -> dict[str, Any]:
        """The CSL variables of the other columns; None removes one.

        Raises UsageError for a column that is no field, InvalidData for a value that is none.
        """
        fields: dict[str, Any] = {}
        for column, value in self.cells.items():
            if column not in (*besides, "access"):
                fields.update(_field(variable_meant(column), value))
        return fields

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Have what goes wrong say that it is this line."""
        try:
            yield
        except CitekitError as error:
            self.blame(error)
            raise

    def blame(self, error: CitekitError) -> CitekitError:
        """The error, which says that it is this line."""
        error.message, error.place = str(error), self.place
        return error


def read_manifest(path: Path) -> tuple[ManifestLine, ...]:
    """The lines of a list: JSON Lines where its name says so, else CSV.

    Raises NotFound, InvalidData or StorageFailed for a list that cannot be read as a whole.
    """
    text, _ = decode_bibliography(read_source(path))
    is_json = path.suffix.lower() in (".jsonl", ".ndjson")
    lines = tuple((_json_lines if is_json else _csv_lines)(text, str(path)))
    if not lines:
        raise InvalidData("has no lines", place=str(path), hint="a heading comes first in CSV")
    return lines


def _csv_lines(text: str, path: str) -> Iterator[ManifestLine]:
    """The rows below the heading; their separator is the one that is in it most often."""
    heading = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=heading.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    columns: list[str] = []
    line = 1
    try:
        for row in rows:
            place, line = Place(path=path, line=line), rows.line_num + 1
            if not columns:
                columns = _columns(row, place)
            elif any(map(str.strip, row)):
                yield ManifestLine(place=place, cells=_cells(columns, row, place))
    except csv.Error as error:
        place = Place(path=path, line=line)
        raise InvalidData(f"is no CSV: {error}", place=place) from error


def _columns(row: list[str], place: Place) -> list[str]:
    columns = [cell.strip() for cell in row]
    if not all(columns) or len(set(columns)) < len(columns):
        hint = "the first line names each column: file, url, key, access, tags, title, author …"
        raise InvalidData("a column has no name, or that of another", place=place, hint=hint)
    return columns


def _cells(columns: list[str], row: list[str], place: Place) -> dict[str, Any]:
    if len(row) > len(columns):
        hint = 'put cells with a separator in them into quotes: "Lund, Bo"'
        raise InvalidData(
            f"has {len(row)} cells, and the heading {len(columns)}", place=place, hint=hint
        )
    pairs = zip(columns, (without_apostrophe(cell.strip()) for cell in row), strict=False)
    return {column: cell for column, cell in pairs if cell}


def _json_lines(text: str, path: str) -> Iterator[ManifestLine]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        place = Place(path=path, line=number)
        try:
            cells = parse_json(line)
        except InvalidData as error:
            raise InvalidData(error.message, place=place, hint=error.hint) from error
        if not isinstance(cells, dict):
            raise InvalidData("is no JSON object", place=place)
        yield ManifestLine(place=place, cells=cells)


def _field(name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401  # a JSON value
    """A variable with its value; names and dates may be as CSL-JSON has them."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = (", " if name == "keyword" else " and ").join(value)
    if isinstance(value, list | dict):
        (variable,) = read_fields([f"{name}="])
        return {variable: value}
    return read_fields([f"{name}={'' if value is None else value}"])

"""CSV that a spreadsheet opens and computes nothing of: written, and read again.

Source: RFC 4180; OWASP, "CSV Injection".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.model.records.control_characters import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet takes for a formula."""


def csv_line(cells: Iterable[str]) -> str:
    """A line of CSV (RFC 4180); before what a spreadsheet would compute stands an apostrophe.

    >>> print(csv_line(["lund2020", "=1+1", "Lund, Bo"]))
    lund2020,'=1+1,"Lund, Bo"
    """
    return ",".join(_csv_cell(replaced(cell)) for cell in cells)


def _csv_cell(cell: str) -> str:
    inert = f"'{cell}" if cell.startswith(_COMPUTED) else cell
    needs_quotes = any(sign in inert for sign in ',"\r\n')
    return '"{}"'.format(inert.replace('"', '""')) if needs_quotes else inert


def without_apostrophe(cell: str) -> str:
    """A cell as it was before it was written: without the apostrophe that makes it inert.

    >>> without_apostrophe("'=1+1"), without_apostrophe("'twas")
    ('=1+1', "'twas")
    """
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_COMPUTED) else cell

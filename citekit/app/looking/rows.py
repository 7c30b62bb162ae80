"""Lists that a notebook shows as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self, TypeVar

from citekit.model.title_markup import escaped, without_markup

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

MOST_SHOWN: Final = 100
"""How many rows a notebook shows: nobody reads ten thousand, and a page with them is slow."""


class Rows(tuple[T, ...]):  # noqa: SLOT001  # a tuple can have no slots of its own
    """A tuple; in a notebook a table of these attributes of its members."""

    columns: tuple[str, ...]

    def __new__(cls, members: Iterable[T], columns: Iterable[str]) -> Self:
        """Keep the members, and which of their attributes are shown."""
        rows = super().__new__(cls, members)
        rows.columns = tuple(columns)
        return rows

    def __repr__(self) -> str:
        keys = [str(getattr(row, self.columns[0])) for row in self[:3]]
        more = ["…"] if len(self) > len(keys) else []
        return f"<{len(self)} rows: {', '.join(keys + more)}>" if self else "<no rows>"

    def _repr_html_(self) -> str:
        """The table, with all that is archived escaped; beyond the first rows their number."""
        head = "".join(f"<th>{_shown(name)}</th>" for name in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{_shown(getattr(row, name))}</td>' for name in self.columns)}</tr>"
            for row in self[:MOST_SHOWN]
        )
        more = len(self) - MOST_SHOWN
        rest = f"<p>… and {more} more</p>" if more > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


def _shown(value: object) -> str:
    """A value between tags; the light mark-up of titles is taken out, any other is text."""
    return escaped(without_markup(str(value)))

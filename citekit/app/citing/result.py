"""What citing gives: references in the format asked for, and their parts."""

from __future__ import annotations

from typing import Final, Literal, get_args

from citekit.model.title_markup import escaped
from citekit.model.value import Value

_BothWays = Literal["bibtex", "biblatex", "csl-json", "csl-yaml", "hayagriva", "ris", "wikipedia"]
ReadFormat = Literal[_BothWays, "bbt-json", "nbib", "zotero-rdf"]
DataFormat = _BothWays
StyledFormat = Literal["text", "html", "markdown", "latex", "rtf"]
DATA_FORMATS: Final[tuple[str, ...]] = get_args(DataFormat)
STYLED_FORMATS: Final[tuple[str, ...]] = get_args(StyledFormat)


class Reference(Value):
    """One entry of a bibliography; ``html`` is None where it was not asked for."""

    key: str
    text: str
    html: str | None = None


class Explained(Value):
    """The pieces of one entry or citation (``key`` is None), each with where it came from.

    A piece is (text, variable, macro, line of the style); what a piece did not come from is None.
    """

    key: str | None
    pieces: tuple[tuple[str, str | None, str | None, int | None], ...]


class Cited(Value):
    """References: the ``text`` in the format asked for, and its parts.

    ``citations`` holds the in-text citation where one was asked for. ``references`` are in the
    order of the style; in a data format in the order asked for, and there only when ``apart``.
    ``html`` is all of it as HTML; None in a data format, and where nothing was asked ``apart``.
    """

    text: str
    format: str
    citations: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    warnings: tuple[str, ...] = ()
    explained: tuple[Explained, ...] = ()
    html: str | None = None

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        first = self.text.partition("\n")[0]
        return f"<{self.format}: {first if first == self.text else f'{first} …'}>"

    def _repr_html_(self) -> str:
        """What a notebook shows; all that is archived is escaped in it."""
        if self.html is not None:
            return self.html
        return f"<pre>{escaped(self.text)}</pre>"

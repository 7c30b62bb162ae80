"""CSL-JSON items to and from the bibliography formats; pure.

``write(items, format)`` and ``read(text, format)`` are the whole interface. Items are plain
CSL-JSON objects. A format is imported when it is asked for: start-up time is a promise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from citekit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WriteFormat = Literal["biblatex", "bibtex", "csl-json"]
WRITE_FORMATS: Final[tuple[str, ...]] = get_args(WriteFormat)


def write(items: Iterable[Mapping[str, Any]], format: str) -> str:  # noqa: A002  # the word of the CLI
    """The items in a format of WRITE_FORMATS, ids unchanged; raises UsageError, InvalidData."""
    match format:
        case "biblatex" | "bibtex":
            from citekit.formats.bibtex.write import write_bibtex

            return write_bibtex(items, format)
        case "csl-json":
            from citekit.formats.csl_json import write_csl_json

            return write_csl_json(items)
        case _:
            raise UsageError(
                f"no such format: {format!r}", hint=f"one of: {', '.join(WRITE_FORMATS)}"
            )

"""Reading a bibliography; what other people's parsers read, in a child that can be stopped.

RIS and CSL-JSON are read by citekit's own code and Python's, which count what they do. BibTeX
(bibtexparser), YAML (PyYAML) and Zotero's exports (Expat, and lxml for notes) go to the child
(``reader_process``) from a size on at which they could take a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citekit.app.intake.reader_process import READER, TIMEOUT_S, GaveUp
from citekit.errors import InvalidData, MissingExtra, Place
from citekit.findings import Finding
from citekit.formats import read
from citekit.formats.attached import Attached
from citekit.formats.result import ReadResult
from citekit.model.records.codec import decode, to_json
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

_OTHERS_READ: Final = frozenset(
    {"bbt-json", "biblatex", "bibtex", "csl-yaml", "hayagriva", "wikipedia", "zotero-rdf"}
)
SMALL_SIGNS: Final = 64_000
"""So much is read at once: the start of a child would cost more than the worst of it."""


class _Reading(Value):
    """What the child found: a reading with the place of each item, or why the text is none."""

    items: tuple[dict[str, Any], ...] = ()
    findings: tuple[Finding, ...] = ()
    places: tuple[Place, ...] = ()
    attached: tuple[Attached, ...] = ()
    wrong: str | None = None
    place: Place | None = None
    hint: str | None = None


def read_bibliography(text: str, format: str, *, timeout_s: float = TIMEOUT_S) -> ReadResult:  # noqa: A002  # the word users know
    """The items of a text in a format, and what is wrong with the rest.

    Raises UsageError for a format that nobody knows, InvalidData where the text as a whole is not
    of its format, or takes more time or memory than a text of its size may.
    """
    if format not in _OTHERS_READ or len(text) <= SMALL_SIGNS:
        return read(text, format)
    request = {"text": text, "format": format}
    try:
        answered = READER.read("bibliography", request, size_bytes=len(text), timeout_s=timeout_s)
    except GaveUp as error:
        hint = "import it in parts: one of them shows what is wrong"
        raise InvalidData(f"nothing was read from it: {error}", hint=hint) from error
    reading = decode(_Reading, answered)
    if reading.wrong is not None:
        raise InvalidData(reading.wrong, place=reading.place, hint=reading.hint)
    return ReadResult(
        items=reading.items,
        findings=reading.findings,
        place_of=reading.places.__getitem__,
        attached=reading.attached,
    )


def answer(request: Mapping[str, Any]) -> Any:  # noqa: ANN401  # JSON
    """What the child says of a text; see ``_Reading``."""
    try:
        result = read(request["text"], request["format"])
    except (InvalidData, MissingExtra) as error:
        return to_json(_Reading(wrong=error.message, place=error.place, hint=error.hint))
    places = tuple(map(result.place_of, range(len(result.items))))
    return to_json(
        _Reading(
            items=result.items, findings=result.findings, places=places, attached=result.attached
        )
    )

"""``citation-label``: trigraphs such as ``Doe65`` made from names and year.

CSL leaves their form to the processor. One name gives four letters, two names two letters each,
more names one letter each of the first four; then two digits of the year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.csl.values.entry import Entry

_LETTERS = {1: 4, 2: 2, 3: 1}
_VARIABLES = ("author", "editor", "translator", "director", "collection-editor")


def citation_labels(entries: Sequence[Entry]) -> dict[str, str]:
    """A label for every item, by id."""
    return {entry.id: _label(entry) for entry in entries}


def _label(entry: Entry) -> str:
    given = entry.data.get("citation-label")
    if isinstance(given, str) and given:
        return given
    people = next((p for v in _VARIABLES if (p := entry.names(v))), ())
    each = _LETTERS.get(len(people), 1)
    names = "".join((person.family or person.literal)[:each] for person in people[:4])
    if not names:
        title = entry.text("title") or ""
        names = title[:4]
    date = entry.date("issued")
    year = "" if date is None or not date.start[0] else f"{abs(date.start[0]) % 100:02}"
    return names + year

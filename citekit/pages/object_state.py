"""What pages may show of each object of the archive, as digests: kept from build to build.

A page that names an object is read again when the object's digest is another. So whatever a role or
a directive can bring to a page has to be in here, words and not only numbers of things: a note that
was taken back must not stay on a page that shows its passage.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from citekit.model.records.codec import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.pages.library import Library

EVERYTHING: Final = "*"  # the object that stands for the whole archive


def make_states(library: Library) -> dict[str, str]:
    """The state of each object, by a name such as ``item:KEY``, and of ``EVERYTHING``."""
    states = {name: digest_of(content) for name, content in _contents(library)}
    return {**states, EVERYTHING: digest_of(states)}


def _contents(library: Library) -> Iterator[tuple[str, Any]]:
    for key in library.shelves:
        yield f"item:{key}", _item_content(library, key)
    for identifier, entity in library.entities.items():
        yield f"entity:{identifier}", entity
    for identifier, claim in library.claims.items():
        yield f"claim:{identifier}", claim


def _item_content(library: Library, key: str) -> list[Any]:
    """The record, its notes and captures, which texts are here, and which claims it speaks to.

    The style is in it for the references in footnotes, which are made when a page is read.
    """
    shelf = library.shelves[key]
    payloads = [
        p for c in shelf.captures.values() for role, p in c.payloads.items() if role == "text"
    ]
    return [
        [library.settings.style, library.settings.locale, library.settings.abbreviations],
        shelf.item.data,
        [annotation.data for annotation in shelf.annotations],
        shelf.captures,
        shelf.note,
        [library.store.payload_path(payload.digest) is not None for payload in payloads],
        [[claim.id, evidence] for claim, evidence in library.claims_of_item.get(key, ())],
    ]


def digest_of(content: Any) -> str:  # noqa: ANN401  # records and JSON
    """A short digest of records and JSON."""
    written = json.dumps(to_json(content), sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]

"""Which item of the archive a paper means by each key, and where it cites what nobody keeps."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.app.annotating.passage_names import known_in, named_paragraph, split_name
from citekit.app.citing.locator_syntax import read_rest
from citekit.app.syncing.choice import Sources, choose
from citekit.app.syncing.known import ArchiveKeys
from citekit.app.syncing.library import Library
from citekit.errors import CitekitError
from citekit.findings import Finding
from citekit.model.value import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from citekit.app.auditing.prose.text import Cite
    from citekit.app.papers.read import Paper
    from citekit.app.syncing.choice import Choice
    from citekit.store.reading import ArchiveReader

_MOST_PARAGRAPHS = 10_000


class CitedKeys:
    """The keys of a paper, as the archive and the paper's own bibliographies know them."""

    def __init__(self, store: ArchiveReader, paper: Paper) -> None:
        self._archive = ArchiveKeys(store)
        self._paper = paper
        self._known = known_in(store)
        named = tuple(Library.open(path) for path in paper.bibliographies if path.is_file())
        sources = Sources(archive=self._archive, named=named, takes_described=False)
        self.choice: Choice = choose(sources, paper, parents=False, prune=True)
        self._described = dict(self._entries())
        self._items: dict[str, str | None] = {}

    def item(self, name: str) -> str | None:
        """The key of the item that others may see and a paper means; None for none."""
        if name not in self._items:
            data = self._described.get(name, NOTHING)
            known = self._archive.find(name, NOTHING) or self._archive.find(name, data)
            is_open = known is not None and known.standing == "open"
            self._items[name] = known.key if known and is_open else None
        return self._items[name]

    def not_kept(self) -> Iterator[Finding]:
        """Entries with an address that only the paper's own bibliographies have."""
        places = {cited.key: cited.place for cited in reversed(self._paper.keys)}
        for name, data in self._described.items():
            url = data.get("URL")
            if isinstance(url, str) and url and name in places and self.item(name) is None:
                yield Finding(
                    code="CK-E816",
                    message=f"{name} is cited by an address that is not kept: {url[:200]}",
                    place=places[name],
                    rule="cited-address-kept",
                    hint="keep it: citekit add with this address",
                )

    def paragraphs(self, cite: Cite) -> frozenset[int]:
        """The paragraphs that a citation names; none where it names no paragraph."""
        _, passage = split_name(cite.key, *self._known)
        number = named_paragraph(passage)
        if number is not None:
            return frozenset((number,))
        said, _ = read_rest(cite.rest) if cite.rest else ({}, "")
        return (
            _numbers(str(said.get("locator", "")))
            if said.get("label") == "paragraph"
            else frozenset()
        )

    def _entries(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """What the paper's bibliographies say of keys that are no keys of the archive."""
        for name, chosen in self.choice.entries.items():
            if chosen.library is not None:
                with suppress(CitekitError):
                    yield name, chosen.library.items([chosen.name]).get(chosen.name, NOTHING)


def _numbers(locator: str) -> frozenset[int]:
    """The numbers of ``3``, ``3–5`` and ``2, 4``.

    >>> sorted(_numbers("2, 4–6"))
    [2, 4, 5, 6]
    """
    found: set[int] = set()
    for part in locator.replace("–", "-").replace("—", "-").replace("&", ",").split(","):
        first, _, last = (piece.strip() for piece in part.strip().partition("-"))
        if first.isdecimal() and len(first) < 6:
            end = int(last) if last.isdecimal() and len(last) < 6 else int(first)
            found.update(range(int(first), min(end, int(first) + _MOST_PARAGRAPHS) + 1))
    return frozenset(found)

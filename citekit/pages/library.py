"""Everything a site shows of an archive, read once: the records and who refers to whom.

Texts are not held here: they are read one at a time when a page is made, and only where the site
may show them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Self

from citekit.app.annotating.passage_names import split_name
from citekit.app.chosen import choose, private_paths, take_all, take_part
from citekit.app.syncing.references import Citable, References, beginnings
from citekit.model.annotation import Annotation
from citekit.model.capture import Capture
from citekit.model.item import Item
from citekit.model.quotation import may_show_field
from citekit.model.value import NOTHING, Value, replace
from citekit.pages.element import Content, h, is_web_address
from citekit.pages.note_names import without_names
from citekit.pages.provenance.seals import Seals, read_seals
from citekit.store.folder_names import alias_names
from citekit.store.log.record_kinds import group_of
from citekit.store.reading import ArchiveReader
from citekit.store.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.model.claim import Claim, ClaimEvidence
    from citekit.model.entity import Entity


class Shelf(Value):
    """One item with what belongs to it; ``captures`` maps stamps, in time order."""

    item: Item
    captures: Mapping[str, Capture] = NOTHING
    annotations: tuple[Annotation, ...] = ()
    note: str | None = None


class Library:
    """The archive as values; ``with_restricted`` says whether withheld text may be shown.

    Nothing private is in it. ``only`` chooses items by key or tag: then nothing else is in it but
    what these carry.
    ``provenance_page`` is the name of the page that says what a seal proves; ``references`` are
    entries of bibliography files, which can be cited and have no pages. A library is equal to
    itself alone: what is made of it is kept.
    """

    def __init__(
        self,
        store: ArchiveReader,
        *,
        only: Sequence[str] = (),
        with_restricted: bool = False,
        provenance_page: str = "provenance",
        references: References | None = None,
    ) -> None:
        self._owners = store
        self.store = shown = store.for_others()
        part = take_part(shown, choose(store, only)) if only else take_all(shown)
        self.shelves: Mapping[str, Shelf] = {key: _read_shelf(shown, key) for key in part.keys}
        self.entities: Mapping[str, Entity] = {entity.id: entity for entity in part.entities}
        self.claims: Mapping[str, Claim] = {claim.id: claim for claim in part.claims}
        self.is_whole = not only
        self.with_restricted = with_restricted
        self.provenance_page = provenance_page
        self.references = references or References()

    @classmethod
    def read(
        cls,
        root: Path,
        *,
        only: Sequence[str] = (),
        with_restricted: bool = False,
        provenance_page: str = "provenance",
        references: References | None = None,
    ) -> Self:
        """Read the archive in a folder; raises NotFound, InvalidData."""
        return cls(
            ArchiveReader.open(root),
            only=only,
            with_restricted=with_restricted,
            provenance_page=provenance_page,
            references=references,
        )

    @classmethod
    def without_archive(cls, root: Path, references: References) -> Self:
        """No archive, in a folder that need not exist: what can be cited are the references."""
        return cls(ArchiveReader(root, Settings()), references=references)

    @property
    def address(self) -> str:
        """Where the site will be, ending in a slash; empty where ``base_url`` does not say so."""
        address = self.settings.base_url or ""
        return f"{address.rstrip('/')}/" if is_web_address(address) else ""

    @property
    def settings(self) -> Settings:
        """The archive's own settings."""
        return self.store.settings

    def shows_text(self, item: Item) -> bool:
        """Whether the site holds the item's text."""
        return self.with_restricted or item.facts.access == "public"

    def shows_field(self, key: str, field: str) -> bool:
        """Whether the site holds a field of the item's record.

        The abstract is text of a restricted article; where nothing of it was ever captured, it is
        what a bibliography says, and nobody's archived text.
        """
        shelf = self.shelves[key]
        return may_show_field(field) or self.shows_text(shelf.item) or not shelf.captures

    def on_site(self, content: Content) -> Content:
        """Content that leads to files of the site: in a book only if it can say where they are."""
        return content if self.address else h("site", content)

    def text(self, key: str, stamp: str) -> str | None:
        """The text of a capture, where the site may hold it and this machine has it."""
        if not self.shows_text(self.shelves[key].item):
            return None
        return self.store.text(key, stamp)

    @cached_property
    def seals(self) -> Seals:
        """What the log says of each item."""
        items = {key: shelf.item for key, shelf in self.shelves.items()}
        seals = read_seals(self.store, items, shows_all=self.with_restricted)
        return replace(seals, changed=tuple(filter(self._may_count, seals.changed)))

    def _may_count(self, path: str) -> bool:
        """Whether a change of this file is told: not what was withdrawn, and not the rest."""
        group = group_of(path)
        if self.is_whole:
            return self._private.isdisjoint((path, group))
        return group in self._folders

    @cached_property
    def _private(self) -> frozenset[str]:
        return private_paths(self._owners)

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(map(self.store.layout.item_name, self.shelves))

    def resolve(self, key: str) -> str | None:
        """The key of an item, by its key or an old one."""
        return key if key in self.shelves else self.aliases.get(key)

    @cached_property
    def citable(self) -> Citable:
        """All that can be cited, by key."""
        return Citable({key: shelf.item for key, shelf in self.shelves.items()}, self.references)

    def resolve_cited(self, name: str) -> tuple[str, str] | None:
        """What a citation names, an item or a reference: what stands before its key, and its key.

        Something stands before it where a list has keys of its own (``:keyprefix:``).
        """
        for rest in (name, *beginnings(name)):
            key = self.resolve(rest) or self.references.resolve(rest)
            if key is not None:
                return name.removesuffix(rest), key
        return None

    def split_name(self, name: str) -> tuple[str, str | None]:
        """``KEY#p3`` as key, or old key, and passage; the longest that is known wins."""
        return split_name(name, self.shelves.__contains__, self.aliases.__contains__)

    def readable(self, note: str) -> str:
        """A note in Markdown, without the names of what is left out here."""
        is_all = not any(self._left_out.values())
        return note if is_all else without_names(note, self.leaves_out)

    def leaves_out(self, kind: str, name: str) -> bool:
        """Whether the archive has a thing that links call so, and this library is without it."""
        if kind in ("item", "passage"):
            known = self._left_out["item"]
            return split_name(name, known.__contains__)[0] in known
        return name.partition("#")[0] in self._left_out.get(kind, ())

    @cached_property
    def _left_out(self) -> Mapping[str, frozenset[str]]:
        """By kind the names of what the archive has and this library has not."""
        keys = set(self._owners.keys()) - self.shelves.keys()
        aliases = self._owners.aliases() if keys else ()
        old = {alias for key, names in aliases if key in keys for alias in names}
        return {
            "item": frozenset(keys | (old - self.shelves.keys() - self.aliases.keys())),
            "entity": frozenset(self._owners.entity_ids()) - self.entities.keys(),
            "claim": frozenset(self._owners.claim_ids()) - self.claims.keys(),
        }

    @cached_property
    def pages(self) -> Mapping[str, str]:
        """The name of each item's page in ``items``, by key: that of its folder."""
        return {key: self.store.layout.folder_name(key) for key in self.shelves}

    def page_name(self, key: str) -> str:
        """What the page of an item is called, or would be of a reference."""
        return self.pages.get(key) or self.store.layout.folder_name(key)

    @cached_property
    def alias_pages(self) -> Mapping[str, str]:
        """The name of the page in ``items`` that leads on from an old key, by that key."""
        return alias_names(self.pages.values(), self.aliases)

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Old keys, each with the key that its item has now."""
        return {
            alias: key
            for key, shelf in self.shelves.items()
            for alias in shelf.item.facts.aliases
            if alias not in self.shelves
        }

    @cached_property
    def mentions(self) -> Mapping[str, tuple[tuple[str, Annotation], ...]]:
        """For each entity the annotations that name it, each with its item's key."""
        found: dict[str, list[tuple[str, Annotation]]] = defaultdict(list)
        for key, annotation in self._annotations():
            for entity in annotation.entities:
                found[entity].append((key, annotation))
        return {entity: tuple(pairs) for entity, pairs in found.items()}

    @cached_property
    def claims_of_item(self) -> Mapping[str, tuple[tuple[Claim, ClaimEvidence], ...]]:
        """For each item the claims it speaks to, with what it says."""
        found: dict[str, list[tuple[Claim, ClaimEvidence]]] = defaultdict(list)
        for claim in self.claims.values():
            for evidence in claim.evidence:
                key = self.resolve(evidence.item)
                if key:
                    found[key].append((claim, evidence))
        return {key: tuple(pairs) for key, pairs in found.items()}

    @cached_property
    def claims_of_entity(self) -> Mapping[str, tuple[Claim, ...]]:
        """For each entity the claims about it."""
        found: dict[str, list[Claim]] = defaultdict(list)
        for claim in self.claims.values():
            for entity in claim.entities:
                found[entity].append(claim)
        return {entity: tuple(claims) for entity, claims in found.items()}

    @cached_property
    def claims_of_annotation(self) -> Mapping[str, tuple[Claim, ...]]:
        """For each annotation, by its short id, the claims that rest on it."""
        found: dict[str, list[Claim]] = defaultdict(list)
        for claim in self.claims.values():
            for evidence in claim.evidence:
                if evidence.annotation:
                    found[evidence.annotation.removeprefix("urn:uuid:")].append(claim)
        return {annotation: tuple(claims) for annotation, claims in found.items()}

    @cached_property
    def places_of_annotation(self) -> Mapping[str, tuple[str, Annotation]]:
        """For each annotation, by its short id, its item's key and itself."""
        return {a.short_id: (key, a) for key, a in self._annotations()}

    def neighbours(self, entity: str) -> list[tuple[str, int]]:
        """Entities named in the same items, with in how many, the most frequent first."""
        counts: dict[str, int] = defaultdict(int)
        for named in self._entities_by_item.values():
            if entity in named:
                for other in named - {entity}:
                    counts[other] += 1
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))

    @cached_property
    def _entities_by_item(self) -> Mapping[str, frozenset[str]]:
        return {
            key: frozenset(e for a in shelf.annotations for e in a.entities if e in self.entities)
            for key, shelf in self.shelves.items()
        }

    def _annotations(self) -> Iterator[tuple[str, Annotation]]:
        for key, shelf in self.shelves.items():
            for annotation in shelf.annotations:
                yield key, annotation


def _read_shelf(store: ArchiveReader, key: str) -> Shelf:
    captures = {stamp: store.capture(key, stamp) for stamp in store.stamps(key)}
    return Shelf(
        item=store.item(key),
        captures={stamp: capture for stamp, capture in captures.items() if capture is not None},
        annotations=store.annotations(key),
        note=store.note(key),
    )

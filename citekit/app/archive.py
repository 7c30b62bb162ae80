"""The public face of citekit in Python: one object with every use case.

Open an archive, add a file, cite it:

    from citekit import Archive

    archive = Archive.open("archive")
    item = archive.add("article.txt", url="https://…").item
    print(archive.cite([item.key], style="apa").text)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from citekit.app.annotating.annotate import Annotated
    from citekit.app.changing.purge import Purged
    from citekit.app.citing.result import Cited
    from citekit.app.intake.add import Added
    from citekit.app.intake.bibliographies import Imported
    from citekit.app.intake.restore import Restored
    from citekit.app.looking.diff import CaptureDiff
    from citekit.app.packages.backup import BackedUp
    from citekit.app.packages.export import Exported
    from citekit.app.verifying.trust_anchors import Outside
    from citekit.app.verifying.verify import Report
    from citekit.model.annotation import Annotation
    from citekit.model.claim import Claim, ClaimEvidence, Stance
    from citekit.model.entity import Entity, EntityKind
    from citekit.model.item import Access, Item


class Archive:
    """An archive folder, and what can be done with it; errors are those of ``citekit.errors``."""

    def __init__(self, store: ArchiveStore) -> None:
        if store.settings.seal == "auto" and store.after_change is None:
            from citekit.app.sealing.auto_seal import AutoSeal

            follow = AutoSeal(stamps_each=True)
            store = ArchiveStore(store.root, store.settings, after_change=follow)
        self.store = store

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Open the archive in a folder; raises NotFound or InvalidData."""
        return cls(ArchiveStore.open(Path(folder)))

    @classmethod
    def create(cls, folder: str | Path, *, title: str = "") -> Self:
        """Make a new empty archive; raises StoreConflict where one is already."""
        return cls(ArchiveStore.create(Path(folder), title=title))

    def add(
        self,
        source: str | Path | bytes,
        *,
        name: str | None = None,
        url: str | None = None,
        key: str | None = None,
        to: str | None = None,
        new_item: bool = False,
        fields: Mapping[str, Any] | None = None,
        access: Access | None = None,
        encoding: str | None = None,
        max_size_bytes: int | None = None,
        now: datetime | None = None,
    ) -> Added:
        """Archive a file, or bytes, as a new item or as a new capture of one that is there.

        ``name`` is what bytes are called, ``url`` where the source was (declared), ``fields`` are
        CSL variables that overrule what is read. Bytes that the archive has already are not added
        again: the item that has them comes back. Other bytes of an address that an item is known
        at become a capture of that item, unless ``new_item``; ``to`` always makes a capture of
        that item. Its record stays as it is. Raises NotFound, InvalidData or StorageFailed for
        the source, UsageError for what is said of it, NotFound for ``to``, StoreConflict for a
        key that is taken, an address of several items, or bytes that were purged.
        """
        from citekit.app.intake.add import DEFAULT_MAX_SIZE_BYTES, add

        return add(
            self.store,
            source if isinstance(source, bytes) else Path(source),
            name=name,
            url=url,
            key=key,
            to=to,
            new_item=new_item,
            fields=fields,
            access=access,
            encoding=encoding,
            max_size_bytes=max_size_bytes or DEFAULT_MAX_SIZE_BYTES,
            now=now,
        )

    def item(self, key: str) -> Item:
        """The item with that key or alias; raises NotFound."""
        return self.store.item(self.store.resolve(key))

    def cite(
        self,
        keys: Sequence[str],
        *,
        style: str | None = None,
        format: str | None = None,  # noqa: A002  # the word users know
        locale: str | None = None,
        in_text: bool = False,
        locator: str | None = None,
        outside: Outside | None = None,
        provenance: bool = False,
        links: bool = True,
    ) -> Cited:
        """References of items, named by keys, passages (``KEY#p3``) or clusters in Pandoc's form.

        ``style`` is an id or a file (default: the archive's, else apa), ``format`` one of text,
        html, markdown, latex, rtf, bibtex, biblatex, csl-json, csl-yaml, ris; ``locator`` belongs
        to the last item; without ``links`` no identifier and no title becomes one. Raises NotFound
        for an unknown key or style, UsageError for an unknown format.
        """
        from citekit.app.citing.cite import cite

        return cite(
            self.store,
            keys,
            style=style,
            format=format,
            locale=locale,
            in_text=in_text,
            locator=locator,
            outside=outside,
            provenance=provenance,
            links=links,
        )

    def import_text(
        self,
        text: str,
        *,
        format: str = "csl-json",  # noqa: A002  # the word users know
        access: Access | None = None,
    ) -> Imported:
        """Take in every good entry of a bibliography under its own key.

        A bad entry, or one whose key is another item's, becomes a finding. Raises InvalidData
        when the whole text is not in that format.
        """
        from citekit.app.intake.bibliographies import import_items

        return import_items(self.store, text, format=format, access=access)

    def annotate(
        self,
        name: str,
        *,
        quote: str | None = None,
        span: tuple[int, int] | None = None,
        occurrence: int | None = None,
        note: str = "",
        tags: Sequence[str] = (),
        entities: Sequence[str] = (),
        creator: str | None = None,
        now: datetime | None = None,
        annotation_id: str | None = None,
    ) -> Annotated:
        """Annotate words of an item, a paragraph (``KEY#p3``), a range, or the item as a whole.

        ``span`` is a half-open range of code points of the text. Raises NotFound for an unknown
        item, entity or quote, UsageError for an annotation that says nothing.
        """
        from citekit.app.annotating.annotate import annotate

        return annotate(
            self.store,
            name,
            quote=quote,
            span=span,
            occurrence=occurrence,
            note=note,
            tags=tags,
            entities=entities,
            creator=creator,
            now=now,
            annotation_id=annotation_id,
        )

    def annotations(self, key: str) -> tuple[Annotation, ...]:
        """An item's annotations."""
        return self.store.annotations(self.store.resolve(key))

    def add_entity(
        self,
        name: str,
        *,
        kind: EntityKind | None = None,
        entity_id: str | None = None,
        names: Sequence[str] = (),
        authorities: Mapping[str, str] | None = None,
        date: str | None = None,
        place: str | None = None,
        description: str | None = None,
    ) -> Entity:
        """Add an entity, or change the one with that id: what is not given stays.

        Raises UsageError for a new one without a kind, InvalidData for an id that can name no
        file or a date that is not EDTF, StoreConflict when an id made of the name is taken,
        NotFound for an unknown place.
        """
        from citekit.app.annotating.entities_and_claims import add_entity

        return add_entity(
            self.store,
            name,
            kind=kind,
            entity_id=entity_id,
            names=names,
            authorities=authorities,
            date=date,
            place=place,
            description=description,
        )

    def add_claim(
        self,
        statement: str,
        *,
        claim_id: str | None = None,
        question: str | None = None,
        note: str | None = None,
        entities: Sequence[str] = (),
        evidence: Sequence[ClaimEvidence] = (),
    ) -> Claim:
        """Add a claim; raises StoreConflict when the id is taken, NotFound for unknown entities."""
        from citekit.app.annotating.entities_and_claims import add_claim

        return add_claim(
            self.store,
            statement,
            claim_id=claim_id,
            question=question,
            note=note,
            entities=entities,
            evidence=evidence,
        )

    def link_claim(
        self,
        claim_id: str,
        key: str,
        *,
        stance: Stance = "supports",
        says: str | None = None,
        annotation: str | None = None,
        note: str | None = None,
    ) -> Claim:
        """Add what a source says of a claim; raises NotFound for an unknown item or annotation."""
        from citekit.app.annotating.entities_and_claims import link_claim

        return link_claim(
            self.store, claim_id, key, stance=stance, says=says, annotation=annotation, note=note
        )

    def set_fields(
        self, key: str, fields: Mapping[str, Any] | None = None, *, access: Access | None = None
    ) -> Item:
        """Change an item's CSL variables (None removes one) or its access.

        What was read stays as evidence. Raises NotFound, InvalidData, or UsageError when nothing
        would change.
        """
        from citekit.app.changing.edit import set_fields

        return set_fields(self.store, key, fields, access=access)

    def rename(self, key: str, new_key: str) -> Item:
        """Give an item another key; the old one stays as an alias."""
        from citekit.app.changing.edit import rename

        return rename(self.store, key, new_key)

    def remove(self, key: str) -> Item:
        """Remove an item and the payloads that only it has."""
        from citekit.app.changing.edit import remove

        return remove(self.store, key)

    def verify(self, keys: Sequence[str] = ()) -> Report:
        """Check the archive, or some items by key or alias: one finding for each thing wrong.

        Raises NotFound for a key nobody has.
        """
        from citekit.app.verifying.verify import verify

        return verify(self.store, keys)

    def restore(
        self,
        key: str,
        source: str | Path | None = None,
        *,
        accept: bool = False,
        allow_private: bool = False,
    ) -> Restored:
        """Put absent payloads of an item in place, from a file, a folder, or the item's address.

        ``accept`` takes text that differs, if every quote of the item's annotations stands in it.
        Raises NotFound (no such item or path, nothing in the folder), IntegrityFailed (the bytes
        are none of the item's payloads), CaptureFailed (the address), StoreConflict for what was
        purged.
        """
        from citekit.app.intake.restore import restore

        place = None if source is None else Path(source)
        return restore(self.store, key, place, accept=accept, allow_private=allow_private)

    def purge(self, key: str, *, reason: str | None = None) -> Purged:
        """Remove an item's payload bytes for good, unasked; digest and proofs stay.

        Raises NotFound, and UsageError for a reason that is too long.
        """
        from citekit.app.changing.purge import purge

        return purge(self.store, key, reason=reason)

    def backup(self, folder: str | Path) -> BackedUp:
        """Copy the archive to an empty, absent or earlier backup's folder, and verify the copy.

        Raises UsageError or StoreConflict for another folder, IntegrityFailed when the archive's
        log is not a continuation of the one in the earlier backup.
        """
        from citekit.app.packages.backup import backup

        return backup(self.store, Path(folder))

    def export(
        self,
        path: str | Path,
        *,
        format: str,  # noqa: A002  # the word users know
        keys: Sequence[str] = (),
        with_restricted: bool = False,
    ) -> Exported:
        """Write a package of some items or all: a folder, or a zip file if its name says so.

        The format is bagit, ro-crate or prov. Raises StoreConflict where something is in the way,
        NotFound for an unknown key, UsageError for an unknown format.
        """
        from citekit.app.packages.export import export

        return export(
            self.store, Path(path), format=format, keys=keys, with_restricted=with_restricted
        )

    def import_package(self, path: str | Path) -> Imported:
        """Take in every item of a bag, an RO-Crate or an archive under its own key.

        An item that is here already is known; one whose key is another item's is a finding.
        Raises InvalidData for a bag that is not valid or a file that is no package, NotFound for
        no file.
        """
        from citekit.app.packages.import_package import import_package

        return import_package(self.store, Path(path))

    def diff(self, key: str, old: str | None = None, new: str | None = None) -> CaptureDiff:
        """What changed between two captures; without stamps the last two.

        A stamp may be cut short where it stays clear. Raises NotFound for an unknown key or
        stamp, UsageError for an item with fewer than two captures.
        """
        from citekit.app.looking.diff import diff

        return diff(self.store, key, old, new)

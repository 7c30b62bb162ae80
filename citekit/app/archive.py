"""The public face of citekit in Python: one object with every use case.

Open an archive, add a file, cite it:

    from citekit import Archive

    archive = Archive.open("archive")
    item = archive.add("article.txt", url="https://…").item
    print(archive.cite([item.key], style="apa").text)

A use case is a function that takes an archive first. It is written once, where it is done; here it
becomes a method with the same parameters (``use_case``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

from citekit.app.annotating.annotate import annotate, edit_annotation, remove_annotation
from citekit.app.annotating.entities_and_claims import (
    add_claim,
    add_entity,
    link_claim,
    mentions,
    remove_claim,
    remove_entity,
    set_claim_private,
    set_entity_private,
)
from citekit.app.annotating.reanchor import reanchor
from citekit.app.auditing.audit import audit
from citekit.app.changing.access import set_access
from citekit.app.changing.edit import plan_rename, readmit, remove, rename, set_fields
from citekit.app.changing.merge import merge
from citekit.app.changing.plans import plan_remove, plan_set
from citekit.app.changing.purge import plan_purge, purge
from citekit.app.changing.recover import recover
from citekit.app.changing.tags import tag, untag
from citekit.app.changing.undo import forget_last_change, plan_undo, undo
from citekit.app.changing.withdrawal import find_said
from citekit.app.citing.archived_item import find_item
from citekit.app.citing.cite import cite
from citekit.app.doctor.machine import examine_archive
from citekit.app.intake.add import add
from citekit.app.intake.bibliographies import import_items
from citekit.app.intake.recapture import recapture
from citekit.app.intake.restore import restore, restore_all
from citekit.app.intake.together.add_all import add_all
from citekit.app.looking.diff import diff
from citekit.app.looking.duplicates import find_duplicates
from citekit.app.looking.listing import list_items
from citekit.app.looking.log import list_events
from citekit.app.looking.search import search
from citekit.app.looking.show import address, list_annotations, show
from citekit.app.looking.stats import count
from citekit.app.packages.backup import backup
from citekit.app.packages.export import export
from citekit.app.packages.import_file import import_file
from citekit.app.packages.import_package import import_package
from citekit.app.proving.prove import prove
from citekit.app.rendering.render import render
from citekit.app.sealing.auto_seal import AutoSeal
from citekit.app.sealing.seal import read_keys, seal, waiting_changes
from citekit.app.sealing.signing_keys import make_log_key
from citekit.app.site import build, new_project, serve
from citekit.app.styles.take_in import remove_styles, update_styles
from citekit.app.syncing.cited import cited_by
from citekit.app.syncing.sync import sync
from citekit.app.use_case import use_case
from citekit.app.verifying.verify import verify
from citekit.app.witnessing.take_in import take_in
from citekit.csl import search_styles
from citekit.csl.style.describe import describe_style
from citekit.store.archive import ArchiveStore


class Archive:
    """An archive folder, and what can be done with it; errors are those of ``citekit.errors``."""

    def __init__(self, store: ArchiveStore) -> None:
        if store.settings.seal == "auto" and store.after_change is None:
            follow = AutoSeal(stamps_each=True)
            store = ArchiveStore(store.root, store.settings, after_change=follow)
        self.store = store

    def __repr__(self) -> str:
        return f"Archive({str(self.store.root)!r})"

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Open the archive in a folder; raises NotFound or InvalidData."""
        return cls(ArchiveStore.open(Path(folder)))

    @classmethod
    def create(cls, folder: str | Path, *, title: str = "") -> Self:
        """Make a new empty archive; raises StoreConflict where one is already."""
        return cls(ArchiveStore.create(Path(folder), title=title))

    # what comes in
    add = use_case(add)
    add_all = use_case(add_all)
    capture = use_case(recapture)
    import_file = use_case(import_file)
    import_text = use_case(import_items)
    import_package = use_case(import_package)
    restore = use_case(restore)
    restore_all = use_case(restore_all)

    # what is there
    list = use_case(list_items)
    search = use_case(search)
    duplicates = use_case(find_duplicates)
    item = use_case(find_item)
    show = use_case(show)
    address = use_case(address)
    diff = use_case(diff)
    log = use_case(list_events)
    stats = use_case(count)

    # references
    cite = use_case(cite)
    render = use_case(render)
    cited_by = use_case(cited_by)
    audit = use_case(audit)
    sync_bibliography = use_case(sync)
    styles = staticmethod(search_styles)
    describe_style = staticmethod(describe_style)
    update_styles = staticmethod(update_styles)
    remove_styles = staticmethod(remove_styles)

    # annotations, and what they name
    annotate = use_case(annotate)
    annotations = use_case(list_annotations)
    reanchor = use_case(reanchor)
    edit_annotation = use_case(edit_annotation)
    remove_annotation = use_case(remove_annotation)
    add_entity = use_case(add_entity)
    entity = use_case(ArchiveStore.entity)
    entities = use_case(ArchiveStore.entities)
    mentions = use_case(mentions)
    remove_entity = use_case(remove_entity)
    set_entity_private = use_case(set_entity_private)
    add_claim = use_case(add_claim)
    claim = use_case(ArchiveStore.claim)
    claims = use_case(ArchiveStore.claims)
    link_claim = use_case(link_claim)
    remove_claim = use_case(remove_claim)
    set_claim_private = use_case(set_claim_private)

    # changes
    set_fields = use_case(set_fields)
    tag = use_case(tag)
    untag = use_case(untag)
    set_access = use_case(set_access)
    find_said = use_case(find_said)
    plan_set = use_case(plan_set)
    rename = use_case(rename)
    plan_rename = use_case(plan_rename)
    merge = use_case(merge)
    remove = use_case(remove)
    plan_remove = use_case(plan_remove)
    readmit = use_case(readmit)
    undo = use_case(undo)
    plan_undo = use_case(plan_undo)
    forget_last_change = use_case(forget_last_change)
    plan_purge = use_case(plan_purge)
    purge = use_case(purge)
    recover = use_case(recover)

    # evidence
    verify = use_case(verify)
    seal = use_case(seal)
    read_keys = use_case(read_keys)
    waiting_changes = use_case(waiting_changes)
    keygen = use_case(make_log_key)
    take_in_cosigned = use_case(take_in)
    prove = use_case(prove)

    # for others
    export = use_case(export)
    backup = use_case(backup)
    new_site = use_case(new_project)
    build_site = use_case(build)
    serve_site = use_case(serve)
    doctor = use_case(examine_archive)

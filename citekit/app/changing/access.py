"""``set --access``: who may read an item; the log says it, the records are made to fit.

Less access takes nothing back that others have had: what git has already is named, and what the
records show beyond the limits of a restricted item is taken out. Of what becomes private the log
says no more than that it is gone; of what was private, nothing before it comes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.app.annotating.private_references import public_claims_on, refuse_private
from citekit.app.changing.fields import with_fields
from citekit.app.changing.git_traces import Trail
from citekit.app.changing.redaction import shortened, trim_excess
from citekit.app.changing.withdrawal import AlreadySaid, find_said, forget_waiting
from citekit.app.citing.archived_item import archived
from citekit.app.git import Traces
from citekit.errors import StoreConflict
from citekit.findings import Finding
from citekit.model.item import Access, Item
from citekit.model.value import Value, replace
from citekit.store.writing.payload_references import needed_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.store.archive import ArchiveStore
    from citekit.store.writing.writer import Writer


class AccessChanged(Value):
    """The item with its new access, what was taken out of its records, and what others have had.

    ``said`` is there for what has become private.
    """

    item: Item
    traces: Traces | None = None
    findings: tuple[Finding, ...] = ()
    said: AlreadySaid | None = None

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {
            "key": self.item.key,
            "access": self.item.facts.access,
            "git": self.traces.to_json() if self.traces else None,
            "log_entries": list(self.said.entries) if self.said else [],
            "findings": [finding.to_json() for finding in self.findings],
        }


def set_access(
    store: ArchiveStore, key: str, access: Access, fields: Mapping[str, Any] | None = None
) -> AccessChanged:
    """Change an item's access, and fields with it; raises NotFound or InvalidData.

    One that is restricted already is trimmed to the limits all the same. Raises StoreConflict
    where something that others may read would refer to something private.
    """
    options = {"access": access, "fields": sorted(fields) if fields else None}
    # The event that takes a private item out of the log's sight does not say what for.
    with store.writing(options=None if access == "private" else options) as writer:
        old = store.item(store.resolve(key))
        writer.keep_nothing()
        item = with_fields(old, fields or {})
        if old.facts.access == access:
            if item != old:
                writer.replace_item(item)
            trimmed = trim_excess(store, writer, item.key) if access == "restricted" else ()
            return AccessChanged(item=archived(store, store.item(item.key)), findings=trimmed)
        if access == "private":
            return _make_private(store, writer, _with_access(item, access))
        if old.facts.access == "private":
            return _bring_out(store, writer, _with_access(item, access))
        if access == "public":
            item = _with_access(item, access)
            writer.set_access(item)
            return AccessChanged(item=archived(store, item))
        short = shortened(store, item)
        # In this order: at no time is the item restricted and shows more than it may.
        if short.annotations is not None:
            writer.write_annotations(item.key, short.annotations)
        writer.set_access(_with_access(short.item, access))
        trail = Trail(store, _withdrawn(store, item.key))
        item = archived(store, store.item(item.key))
    traces = trail.follow()
    return AccessChanged(
        item=item, traces=traces, findings=(*short.findings, *trail.findings(traces))
    )


def _with_access(item: Item, access: Access) -> Item:
    return item.with_facts(replace(item.facts, access=access))


def _make_private(store: ArchiveStore, writer: Writer, item: Item) -> AccessChanged:
    """Keep an item from others from now on; its claims must be private before."""
    claims = public_claims_on(store, [item.key, *item.facts.aliases])
    if claims:
        raise StoreConflict(
            f"{item.key} is a source of claims that others may read: {', '.join(claims[:3])}",
            hint=f"citekit claim private {claims[0]} makes one private",
        )
    said = find_said(store, item.key)
    writer.set_access(item)
    forget_waiting(store)
    return AccessChanged(
        item=archived(store, store.item(item.key)),
        traces=said.traces,
        findings=said.findings,
        said=said,
    )


def _bring_out(store: ArchiveStore, writer: Writer, item: Item) -> AccessChanged:
    """Have a private item among the others, within the limits before it gets there."""
    open_notes = [a for a in store.annotations(item.key) if not a.is_private]
    refuse_private(
        store,
        f"an annotation of {item.key}",
        entities=sorted({name for a in open_notes for name in a.entities}),
        hint="citekit entity private ID --no makes an entity one for all to read",
    )
    trimmed: tuple[Finding, ...] = ()
    if item.facts.access == "restricted":
        writer.replace_item(_with_access(item, "private"))
        trimmed = trim_excess(store, writer, item.key)
        item = _with_access(store.item(item.key), "restricted")
    writer.set_access(item)
    return AccessChanged(item=archived(store, store.item(item.key)), findings=trimmed)


def _withdrawn(store: ArchiveStore, key: str) -> set[str]:
    """The payloads of an item that no public item has."""
    needed = needed_by(store, store.digests(key))
    return {digest for digest, owners in needed.items() if "public" not in owners}

"""``set --access``: who may read an item's text; the log says it, the records are made to fit.

Going from public to restricted takes nothing back that was published: what git has already is
named, and what the records show beyond the limits of a restricted item is taken out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.app.changing.fields import with_fields
from citekit.app.changing.git import Traces
from citekit.app.changing.git_traces import Trail
from citekit.app.changing.redaction import shortened, trim_excess
from citekit.app.citing.archived_item import archived
from citekit.findings import Finding
from citekit.model.item import Access, Item
from citekit.model.value import Value, replace
from citekit.store.writing.payload_references import needed_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.store.archive import ArchiveStore


class AccessChanged(Value):
    """The item with its new access, what was taken out of its records, and what git has."""

    item: Item
    traces: Traces | None = None
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {
            "key": self.item.key,
            "access": self.item.facts.access,
            "git": self.traces.to_json() if self.traces else None,
            "findings": [finding.to_json() for finding in self.findings],
        }


def set_access(
    store: ArchiveStore, key: str, access: Access, fields: Mapping[str, Any] | None = None
) -> AccessChanged:
    """Change an item's access, and fields with it; raises NotFound or InvalidData.

    One that is restricted already is trimmed to the limits all the same.
    """
    options = {"access": access, "fields": sorted(fields) if fields else None}
    with store.writing(options=options) as writer:
        old = store.item(store.resolve(key))
        item = with_fields(old, fields or {})
        if old.facts.access == access:
            if item != old:
                writer.replace_item(item)
            trimmed = trim_excess(store, writer, item.key) if access == "restricted" else ()
            return AccessChanged(item=archived(store, store.item(item.key)), findings=trimmed)
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


def _withdrawn(store: ArchiveStore, key: str) -> set[str]:
    """The payloads of an item that no public item has."""
    needed = needed_by(store, store.digests(key))
    return {digest for digest, owners in needed.items() if "public" not in owners}
